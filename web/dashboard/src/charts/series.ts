// A time series with the period before behind it: uPlot for lines and pointer, our own labels.
// The x axis counts buckets, so that both periods lie on each other and clock changes bend
// nothing. Drag sets a period. Colours are read from the page's roles and follow the theme.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { labelled } from "../scales.ts";
import { onTheme } from "../theme.ts";

export interface Line {
  values: (number | null)[];
  /** Stands at the line's end, after the value. */
  label: string;
}

export interface SeriesSpec {
  /** One per bucket, short, for the axis. */
  labels: string[];
  /** One per bucket, whole, for the pointer. */
  titles: string[];
  now: Line;
  before: Line | null;
  /** Index of the bucket that is not over yet. */
  running: number | null;
  ticks: number[];
  axis: (value: number) => string;
  value: (value: number) => string;
  /** Buckets of a dragged span, both included. */
  onSpan: (first: number, last: number) => void;
}

export interface Chart<S> {
  update(spec: S): void;
  destroy(): void;
}

const END_LABEL_PX = 132;
const NARROW_PX = 560;

function role(node: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  node.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function element(parent: HTMLElement, name: string): HTMLDivElement {
  const node = document.createElement("div");
  node.className = name;
  parent.append(node);
  return node;
}

function dataOf(spec: SeriesSpec): uPlot.AlignedData {
  const values = spec.now.values;
  const cut = spec.running !== null && spec.running > 0 ? spec.running : values.length;
  const done = values.map((value, index) => (index < cut ? value : null));
  const running = values.map((value, index) =>
    cut < values.length && index >= cut - 1 && index <= cut ? value : null,
  );
  return [
    values.map((_, index) => index),
    spec.before?.values ?? values.map(() => null),
    running,
    done,
  ];
}

export function attach(node: HTMLElement, first: SeriesSpec): Chart<SeriesSpec> {
  let spec = first;
  let plot: uPlot | null = null;
  const tip = element(node, "chart-tip");
  const ends = [element(node, "chart-end before"), element(node, "chart-end")];
  const narrow = (): boolean => node.clientWidth < NARROW_PX;

  function placeEnds(self: uPlot): void {
    const right = self.bbox.left / devicePixelRatio + self.bbox.width / devicePixelRatio;
    const places = [spec.before, spec.now].map((line, index) => {
      const end = ends[index];
      const value = line?.values.findLast((each) => each !== null) ?? null;
      if (!end || !line || value === null || narrow()) {
        if (end) end.hidden = true;
        return null;
      }
      end.hidden = false;
      const number = document.createElement("b");
      number.textContent = spec.value(value);
      end.replaceChildren(number, ` ${line.label}`);
      end.style.left = `${right + 8}px`;
      return self.valToPos(value, "y") + self.bbox.top / devicePixelRatio;
    });
    const [before, now] = places;
    if (typeof before === "number" && typeof now === "number" && Math.abs(before - now) < 16) {
      const middle = (before + now) / 2;
      places[0] = before < now ? middle - 8 : middle + 8;
      places[1] = before < now ? middle + 8 : middle - 8;
    }
    places.forEach((top, index) => {
      const end = ends[index];
      if (end && typeof top === "number") end.style.top = `${top}px`;
    });
  }

  function line(text: string, name: string): HTMLElement {
    const row = document.createElement("div");
    row.className = name;
    row.textContent = text;
    return row;
  }

  function showTip(self: uPlot): void {
    const index = self.cursor.idx;
    if (
      index === null ||
      index === undefined ||
      self.cursor.left === undefined ||
      self.cursor.left < 0
    ) {
      tip.hidden = true;
      return;
    }
    tip.hidden = false;
    const now = spec.now.values[index] ?? null;
    const before = spec.before?.values[index] ?? null;
    const rows = [line(spec.titles[index] ?? "", "when")];
    if (now !== null)
      rows.push(
        line(`${spec.value(now)} ${spec.running === index ? "so far" : spec.now.label}`, "now"),
      );
    if (before !== null)
      rows.push(line(`${spec.value(before)} ${spec.before?.label ?? ""}`, "before"));
    tip.replaceChildren(...rows);
    const left = self.bbox.left / devicePixelRatio + self.valToPos(index, "x");
    const flip = left > node.clientWidth * 0.6;
    tip.style.left = `${flip ? left - tip.offsetWidth - 10 : left + 10}px`;
  }

  function options(): uPlot.Options {
    const ink = role(node, "ink-3");
    const grid = role(node, "line");
    const main = role(node, "s1");
    const other = role(node, "s-other");
    const face = `12px ${getComputedStyle(node).fontFamily}`;
    return {
      width: node.clientWidth,
      height: node.clientHeight,
      padding: [10, narrow() ? 22 : END_LABEL_PX, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: {
          size: 7,
          fill: (_self, index) => (index === 1 ? other : main),
          stroke: () => role(node, "bg"),
          width: 1.5,
        },
        drag: { x: true, y: false, setScale: false },
        dataIdx: (self, series, index) =>
          (self.data[series]?.[index] === null ? null : index) as number,
      },
      scales: {
        x: {
          time: false,
          range: (_self, low, high) => (high > low ? [low, high] : [low - 0.5, high + 0.5]),
        },
        y: { range: () => [0, spec.ticks.at(-1) ?? 1] },
      },
      axes: [
        {
          stroke: ink,
          font: face,
          size: 26,
          gap: 6,
          grid: { show: false },
          ticks: { stroke: grid, width: 1, size: 4 },
          splits: (self) =>
            labelled(spec.labels.length, Math.floor(self.bbox.width / devicePixelRatio / 72)),
          values: (_self, splits) => splits.map((index) => spec.labels[index] ?? ""),
        },
        {
          stroke: ink,
          font: face,
          size: 48,
          gap: 8,
          grid: { stroke: grid, width: 1 },
          ticks: { show: false },
          splits: () => spec.ticks,
          values: (_self, splits) => splits.map((value) => spec.axis(value)),
        },
      ],
      series: [
        {},
        { stroke: other, width: 1.25, dash: [3, 3], points: { show: false }, spanGaps: false },
        { stroke: main, width: 1.75, dash: [2, 4], points: { show: false }, spanGaps: false },
        {
          stroke: main,
          width: 1.75,
          points: { show: spec.now.values.length < 2, size: 6, fill: main },
          spanGaps: false,
        },
      ],
      hooks: {
        draw: [placeEnds],
        setCursor: [showTip],
        setSelect: [
          (self) => {
            if (self.select.width < 6) return;
            const from = Math.round(self.posToVal(self.select.left, "x"));
            const to = Math.round(self.posToVal(self.select.left + self.select.width, "x"));
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            spec.onSpan(Math.max(0, from), Math.min(spec.labels.length - 1, to));
          },
        ],
      },
    };
  }

  function draw(): void {
    plot?.destroy();
    tip.hidden = true;
    plot = new uPlot(options(), dataOf(spec), node);
  }

  const watcher = new ResizeObserver(() => {
    if (!plot || node.clientWidth === 0) return;
    if (node.clientWidth !== plot.width || node.clientHeight !== plot.height) draw();
  });
  const stopTheme = onTheme(draw);
  draw();
  watcher.observe(node);

  return {
    update(next) {
      const sameShape =
        (next.before === null) === (spec.before === null) &&
        next.now.values.length < 2 === spec.now.values.length < 2;
      spec = next;
      if (plot && sameShape) plot.setData(dataOf(spec));
      else draw();
    },
    destroy() {
      watcher.disconnect();
      stopTheme();
      plot?.destroy();
      node.replaceChildren();
    },
  };
}

// Time series, the first on top, the period before dashed: uPlot for lines and pointer, our labels.
// The x axis counts buckets, so that both periods lie on each other and clock changes bend
// nothing. Drag sets a period. Colours are read from the page's roles and follow the theme.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { alone, labelled } from "../scales.ts";
import { onTheme } from "../theme.ts";

export interface Line {
  values: (number | null)[];
  /** Stands at the line's end, after the value. */
  label: string;
  /** Role of its colour, as `s1`. */
  colour: string;
  /** Of the period before, or otherwise only for comparison. */
  dash?: boolean;
}

/** A moment that explains something. */
export interface Mark {
  /** The bucket that it lies in; -1 when it is before the first. */
  bucket: number;
  label: string;
  /** Everything that happened there, for the pointer; the label when absent. */
  all?: readonly string[];
}

export interface SeriesSpec {
  /** One per bucket, short, for the axis. */
  labels: string[];
  /** One per bucket, whole, for the pointer. */
  titles: string[];
  /** The most important first. */
  lines: Line[];
  /** Index of the bucket that is not over yet. */
  running: number | null;
  ticks: number[];
  axis: (value: number) => string;
  value: (value: number) => string;
  marks?: readonly Mark[];
  /** Buckets of a dragged span, both included. */
  onSpan: (first: number, last: number) => void;
  /** A click near a point of a line that is not dashed. */
  onPoint?: (line: number, bucket: number) => void;
}

export interface Chart<S> {
  update(spec: S): void;
  destroy(): void;
}

const END_LABEL_PX = 132;
const NARROW_PX = 560;
const REACH_PX = 48;

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

/** A drawn line: of a line that is still running the part so far is dotted, a series of its own. */
interface Stroke {
  line: number;
  part: "dash" | "running" | "done";
}

/** In the order of drawing: what is only for comparison below, the first line on top. */
function strokesOf(spec: SeriesSpec): Stroke[] {
  const strokes: Stroke[] = [];
  for (const only of [true, false]) {
    for (let line = spec.lines.length - 1; line >= 0; line -= 1) {
      if ((spec.lines[line]?.dash ?? false) !== only) continue;
      if (only) strokes.push({ line, part: "dash" });
      else strokes.push({ line, part: "running" }, { line, part: "done" });
    }
  }
  return strokes;
}

function dataOf(spec: SeriesSpec): uPlot.AlignedData {
  const cut = spec.running !== null && spec.running > 0 ? spec.running : spec.labels.length;
  const part = {
    dash: () => true,
    running: (index: number) => cut < spec.labels.length && index >= cut - 1 && index <= cut,
    done: (index: number) => index < cut,
  };
  return [
    spec.labels.map((_, index) => index),
    ...strokesOf(spec).map(({ line, part: which }) =>
      (spec.lines[line]?.values ?? []).map((value, index) => (part[which](index) ? value : null)),
    ),
  ];
}

/** Moves labels apart that would lie on each other, as little as needed; none goes below `lowest`. */
export function spread(places: readonly number[], apart: number, lowest = Infinity): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const moved = [...places];
  for (let round = 0; round < 12; round += 1) {
    for (let index = 1; index < order.length; index += 1) {
      const above = order[index - 1] ?? 0;
      const below = order[index] ?? 0;
      const lack = apart - ((moved[below] ?? 0) - (moved[above] ?? 0));
      if (lack <= 0) continue;
      moved[above] = (moved[above] ?? 0) - lack / 2;
      moved[below] = (moved[below] ?? 0) + lack / 2;
    }
  }
  // Those that were pushed over the axis go up again, and what is above them with them.
  let room = lowest;
  for (const at of order.reverse()) {
    moved[at] = Math.min(moved[at] ?? 0, room);
    room = (moved[at] ?? 0) - apart;
  }
  return moved;
}

export function attach(node: HTMLElement, first: SeriesSpec): Chart<SeriesSpec> {
  let spec = first;
  let plot: uPlot | null = null;
  const tip = element(node, "chart-tip");
  const ends: HTMLElement[] = [];
  const lines: HTMLElement[] = [];
  const narrow = (): boolean => node.clientWidth < NARROW_PX;

  function placeEnds(self: uPlot): void {
    const right = self.bbox.left / devicePixelRatio + self.bbox.width / devicePixelRatio;
    const shown: { end: HTMLElement; at: number }[] = [];
    // Of two periods the one that is not over says so; of several lines each says what it is.
    const single = spec.lines.length === 2 && spec.lines.filter(({ dash }) => !dash).length === 1;
    for (let index = 0; index < Math.max(ends.length, spec.lines.length); index += 1) {
      const line = spec.lines[index];
      const end = ends[index] ?? element(node, "chart-end");
      ends[index] = end;
      const value = line?.values.findLast((each) => each !== null) ?? null;
      end.hidden = !line || value === null || narrow();
      if (!line || value === null || end.hidden) continue;
      end.classList.toggle("before", line.dash === true);
      const number = document.createElement("b");
      number.textContent = spec.value(value);
      const mark = document.createElement("i");
      mark.style.background = `var(--${line.colour})`;
      const runs = spec.running !== null && line.values[spec.running] === value;
      const label = runs && single && !line.dash ? "so far" : line.label;
      end.replaceChildren(...(spec.lines.length > 2 ? [mark] : []), number, ` ${label}`);
      end.style.left = `${right + 8}px`;
      shown.push({ end, at: self.valToPos(value, "y") + self.bbox.top / devicePixelRatio });
    }
    const places = spread(
      shown.map(({ at }) => at),
      16,
      (self.bbox.top + self.bbox.height) / devicePixelRatio - 4,
    );
    shown.forEach(({ end }, index) => {
      end.style.top = `${places[index] ?? 0}px`;
    });
  }

  function placeMarks(self: uPlot): void {
    const marks = (spec.marks ?? []).filter(({ bucket }) => bucket >= 0);
    const box = { left: self.bbox.left, top: self.bbox.top, height: self.bbox.height };
    for (let index = 0; index < Math.max(lines.length, marks.length); index += 1) {
      const mark = marks[index];
      const made = lines[index] ?? element(node, "chart-mark");
      lines[index] = made;
      made.hidden = !mark;
      if (!mark) continue;
      const at = box.left / devicePixelRatio + self.valToPos(mark.bucket, "x");
      const after = marks[index + 1];
      const next = after
        ? box.left / devicePixelRatio + self.valToPos(after.bucket, "x")
        : node.clientWidth;
      made.textContent = mark.label;
      // Beyond the middle the words stand before the line, where there is room.
      const flips = at > node.clientWidth * 0.7;
      const before = marks[index - 1];
      const last = before ? box.left / devicePixelRatio + self.valToPos(before.bucket, "x") : 0;
      made.style.maxWidth = `${Math.max(24, flips ? at - last - 4 : next - at - 4)}px`;
      made.style.left = `${at}px`;
      made.style.top = `${box.top / devicePixelRatio}px`;
      made.style.height = `${box.height / devicePixelRatio}px`;
      made.classList.toggle("flip", flips);
    }
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
    const rows = [line(spec.titles[index] ?? "", "when")];
    const only = spec.lines.filter((each) => !each.dash).length === 1;
    for (const each of spec.lines) {
      const value = each.values[index] ?? null;
      if (value === null) continue;
      const label = only && !each.dash && spec.running === index ? "so far" : each.label;
      rows.push(line(`${spec.value(value)} ${label}`, each.dash || !only ? "before" : "now"));
    }
    for (const { bucket, label, all } of spec.marks ?? [])
      if (bucket === index) for (const each of all ?? [label]) rows.push(line(each, "note"));
    if (!only && spec.running === index) rows.push(line("not over yet", "when"));
    tip.replaceChildren(...rows);
    const left = self.bbox.left / devicePixelRatio + self.valToPos(index, "x");
    const flip = left > node.clientWidth * 0.6;
    tip.style.left = `${flip ? left - tip.offsetWidth - 10 : left + 10}px`;
  }

  function options(): uPlot.Options {
    const ink = role(node, "ink-3");
    const grid = role(node, "line");
    const strokes = strokesOf(spec);
    const colours = strokes.map(({ line: at }) => role(node, spec.lines[at]?.colour ?? "s-other"));
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
          fill: (_self, index) => colours[index - 1] ?? "",
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
        y: { range: () => [Math.min(0, spec.ticks[0] ?? 0), spec.ticks.at(-1) ?? 1] },
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
        ...strokes.map(({ part }, index): uPlot.Series => {
          const stroke = colours[index] ?? "";
          if (part === "dash")
            return { stroke, width: 1.25, dash: [3, 3], points: { show: false }, spanGaps: false };
          const points = {
            show: true,
            size: 6,
            fill: stroke,
            filter: (self: uPlot, series: number) => alone(self.data[series] ?? []),
          };
          return {
            stroke,
            width: 1.75,
            ...(part === "running" ? { dash: [2, 4] } : {}),
            points,
            spanGaps: false,
          };
        }),
      ],
      hooks: {
        draw: [placeEnds, placeMarks],
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

  /** The point of a line nearest to where somebody clicked, within reach. */
  function pick(self: uPlot, top: number): void {
    const bucket = self.cursor.idx;
    if (bucket === null || bucket === undefined) return;
    let best = { line: -1, far: REACH_PX };
    spec.lines.forEach((each, at) => {
      const value = each.values[bucket] ?? null;
      if (each.dash || value === null) return;
      const far = Math.abs(self.valToPos(value, "y") - top);
      if (far < best.far) best = { line: at, far };
    });
    if (best.line >= 0) spec.onPoint?.(best.line, bucket);
  }

  function draw(): void {
    plot?.destroy();
    tip.hidden = true;
    const made = new uPlot(options(), dataOf(spec), node);
    plot = made;
    let down = 0;
    made.over.addEventListener("mousedown", (event) => {
      down = event.clientX;
    });
    made.over.addEventListener("click", (event) => {
      if (Math.abs(event.clientX - down) < 4) pick(made, event.offsetY);
    });
    made.over.style.cursor = spec.onPoint ? "pointer" : "";
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
        next.labels.length < 2 === spec.labels.length < 2 &&
        (next.onPoint === undefined) === (spec.onPoint === undefined) &&
        next.lines.length === spec.lines.length &&
        next.lines.every(
          (line, at) =>
            line.colour === spec.lines[at]?.colour &&
            (line.dash ?? false) === (spec.lines[at]?.dash ?? false),
        );
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

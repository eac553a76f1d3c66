// Where panels stand. Twelve columns; panels never lie on each other, and rise as far as they can,
// so that there is never a hole above one. Whoever is moved or sized keeps its place, the others
// give way downwards. Pure arithmetic, no drawing.
import type { Panel, PanelPlace } from "@hitmetrix/wire";

export const COLUMNS = 12;

/** What a panel shows best at, and the least it can do with. */
export interface Size {
  width: number;
  height: number;
}

export function sizeOf(panel: Pick<Panel, "shows">): { usual: Size; least: Size } {
  const { shows } = panel;
  if ("text" in shows) return { usual: { width: 4, height: 4 }, least: { width: 2, height: 2 } };
  if ("measure" in shows || shows.display === "number")
    return { usual: { width: 3, height: 4 }, least: { width: 2, height: 3 } };
  return { usual: { width: 6, height: 10 }, least: { width: 3, height: 6 } };
}

function overlaps(a: PanelPlace, b: PanelPlace): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** From the top, from the left: the order on a phone and of the keyboard. */
export function inOrder<T extends { place: PanelPlace }>(panels: readonly T[]): T[] {
  return [...panels].sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
}

const place = (panel: Panel, change: Partial<PanelPlace>): Panel => ({
  ...panel,
  place: { ...panel.place, ...change },
});

/** Lets every panel rise; `first` has its place before all that do not lie wholly above it. */
function settled(panels: readonly Panel[], first: string | null): Panel[] {
  const fixed = panels.find((each) => each.id === first);
  const order = inOrder(panels).filter((each) => each !== fixed);
  if (fixed) {
    const at = order.findIndex((each) => each.place.y + each.place.height > fixed.place.y);
    order.splice(at < 0 ? order.length : at, 0, fixed);
  }
  const done: Panel[] = [];
  for (const panel of order) {
    let y = 0;
    // The lowest edge above which it cannot rise.
    for (const other of done) {
      const sideways =
        other.place.x < panel.place.x + panel.place.width &&
        panel.place.x < other.place.x + other.place.width;
      if (sideways) y = Math.max(y, other.place.y + other.place.height);
    }
    done.push(place(panel, { y }));
  }
  return panels.map((panel) => done.find((each) => each.id === panel.id) ?? panel);
}

/** The same without holes; what was saved by a program may have some. */
export function compact(panels: readonly Panel[]): Panel[] {
  return settled(panels, null);
}

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

/** Puts a panel somewhere else. */
export function moved(panels: readonly Panel[], id: string, to: { x: number; y: number }): Panel[] {
  const next = panels.map((panel) =>
    panel.id === id
      ? place(panel, {
          x: within(Math.round(to.x), 0, COLUMNS - panel.place.width),
          y: Math.max(0, Math.round(to.y)),
        })
      : panel,
  );
  return settled(next, id);
}

/** Gives a panel another size, as far as it can have it where it stands. */
export function sized(panels: readonly Panel[], id: string, to: Size): Panel[] {
  const next = panels.map((panel) => {
    if (panel.id !== id) return panel;
    const { least } = sizeOf(panel);
    return place(panel, {
      width: within(Math.round(to.width), least.width, COLUMNS - panel.place.x),
      height: within(Math.round(to.height), least.height, 40),
    });
  });
  return settled(next, id);
}

export type Step = "left" | "right" | "up" | "down";

/** One step by a key. Up and down go past the neighbour, since every panel rises by itself. */
export function stepped(panels: readonly Panel[], id: string, step: Step): Panel[] {
  const panel = panels.find((each) => each.id === id);
  if (!panel) return [...panels];
  const { x, y, width, height } = panel.place;
  if (step === "left") return moved(panels, id, { x: x - 1, y });
  if (step === "right") return moved(panels, id, { x: x + 1, y });
  const others = panels.filter(
    (each) => each.id !== id && each.place.x < x + width && x < each.place.x + each.place.width,
  );
  if (step === "up") {
    const above = others.filter((each) => each.place.y < y);
    const near = above.sort((a, b) => b.place.y - a.place.y)[0];
    return near ? moved(panels, id, { x, y: near.place.y }) : [...panels];
  }
  const below = others.filter((each) => each.place.y >= y + height);
  const near = below.sort((a, b) => a.place.y - b.place.y)[0];
  if (!near) return [...panels];
  // What is below rises into its place first.
  const risen = moved(panels, near.id, { x: near.place.x, y });
  return risen;
}

/** The first free place for a panel of this size, as far up as can be. */
export function freePlace(panels: readonly Panel[], size: Size): PanelPlace {
  const bottom = panels.reduce((most, { place: at }) => Math.max(most, at.y + at.height), 0);
  for (let y = 0; y < bottom; y += 1) {
    for (let x = 0; x + size.width <= COLUMNS; x += 1) {
      const wanted = { x, y, ...size };
      const rests =
        y === 0 ||
        panels.some(
          ({ place: at }) => at.y + at.height === y && at.x < x + size.width && x < at.x + at.width,
        );
      if (rests && !panels.some(({ place: at }) => overlaps(at, wanted))) return wanted;
    }
  }
  return { x: 0, y: bottom, ...size };
}

/** An id that no panel has. */
export function freeId(panels: readonly Panel[]): string {
  for (let number = panels.length + 1; ; number += 1) {
    const id = `p${number}`;
    if (!panels.some((each) => each.id === id)) return id;
  }
}

/** `column 1 of 12, row 3, 6 wide, 4 high` */
export function placeWords({ x, y, width, height }: PanelPlace): string {
  return `column ${x + 1} of ${COLUMNS}, row ${y + 1}, ${width} wide, ${height} high`;
}

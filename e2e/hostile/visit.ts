// What hostile recordings are made with: a page, changes of it, and addresses that nobody may ask for.
import type { Node, nodeMaker } from "../support/recorded.ts";

/** What each script would do. */
export const RUN = "top.ran = 1; alert(1); top.document.body.append('owned')";
/** The last words of a page that is shown. */
export const LAST_WORD = "the last word";

/** What a recording is made with. */
export interface Maker extends ReturnType<typeof nodeMaker> {
  /** An address that nobody may ask for; the place where it stands is in its path. */
  at(place: string): string;
  readonly host: string;
}

/** A page, and changes that end with its last word. */
export function visit(
  maker: Maker,
  head: readonly Node[],
  body: readonly Node[],
  changes: readonly object[] = [],
): string[] {
  const word = maker.element("h1", {}, "not yet");
  const all = maker.element("body", { onload: RUN }, ...body, word);
  const text = (word.childNodes as Node[])[0]?.id;
  const last = mutation({ texts: [{ id: text, value: LAST_WORD }] });
  return lines(maker.page(head, all), [...changes, last]);
}

/** Lines of a snapshot and of incremental events, ten milliseconds apart. */
export function lines(node: unknown, changes: readonly object[]): string[] {
  const began = Date.now() - 60_000;
  const href = "http://127.0.0.1:9/";
  const events = [
    { type: 4, timestamp: began, data: { href, width: 800, height: 600 } },
    { type: 2, timestamp: began, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...changes.map((data, index) => ({ type: 3, timestamp: began + 10 * (index + 1), data })),
  ];
  return events.map((event) => JSON.stringify(event));
}

export function mutation(more: object): object {
  return { source: 0, texts: [], attributes: [], removes: [], adds: [], ...more };
}

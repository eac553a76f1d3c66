import type { ChunkRow } from "@hitmetrix/wire";
import { expect, it } from "vitest";
import { lastOf, together, withMore } from "./since.ts";

const chunk = (window: string, last_sequence: number) => ({ window, last_sequence }) as ChunkRow;

it("the server is asked for what follows the last of each window", () => {
  expect(lastOf([])).toBe("");
  expect(lastOf([chunk("a", 0), chunk("b", 7), chunk("a", 4), chunk("a", 3)])).toBe("a-4,b-7");
});

it("nothing new is the same list", () => {
  const chunks = [chunk("a", 0)];
  expect(withMore(chunks, [])).toBe(chunks);
  expect(withMore(chunks, [chunk("a", 1)])).toHaveLength(2);
});

const row = (window: string, sequence: number, more: Partial<ChunkRow> = {}): ChunkRow => ({
  window,
  sequence,
  last_sequence: sequence,
  first_ms: sequence * 5000,
  last_ms: sequence * 5000 + 4900,
  events: 10,
  snapshot: sequence === 0,
  keyframe: false,
  stored_bytes: 1000,
  path: "/",
  recorder: "r",
  ...more,
});
const spans = (chunks: ChunkRow[]) =>
  together(chunks).map(({ window, sequence, last_sequence }) => [window, sequence, last_sequence]);

it("single chunks of a page load are asked for a minute at a time", () => {
  const all = Array.from({ length: 480 }, (_, sequence) => row("a", sequence));
  const joined = together(all);
  expect(joined).toHaveLength(40);
  expect(joined[0]).toMatchObject({
    sequence: 0,
    last_sequence: 11,
    snapshot: true,
    first_ms: 0,
    last_ms: 59_900,
    events: 120,
    stored_bytes: 12_000,
  });
  expect(lastOf(joined)).toBe("a-479");
});

it("nothing is joined over a hole, into a picture, or beyond a size; nor what the server joined", () => {
  expect(spans([row("a", 0), row("a", 1), row("a", 3), row("a", 4)])).toEqual([
    ["a", 0, 1],
    ["a", 3, 4],
  ]);
  expect(spans([row("a", 0), row("a", 1, { snapshot: true }), row("a", 2)])).toEqual([
    ["a", 0, 0],
    ["a", 1, 2],
  ]);
  expect(spans([row("a", 0), row("a", 1, { stored_bytes: 600_000 }), row("a", 2)])).toEqual([
    ["a", 0, 0],
    ["a", 1, 1],
    ["a", 2, 2],
  ]);
  const sealed = row("a", 1, { last_sequence: 3, last_ms: 19_000 });
  expect(spans([row("a", 0), sealed, row("a", 4)])).toEqual([
    ["a", 0, 0],
    ["a", 1, 4],
  ]);
  expect(spans([row("a", 1, { keyframe: true }), row("a", 2)])).toHaveLength(2);
});

it("page loads stay apart, in their order, whatever the order of the rows", () => {
  expect(spans([row("b", 1), row("b", 0), row("a", 0), row("a", 1)])).toEqual([
    ["b", 0, 1],
    ["a", 0, 1],
  ]);
});

import type { ChunkRow } from "@hitmetrix/wire";
import { expect, it } from "vitest";
import { lastOf, withMore } from "./since.ts";

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

// The sheet of keys says what acts where it is opened, and nothing else; what it says is what is bound.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type KeysAt, keysAt } from "./helpKeys.ts";

const at = (over: Partial<KeysAt> = {}): KeysAt => ({
  screen: "overview",
  open: false,
  plays: false,
  changes: true,
  site: true,
  asks: true,
  compares: true,
  rows: true,
  ...over,
});
const groups = (over: Partial<KeysAt>) => keysAt(at(over)).map(({ name }) => name);
const LIST = "In a table or list";
const ASKED = "What is asked";

test("each screen has its own keys first, and no others", () => {
  expect(groups({})).toEqual([LIST, ASKED, "Everywhere"]);
  expect(groups({ screen: "sessions", open: true, plays: true })[0]).toContain("player");
  // A session without a recording, and a board for who may only look at it.
  expect(groups({ screen: "sessions", open: true })[0]).toBe(LIST);
  expect(groups({ screen: "boards", open: true, changes: false })[0]).toBe(LIST);
  expect(groups({ screen: "sessions" })).toEqual([LIST, ASKED, "Everywhere"]);
  expect(groups({ screen: "boards", open: true })[0]).toContain("board");
  expect(groups({ screen: "boards", asks: false })).toEqual([LIST, "Everywhere"]);
  expect(groups({ screen: "explore", rows: false })[0]).toContain("funnel");
  expect(groups({ screen: "code", asks: false, rows: false })).toEqual(["Everywhere"]);
  // There the same two keys lead to other persons.
  expect(groups({ screen: "people", open: true, asks: false })).toEqual([
    "Of this person",
    "Everywhere",
  ]);
});

test("comparison has its key only where there is one, and screens only with a site", () => {
  const said = (over: Partial<KeysAt>) =>
    keysAt(at(over)).flatMap(({ keys }) => keys.map(([what]) => what));
  expect(said({})).toContain("Comparison");
  expect(said({ compares: false })).not.toContain("Comparison");
  expect(said({ site: false })).not.toContain("Overview");
});

test("pairs of keys in the sheet are those that are bound", () => {
  const frame = readFileSync(new URL("parts/Frame.svelte", import.meta.url), "utf8");
  const bound = [...frame.matchAll(/keys: "(g \w)"/g)].map((match) => match[1]).sort();
  const said = keysAt(at())
    .flatMap(({ keys }) => keys)
    .filter(([, keys]) => keys[0] === "G")
    .map(([, keys]) => keys.join(" ").toLowerCase())
    .sort();
  expect(said).toEqual(bound);
});

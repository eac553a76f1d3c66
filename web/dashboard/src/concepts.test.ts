// "How counted" leads to pages that are there, and every page on how something is counted is led to.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = new URL(".", import.meta.url).pathname;
const PAGES = new URL("../../../docs/concepts/", import.meta.url).pathname;
/** Not on numbers: how they are kept, and the list of all. */
const OTHERS = new Set(["README", "storing", "masking"]);
const LINK = /\bconcept(?:=|: )"([a-z]+)"|\/docs\/concepts\/([a-z]+)/g;
const FURTHER = /\balso=\{\[(\[.*?\])\]\}/g;

/** Ends otherwise than with what its numbers were counted on. */
const WITHOUT_FOOT: Record<string, string> = {
  "alerts/AlertForm.svelte": "judges what is asked later",
  "explore/WhyDrop.svelte": "the funnel around it has one",
  "goals/OverviewGoal.svelte": "the overview around it has one",
  "parts/SeriesPanel.svelte": "the overview around it has one",
  "screens/Boards.svelte": "has no numbers",
  "screens/Live.svelte": "asks anew each second",
  "screens/Sites.svelte": "each site is counted in its own zone",
};

const linked = new Set<string>();
const heads: [path: string, hasFoot: boolean][] = [];
for (const path of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
  if (!/\.(svelte|ts)$/.test(path) || path.endsWith(".test.ts")) continue;
  const text = readFileSync(join(SOURCES, path), "utf8");
  if (/<Counted name/.test(text)) heads.push([path, /<Foot\b/.test(text)]);
  for (const [, concept, page] of text.matchAll(LINK)) linked.add(concept ?? page ?? "");
  for (const [, further = ""] of text.matchAll(FURTHER))
    for (const [, page = ""] of further.matchAll(/\["([a-z]+)", "/g)) linked.add(page);
}

const pages = readdirSync(PAGES)
  .filter((name) => name.endsWith(".md"))
  .map((name) => name.replace(/\.md$/, ""));

test("what is linked is there", () => {
  expect([...linked].filter((page) => !pages.includes(page))).toEqual([]);
});

test.each(pages.filter((page) => !OTHERS.has(page)))("some screen leads to %s", (page) => {
  expect(linked).toContain(page);
});

test("who says how it is counted says on what, and what was lost", () => {
  const without = heads.filter(([, hasFoot]) => !hasFoot).map(([path]) => path);
  expect(without.sort()).toEqual(Object.keys(WITHOUT_FOOT));
});

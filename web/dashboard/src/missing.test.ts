// Promise 3, never silently wrong: what asks for an answer says where that could not be read whole.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { missingIn } from "./rows.ts";

const SOURCES = new URL(".", import.meta.url).pathname;
const ASKS = /\bapi\s*\.(ask|askLines|people|persons|surveyAnswers|personEvents)\(/;
/** In what a component draws: one of the parts that say it, or a part that is told. */
const SAYS = /<Caveats\b|<Partial\b|\bmissing\b/;

/** What is asked there is what can be picked, or is said by others. */
const OTHERWISE: Record<string, string> = {
  "explore/ConditionEditor.svelte": "asks which values can be picked",
  "goals/EditGoal.svelte": "asks which currencies were seen",
  "marking/Marking.svelte": "asks which pages were seen, to open one",
  "parts/FilterEditor.svelte": "asks which values can be picked",
  "parts/Palette.svelte": "asks what can be opened",
  "persons/PersonTable.svelte": "asks which currencies were seen",
  "screens/Board.svelte": "its panels say it",
  "screens/Sessions.svelte": "its list says it",
  "segments/NewSegment.svelte": "asks which values can be picked",
};

const components = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".svelte"))
  .sort();

test.each(components)("%s says what of an answer is missing", (path) => {
  const text = readFileSync(join(SOURCES, path), "utf8");
  if (!ASKS.test(text) || path in OTHERWISE) return;
  const drawn = text.slice(text.lastIndexOf("</script>"));
  expect(SAYS.test(drawn), `${path} asks, but says nothing of what could not be read`).toBe(true);
});

test("what several answers could not read is said once", () => {
  const lacking = (...missing: string[]): Pick<Answer, "missing"> => ({ missing });
  expect(missingIn(lacking("part 1"), null, lacking("part 2", "part 1"), undefined)).toEqual([
    "part 1",
    "part 2",
  ]);
  expect(missingIn(lacking(), null)).toEqual([]);
});

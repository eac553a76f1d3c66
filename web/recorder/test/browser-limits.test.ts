/** Every limit of what runs in browsers has a name, a value and words in the reference. */
import { expect, it } from "vitest";

interface Limits {
  folders: string[];
  limitsIn(text: string): { name: string; value: string; doc: string }[];
  limitsBelow(folder: string): { path: string; name: string; doc: string }[];
  page(): string;
  written(): string;
}

const limits = (await import("../../wire/limits.mjs" as string)) as Limits;

it("are constants at the top of a file, with what stands above them", () => {
  const text = `import x from "x";
/** A line,
 * and another. */
const LINE_MAX = 4 << 10;
const WAIT_MS = 2 * LINE_MAX;
/** Pauses. */
export const PAUSES_MS: readonly number[] = [1000, 15_000];
/** Of something else. */
const PATTERN_MAX = /x/;
const name = 7;
  const INNER_MAX = 1;
`;
  expect(limits.limitsIn(text)).toEqual([
    { name: "LINE_MAX", value: "4096", doc: "A line, and another." },
    { name: "WAIT_MS", value: "8192 ms", doc: "" },
    { name: "PAUSES_MS", value: "1000, 15000 ms", doc: "Pauses." },
  ]);
});

it("say what they bound", () => {
  for (const folder of limits.folders) {
    const all = limits.limitsBelow(folder);
    expect(all.length, folder).toBeGreaterThan(10);
    const silent = all.filter(({ doc }) => !doc).map(({ path, name }) => `${path}: ${name}`);
    expect(silent, folder).toEqual([]);
  }
});

it("stand in the reference as they are; else run `node web/wire/limits.mjs`", () => {
  expect(limits.written()).toBe(limits.page());
});

import { expect, it } from "vitest";
import { loadOnce } from "./once.ts";
import type { Chunk } from "./player/index.ts";

const chunk = (sequence: number) => ({ window: "w", sequence, last_sequence: sequence }) as Chunk;

/** A loader that notes what it is asked for; what is in `gone` cannot be loaded. */
function loader(gone = new Set<number>()) {
  const asked: number[] = [];
  const load = async ({ sequence }: Chunk) => {
    asked.push(sequence);
    if (gone.has(sequence)) throw new Error("gone");
    return `text ${sequence}`;
  };
  return { asked, load };
}

it("loads a chunk once for all who ask, at once or later", async () => {
  const { asked, load } = loader();
  const read = loadOnce(load);
  expect(await Promise.all([read(chunk(1)), read(chunk(1)), read(chunk(2))])).toEqual([
    "text 1",
    "text 1",
    "text 2",
  ]);
  await read(chunk(1));
  expect(asked).toEqual([1, 2]);
  // Merged with the next it is another one.
  await read({ ...chunk(1), last_sequence: 2 });
  expect(asked).toEqual([1, 2, 1]);
});

it("tries one again that could not be loaded", async () => {
  const gone = new Set([1]);
  const { asked, load } = loader(gone);
  const read = loadOnce(load);
  await expect(read(chunk(1))).rejects.toThrow("gone");
  gone.clear();
  expect(await read(chunk(1))).toBe("text 1");
  expect(asked).toEqual([1, 1]);
});

it("forgets the oldest beyond its room", async () => {
  const { asked, load } = loader();
  const read = loadOnce(load, 2 * "text 1".length);
  for (const sequence of [1, 2, 3, 2, 3, 1]) await read(chunk(sequence));
  expect(asked).toEqual([1, 2, 3, 1]);
});

import { expect, test } from "vitest";
import { fewAtOnce } from "./few.ts";

test("so many run at once and no more, and all of them are done", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await fewAtOnce([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((next) => setTimeout(next, 0));
    running -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("one that fails is told, and no further one begins after it", async () => {
  const begun: number[] = [];
  const failing = fewAtOnce([1, 2, 3], 1, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(begun).toEqual([1, 2]);
});

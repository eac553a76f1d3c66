import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

const tick = (): Promise<void> => new Promise((next) => queueMicrotask(next));

test("never more than so many ask at once, and all come to it in their order", async () => {
  const turns = createTurns(2);
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const ends: (() => void)[] = [];
  const ask = (number: number) => async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((end) => ends.push(end));
    running -= 1;
    done.push(number);
  };
  const signal = new AbortController().signal;
  const all = [1, 2, 3, 4, 5].map((number) => turns.take(signal, ask(number)));
  while (done.length < 6) {
    await tick();
    ends.shift()?.();
    // Who comes while others wait gets in behind them, not between them.
    if (done.length === 2 && all.length === 5) all.push(turns.take(signal, ask(6)));
  }
  await Promise.all(all);
  expect(most).toBe(2);
  expect(done).toEqual([1, 2, 3, 4, 5, 6]);
});

test("who has left while waiting asks nothing, and the next one comes", async () => {
  const turns = createTurns(1);
  const left = new AbortController();
  let end = (): void => undefined;
  const signal = new AbortController().signal;
  const first = turns.take(signal, () => new Promise<void>((go) => (end = go)));
  const second = turns.take(left.signal, () => Promise.reject(new Error("it was asked")));
  const third = turns.take(signal, () => Promise.resolve("here"));
  left.abort();
  await tick();
  end();
  await first;
  await expect(second).rejects.toThrow(/abort/i);
  expect(await third).toBe("here");
});

// Asking again and again: never twice at once, whatever the page does meanwhile.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { poll } from "./polling.ts";

const EVERY_MS = 1000;
let seen: EventTarget & { hidden: boolean };

beforeEach(() => {
  vi.useFakeTimers();
  seen = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", seen);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A question that is answered when the test says so. */
function asked() {
  const open: (() => void)[] = [];
  let times = 0;
  const ask = (): Promise<void> => {
    times += 1;
    return new Promise((answer) => open.push(answer));
  };
  return {
    ask,
    times: () => times,
    open: () => open.length,
    async answer() {
      for (const each of open.splice(0)) each();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

function show(hidden: boolean): void {
  seen.hidden = hidden;
  seen.dispatchEvent(new Event("visibilitychange"));
}

test("a page that is shown again while a question is open asks no second one beside it", async () => {
  const question = asked();
  const stop = poll({ everyMs: EVERY_MS, ask: question.ask, onError: () => undefined });
  expect(question.times()).toBe(1);
  show(true);
  show(false);
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(question.open()).toBe(1);

  await question.answer();
  for (let turn = 2; turn < 6; turn += 1) {
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(question.times()).toBe(turn);
    await question.answer();
  }
  stop();
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(question.times()).toBe(5);
});

test("a page that is shown again asks at once", async () => {
  const question = asked();
  show(true);
  const stop = poll({ everyMs: EVERY_MS, ask: question.ask, onError: () => undefined });
  await vi.advanceTimersByTimeAsync(EVERY_MS / 2);
  expect(question.times()).toBe(0);
  show(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(question.times()).toBe(1);
  stop();
});

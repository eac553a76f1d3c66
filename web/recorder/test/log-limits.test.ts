// @vitest-environment jsdom
/** How much a page may log: what is too much is left out and counted, errors by themselves. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchLogs } from "../src/logs/logs";

// The browser's own functions are none of this window's.
vi.mock("../src/observe/natives", () => ({
  later: setTimeout,
  listen: (target: Window, kind: string, work: (event: Event) => void) => {
    target.addEventListener(kind, work);
    return () => target.removeEventListener(kind, work);
  },
}));

// What is logged here is nothing to read; it is watched once for good.
console.log = () => {};
console.error = () => {};

let told: Record<string, unknown>[];
let left: Record<string, number>;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  told = [];
  left = {};
  stop = watchLogs({
    console: true,
    network: false,
    origin: location.origin,
    tell: (_, payload, kind) => told.push({ ...payload, kind }),
    left: (kind) => {
      left[kind] = (left[kind] ?? 0) + 1;
    },
  });
  vi.advanceTimersByTime(20_000);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const log = (many: number) => {
  for (let line = 0; line < many; line++) console.log("line", line);
};
const fail = (many: number) => {
  for (let line = 0; line < many; line++)
    dispatchEvent(new ErrorEvent("error", { message: `broken ${line}` }));
};

it("an error is told however much was logged before it", () => {
  log(214);
  fail(3);
  expect(told).toHaveLength(203);
  expect(told.at(-1)).toMatchObject({ level: "error", text: expect.stringMatching(/^broken 2/) });
  expect(left).toEqual({ console: 14 });
});

it("errors leave the lines their room, and are counted too", () => {
  fail(52);
  log(200);
  expect(told).toHaveLength(250);
  expect(left).toEqual({ errors: 2 });
});

it("after ten seconds there is room again, until a recording has too many", () => {
  for (let stretch = 0; stretch < 11; stretch++) {
    log(200);
    fail(20);
    vi.advanceTimersByTime(10_001);
  }
  expect(told).toHaveLength(2200);
  expect(left).toEqual({ console: 200, errors: 20 });
});

it("what the page logs as an error is a line as others, and takes no room of those that nobody caught", () => {
  console.error("said");
  fail(1);
  expect(told.map(({ level, kind }) => [level, kind])).toEqual([
    ["error", "console"],
    ["error", "errors"],
  ]);
});

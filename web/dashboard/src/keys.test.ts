// Single keys can be switched off, and only on this device.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listenKeys, setSingleKeys, singleKeys } from "./keys.ts";

let kept: Map<string, string>;
let page: EventTarget & { querySelector: () => null };

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  page = Object.assign(new EventTarget(), { querySelector: () => null });
  vi.stubGlobal("document", page);
  vi.stubGlobal("Element", class {});
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function press(key: string, ctrlKey = false): void {
  const event = Object.assign(new Event("keydown", { cancelable: true }), {
    key,
    ctrlKey,
    metaKey: false,
    altKey: false,
  });
  page.dispatchEvent(event);
}

test("switched off, no single key acts, and the palette opens still", () => {
  const done: string[] = [];
  const stop = listenKeys(
    () => [{ keys: "t", run: () => done.push("theme") }],
    () => done.push("palette"),
  );
  press("t");
  setSingleKeys(false);
  press("t");
  press("k", true);
  setSingleKeys(true);
  press("t");
  stop();
  expect(done).toEqual(["theme", "palette", "theme"]);
});

test("the choice is kept, and a browser that keeps nothing has them on", () => {
  setSingleKeys(false);
  expect([singleKeys(), kept.size]).toEqual([false, 1]);
  setSingleKeys(true);
  expect([singleKeys(), kept.size]).toEqual([true, 0]);
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("no");
    },
  });
  expect(singleKeys()).toBe(true);
});

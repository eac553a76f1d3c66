/** What the tests of several watchers share. */
import { vi } from "vitest";
import type { Base, Properties, Rules, Seen } from "../src/core.ts";

export const rulesOf = (more: Partial<Rules> = {}): Rules => ({
  v: 1,
  record: false,
  sample: 1,
  blocked: [],
  query_keys: [],
  hash_routes: false,
  mask_text: false,
  respect_dnt: true,
  mask: [],
  block: [],
  show: [],
  session_idle_ms: 1_800_000,
  ...more,
});

/** A base that keeps what is told, with a clock of its own. */
export const baseOf = (more: Partial<Base> = {}) => {
  const told: [name: string, properties: Properties | undefined][] = [];
  const clock = { time: 1_000_000 };
  const base: Base = {
    key: "key",
    origin: "https://hm.example",
    window: "0".repeat(32),
    rules: rulesOf(),
    refused: () => false,
    identity: { visitor: "1".repeat(32), session: "2".repeat(32) },
    session: () => Promise.resolve("2".repeat(32)),
    emit: (name, properties) => told.push([name, properties]),
    address: (url) => new URL(url, location.href).href,
    queue: { batches: new Set(), lost: 0, add: vi.fn(), schedule: vi.fn(), flush: vi.fn() },
    now: () => clock.time,
    delay: 500,
    name: "hm_key",
    hooks: { mask: (text) => text, left: () => undefined, seen: () => {}, hide: () => {} },
    early: [],
    seen: {},
    since: clock.time,
    settle: vi.fn(),
    envelope: () => "{}",
    post: () => Promise.resolve(0),
    ...more,
  };
  return { base, told, clock };
};

/** A page event as the core saw it; jsdom's own are never trusted. */
export const seenOf = (
  type: string,
  target: Element | null,
  more: Record<string, unknown> = {},
  time = 1_000_000,
): Seen => {
  const path: EventTarget[] = [];
  for (let node: Node | null = target; node; node = node.parentNode ?? (node as ShadowRoot).host) {
    path.push(node);
  }
  const event = { type, isTrusted: true, detail: 1, clientX: 5, clientY: 5, ...more };
  return { event, path, time };
};

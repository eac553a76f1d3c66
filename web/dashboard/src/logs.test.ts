import { afterEach, describe, expect, it, vi } from "vitest";
import { createLogs, isFailed, type Logs, logsIn, placeOf } from "./logs.ts";
import type { Chunk } from "./player/index.ts";
import { RETRY_PAUSES_MS, TRIES_MAX } from "./player/retry.ts";

const custom = (timestamp: number, tag: string, payload: object) =>
  JSON.stringify({ type: 5, timestamp, data: { tag, payload } });
const chunk = (sequence: number) => ({ window: "w", sequence }) as Chunk;

describe("logs", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are the custom events of their names, whatever else speaks of them", () => {
    const lines = [
      custom(7, "hm-console", { level: "warn", text: "low on hats" }),
      custom(8, "hm-page", { href: "/hm-console" }),
      JSON.stringify({ type: 3, timestamp: 9, data: { source: 0, texts: ["hm-network"] } }),
      `{"hm-network" is cut`,
      custom(10, "hm-network", { method: "GET", href: "https://a.example/x", kind: "fetch" }),
    ];
    expect(logsIn(lines.join("\n"))).toEqual({
      left: [],
      console: [{ time_ms: 7, level: "warn", text: "low on hats" }],
      network: [
        {
          time_ms: 10,
          method: "GET",
          href: "https://a.example/x",
          status: 0,
          duration_ms: 0,
          bytes: 0,
          kind: "fetch",
        },
      ],
    });
  });

  it("say how many were left out, counted on by each page load and anew by each recording of it", async () => {
    const said: Record<string, string> = {
      a0: [
        custom(1, "hm-cost", { total_ms: 1, console_left: 3, errors_left: "x" }),
        custom(2, "hm-cost", { total_ms: 1, console_left: 14, errors_left: 2 }),
      ].join("\n"),
      a1: custom(3, "hm-cost", { total_ms: 1, console_left: 14, errors_left: 2 }),
      a2: custom(5, "hm-cost", { total_ms: 1, console_left: 4 }),
      b0: custom(4, "hm-cost", { total_ms: 1, network_left: 7 }),
    };
    let last: Logs | undefined;
    const read = createLogs(
      async ({ window, sequence }) => said[window + sequence] ?? "",
      (logs) => {
        last = logs;
      },
    );
    const chunks = ["a2", "b0", "a1", "a0"].map(
      ([window, sequence]) => ({ window, sequence: Number(sequence) }) as Chunk,
    );
    await read(chunks, new AbortController().signal);
    expect(last?.left).toEqual({ console: 18, errors: 2, network: 7 });
  });

  it("say what went wrong", () => {
    expect(isFailed({ status: 503, kind: "fetch" })).toBe(true);
    expect(isFailed({ status: 0, kind: "xhr" })).toBe(true);
    expect(isFailed({ status: 0, kind: "resource" })).toBe(false);
    expect(isFailed({ status: 304, kind: "fetch" })).toBe(false);
  });

  it("say where a request went", () => {
    expect(placeOf("https://a.example:8/b/c?d#e")).toEqual({ host: "a.example:8", path: "/b/c" });
    expect(placeOf("http://a.example")).toEqual({ host: "a.example", path: "/" });
    expect(placeOf("nowhere")).toEqual({ host: "", path: "nowhere" });
  });

  it("read each chunk once, in the order of time, and count what cannot be read", async () => {
    const asked: number[] = [];
    const told: Logs[] = [];
    const read = createLogs(
      async ({ sequence }) => {
        asked.push(sequence);
        if (sequence === 1) throw Object.assign(new Error("erased"), { status: 404 });
        return custom(100 - sequence, "hm-console", { level: "log", text: `${sequence}` });
      },
      (logs) => told.push(logs),
    );
    const { signal } = new AbortController();
    await read([chunk(0), chunk(1)], signal);
    await read([chunk(0), chunk(1), chunk(2)], signal);
    expect(asked).toEqual([0, 1, 2]);
    const last = told.at(-1);
    expect(last?.console.map(({ text }) => text)).toEqual(["2", "0"]);
    expect([last?.read, last?.of, last?.broken]).toEqual([3, 3, 1]);
  });

  it("wait for a server that cannot be reached, and miss nothing then", async () => {
    vi.useFakeTimers();
    let tries = 0;
    const told: Logs[] = [];
    const read = createLogs(
      async () => {
        tries += 1;
        if (tries < 3) throw Object.assign(new Error("restarting"), { status: 503 });
        return custom(5, "hm-console", { level: "log", text: "here" });
      },
      (logs) => told.push(logs),
    );
    const reading = read([chunk(0)], new AbortController().signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toMatchObject({ read: 0, broken: 0, away: "trying" });
    await vi.advanceTimersByTimeAsync((RETRY_PAUSES_MS[0] ?? 0) + (RETRY_PAUSES_MS[1] ?? 0));
    await reading;
    expect(told.at(-1)).toMatchObject({ read: 1, broken: 0, away: "" });
    expect(told.at(-1)?.console).toHaveLength(1);
  });

  it("say that they gave up, and read on when somebody looks again", async () => {
    vi.useFakeTimers();
    let tries = 0;
    const told: Logs[] = [];
    const read = createLogs(
      async () => {
        tries += 1;
        if (tries <= TRIES_MAX) throw Object.assign(new Error("offline"), { status: 0 });
        return "";
      },
      (logs) => told.push(logs),
    );
    const { signal } = new AbortController();
    const reading = read([chunk(0)], signal);
    await vi.runAllTimersAsync();
    await reading;
    expect(tries).toBe(TRIES_MAX);
    expect(told.at(-1)).toMatchObject({ read: 0, broken: 0, away: "given-up" });
    await read([chunk(0)], signal);
    expect(told.at(-1)).toMatchObject({ read: 1, broken: 0, away: "" });
  });
});

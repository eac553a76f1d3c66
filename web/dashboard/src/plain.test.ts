import type { Answer, RecordingSummary } from "@hitmetrix/wire";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError, createApi } from "./api.ts";
import { happened } from "./happened.ts";
import { createKeys } from "./keys.ts";
import { linesOf } from "./lines.ts";
import { liveLines } from "./live.ts";
import { createLoader, type Loaded, SLOW_AFTER_MS } from "./loader.ts";
import { found } from "./palette.ts";
import { settingsOf } from "./parts/paletteMore.ts";
import { placeUnder } from "./places.ts";
import { pathTo, readRoute, sessionIdIn } from "./route.ts";
import {
  alone,
  countTicksTo,
  durationTicksTo,
  labelled,
  niceStep,
  sparkPath,
  ticksTo,
} from "./scales.ts";
import { reasonOf, sessionRows, whyNotPlayable } from "./sessions.ts";
import { snippet } from "./snippet.ts";
import { diskOf, healthWords, keptBy } from "./status.ts";
import { filterWords, valueName } from "./words.ts";

const ID = "0123456789abcdef0123456789abcdef";

describe("routes", () => {
  test.each([
    ["/", { screen: "sites" }],
    ["/sites", { screen: "sites" }],
    ["/sites/3", { screen: "overview", site: 3, session: null, section: null }],
    ["/sites/3/sessions/abc", { screen: "sessions", site: 3, session: "abc", section: null }],
    ["/sites/3/settings/tokens", { screen: "settings", site: 3, session: null, section: "tokens" }],
    ["/sites/x", { screen: "lost" }],
    ["/sites/3/nothing", { screen: "lost" }],
    ["/welcome", { screen: "welcome" }],
    ["/nowhere", { screen: "lost" }],
  ])("%s", (path, expected) => {
    expect(readRoute(path)).toEqual(expected);
  });

  test("a path reads back", () => {
    expect(readRoute(pathTo(7, "sessions", ID))).toMatchObject({ site: 7, session: ID });
    expect(pathTo(7, "overview")).toBe("/sites/7");
  });

  test("a session's id is found as people paste it", () => {
    expect(sessionIdIn(` ${ID.toUpperCase()} `)).toBe(ID);
    expect(sessionIdIn(`https://a.example/sites/1/sessions/${ID}?x=1`)).toBe(ID);
    expect(sessionIdIn("0123")).toBeNull();
  });
});

describe("scales", () => {
  test("know values that no line can show", () => {
    expect(alone([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(alone([7])).toEqual([0]);
    expect(alone([null, 1, 2, undefined])).toEqual([]);
  });

  test("steps are round", () => {
    expect([niceStep(97, 4), niceStep(1, 4), niceStep(0, 4)]).toEqual([25, 0.25, 1]);
    expect(ticksTo(97, 4)).toEqual([0, 25, 50, 75, 100]);
    expect(ticksTo(0.51, 4)).toEqual([0, 0.2, 0.4, 0.6]);
  });

  test("counts have no tick between two wholes", () => {
    expect(countTicksTo(9, 4)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(countTicksTo(1, 4)).toEqual([0, 1, 2, 3, 4]);
    expect(countTicksTo(970, 4)).toEqual([0, 250, 500, 750, 1000]);
  });

  test("durations step as people count them", () => {
    expect(durationTicksTo(134_000, 4)).toEqual([0, 60_000, 120_000, 180_000]);
    expect(durationTicksTo(40_000, 4)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  });

  test("no more labels than fit, the first always", () => {
    expect(labelled(30, 10)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    expect(labelled(1, 10)).toEqual([0]);
    expect(labelled(0, 10)).toEqual([]);
    for (let buckets = 1; buckets < 400; buckets += 7) {
      expect(labelled(buckets, 8).length).toBeLessThanOrEqual(8);
    }
  });

  test("a missing value breaks the line", () => {
    expect(sparkPath([0, 10, null, 5, 10], 40, 10)).toBe("M0.0 10.0L10.0 0.0M30.0 5.0L40.0 0.0");
    expect(sparkPath([3], 40, 10)).toBe("");
    expect(sparkPath([3, 3], 40, 10)).toBe("M0.0 5.0L40.0 5.0");
  });
});

describe("keys", () => {
  test("single keys and pairs act, strangers do not", () => {
    const done: string[] = [];
    const press = createKeys(() => [
      { keys: "p", run: () => done.push("period") },
      { keys: "g o", run: () => done.push("overview") },
      { keys: "o", run: () => done.push("alone") },
    ]);
    expect(press("p", 0)).toBe(true);
    expect(press("x", 1)).toBe(false);
    press("g", 10);
    press("o", 500);
    press("g", 1000);
    press("o", 9000);
    expect(done).toEqual(["period", "overview", "alone"]);
  });
});

describe("loading", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("the newest wins and the old picture stays until then", async () => {
    vi.useFakeTimers();
    let state: Loaded<string> | undefined;
    const loader = createLoader<string>((next) => {
      state = next;
    });
    const later = (value: string, ms: number) => () =>
      new Promise<string>((resolve) => setTimeout(() => resolve(value), ms));
    loader.run(later("first", 50));
    await vi.advanceTimersByTimeAsync(60);
    expect(state).toMatchObject({ data: "first", pending: false });
    loader.run(later("slow", 900));
    await vi.advanceTimersByTimeAsync(SLOW_AFTER_MS + 1);
    expect(state).toMatchObject({ data: "first", pending: true, slow: true });
    loader.run(later("newest", 10));
    await vi.advanceTimersByTimeAsync(2000);
    expect(state).toMatchObject({ data: "newest", pending: false, slow: false });
  });

  test("an error keeps what was there", async () => {
    let state: Loaded<number> | undefined;
    const loader = createLoader<number>((next) => {
      state = next;
    });
    loader.run(() => Promise.resolve(1));
    await Promise.resolve();
    await Promise.resolve();
    loader.run(() => Promise.reject(new Error("no")));
    await vi.waitFor(() => expect(state?.error).toBeInstanceOf(Error));
    expect(state?.data).toBe(1);
  });

  test("what may come later is added to what is shown, and not to what is newer", async () => {
    vi.useFakeTimers();
    const seen: (string | null)[] = [];
    const loader = createLoader<string>(({ data }) => {
      if (data !== seen.at(-1)) seen.push(data);
    });
    const signals: AbortSignal[] = [];
    const add = (ms: number) => (data: string, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<string>((resolve) => setTimeout(() => resolve(`${data} EUR`), ms));
    };
    loader.run(async () => "1", add(50));
    await vi.advanceTimersByTimeAsync(10);
    expect(seen).toEqual([null, "1"]);
    await vi.advanceTimersByTimeAsync(50);
    expect(seen).toEqual([null, "1", "1 EUR"]);
    loader.run(async () => "2", add(50));
    await vi.advanceTimersByTimeAsync(10);
    loader.run(
      async () => "3",
      () => Promise.reject(new Error("no")),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([null, "1", "1 EUR", "2", "3"]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe("the API", () => {
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    createApi(() => Promise.resolve(new Response(JSON.stringify(body), { status, headers })));

  test("a problem becomes an error with its code and detail", async () => {
    const api = answering(
      429,
      { code: "too_many", title: "Slow", detail: "8 a minute" },
      { "retry-after": "12" },
    );
    const error = await api.me().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 429,
      code: "too_many",
      detail: "8 a minute",
      retryAfterS: 12,
    });
  });

  test("an answer that is no problem document still says its status", async () => {
    const api = createApi(() => Promise.resolve(new Response("oops", { status: 502 })));
    await expect(api.me()).rejects.toMatchObject({ status: 502, code: "http_502" });
  });

  test("no connection is told apart", async () => {
    const api = createApi(() => Promise.reject(new TypeError("network")));
    await expect(api.me()).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });

  test("a login that has ended is told, but for the question who one is", async () => {
    let told = 0;
    const problem = { code: "unauthorized", title: "Sign in first" };
    const api = createApi(
      () => Promise.resolve(new Response(JSON.stringify(problem), { status: 401 })),
      () => (told += 1),
    );
    await expect(api.me()).rejects.toMatchObject({ status: 401 });
    expect(told).toBe(0);
    await expect(api.live(4)).rejects.toMatchObject({ status: 401 });
    expect(told).toBe(1);
  });

  test("empty searches send no empty parameters", async () => {
    const seen: string[] = [];
    const api = createApi((input) => {
      seen.push(input);
      return Promise.resolve(new Response("{}"));
    });
    await api.recordings(4, { path: "", limit: 5 });
    expect(seen).toEqual(["/api/v1/sites/4/recordings?limit=5"]);
  });

  test("a state change without answer is fine", async () => {
    const api = createApi(() => Promise.resolve(new Response(null, { status: 204 })));
    await expect(api.login("a@b", "c")).resolves.toBeUndefined();
  });
});

describe("words", () => {
  test("codes become names, nothing becomes a word", () => {
    expect(valueName("country", "DE")).toBe("Germany");
    expect(valueName("country", "")).toBe("Unknown");
    expect(valueName("campaign", "")).toBe("No campaign");
    expect(valueName("device", "phone")).toBe("Phone");
    expect(valueName("language", "de-at")).toBe("Austrian German");
    expect(valueName("event", "bought")).toBe("bought");
  });

  test("a filter reads as a part of the sentence", () => {
    const without = filterWords({ dimension: "campaign", operator: "is_not", values: [""] });
    expect(without).toEqual({ subject: "campaign", verb: "is not", values: "none" });
    const words = filterWords({ dimension: "country", operator: "is_not", values: ["DE", "AT"] });
    expect(words).toEqual({ subject: "country", verb: "is not", values: "Germany or Austria" });
  });

  test("events are told as a colleague would", () => {
    const event = {
      time_ms: 0,
      sequence: 0,
      window: "",
      page: { host: "", path: "/pay", query: "", title: "Pay" },
      unverified: false,
      origin: "browser",
    };
    const click = {
      ...event,
      name: "click",
      properties: { text: "Pay now", path: "form > button" },
    };
    expect(happened(click)).toEqual({
      mark: "click",
      title: "Clicked “Pay now”",
      detail: "form > button",
    });
    const own = {
      ...event,
      name: "bought",
      properties: { value: 12, currency: "EUR" },
      unverified: true,
    };
    expect(happened(own)).toEqual({
      mark: "own",
      title: "bought",
      detail: "value 12, currency EUR, unverified",
    });
    expect(happened({ ...event, name: "dead_click", properties: {} }).detail).toBe("no effect");
  });

  test("the snippet carries origin, key and mode", () => {
    expect(snippet("https://s.example", "k", "cookieless")).toBe(
      '<script defer src="https://s.example/t.js"\n  data-key="k"\n  data-mode="cookieless"\n  referrerpolicy="origin"></script>',
    );
  });
});

describe("sessions", () => {
  const recording: RecordingSummary = {
    session: ID,
    visitor: ID,
    started_ms: 1,
    ended_ms: 2,
    chunks: 1,
    chunks_missing: 0,
    stored_bytes: 1,
    playable: true,
    path: "/",
    pinned: false,
  };

  test("rows are read by column name, in any order", () => {
    const answer = {
      columns: [
        { name: "errors", unit: "count" },
        { name: "session", unit: "id" },
        { name: "bounced", unit: "boolean" },
      ],
      rows: [[2, ID, true]],
    } as Answer;
    const rows = sessionRows(answer, new Map([[ID, recording]]));
    expect(rows[0]).toMatchObject({
      session: ID,
      errors: 2,
      bounced: true,
      watch: "yes",
      entry: "",
    });
  });

  test("what stands out is the reason to look", () => {
    const plain = { errors: 0, rage: 0, bounced: false, entry: "/a", exit: "/b", pageviews: 2 };
    expect(reasonOf(plain)).toEqual({ text: "/a to /b", tone: "" });
    expect(reasonOf({ ...plain, errors: 1, rage: 2 })).toEqual({
      text: "2 rage clicks, 1 error, last on /b",
      tone: "bad",
    });
  });

  test("why nothing plays is said in words", () => {
    const kept = { days: 30, shortestMs: 0 };
    const at = (ageMs: number) => ({ ageMs, lastedMs: 60_000, gone: null });
    expect(whyNotPlayable(recording, "persistent", kept, at(0))).toBeNull();
    expect(
      whyNotPlayable({ ...recording, playable: false }, "persistent", kept, at(0))?.title,
    ).toContain("no full picture");
    expect(whyNotPlayable(null, "cookieless", kept, at(40 * 86_400_000))?.text).toContain(
      "30 days",
    );
    expect(whyNotPlayable(null, "cookieless", kept, at(0))?.title).toBe(
      "This session was not recorded",
    );
  });
});

test("runs of the same thing are one line of the live view", () => {
  const event = { session: ID, page: "/a", text: "" };
  const lines = liveLines(
    [
      { ...event, time_ms: 9, name: "click" },
      { ...event, time_ms: 8, name: "click" },
      { ...event, time_ms: 7, name: "web_vital" },
      { ...event, time_ms: 6, name: "pageview", text: "A page" },
      { ...event, time_ms: 5, name: "click" },
    ],
    10,
  );
  expect(lines.map(({ title, times, detail }) => [title, times, detail])).toEqual([
    ["Clicked", 2, ""],
    ["/a", 1, "A page"],
    ["Clicked", 1, ""],
  ]);
  expect(new Set(lines.map((line) => line.key)).size).toBe(3);
});

test("popovers stay inside the window", () => {
  const view = { width: 390, height: 800 };
  const opener = { left: 340, right: 380, top: 10, bottom: 40 };
  expect(placeUnder(opener, { width: 300, height: 200 }, view, "start")).toEqual({
    left: 82,
    top: 46,
  });
  const low = { left: 10, right: 50, top: 700, bottom: 730 };
  expect(placeUnder(low, { width: 300, height: 200 }, view, "start")).toEqual({
    left: 10,
    top: 494,
  });
});

test("the palette takes every word and puts beginnings first", () => {
  const all = [
    { name: "All settings", group: "Screens", note: "" },
    { name: "Settings", group: "Screens", note: "" },
    { name: "/checkout/payment", group: "Pages", note: "8,104" },
  ];
  expect(found(all, "set", 5).map((item) => item.name)).toEqual(["Settings", "All settings"]);
  expect(found(all, "pay check", 5).map((item) => item.name)).toEqual(["/checkout/payment"]);
  expect(found(all, "zzz", 5)).toEqual([]);
});

test("the palette finds pages of the settings by what stands there", () => {
  const link = (screen: string, _: unknown, detail?: string) => `/${screen}/${detail}`;
  const all = settingsOf({ link } as unknown as Parameters<typeof settingsOf>[0]);
  const first = (typed: string) => found(all, typed, 3)[0]?.name;
  expect(first("losses")).toBe("Losses");
  expect(first("exclude ip")).toBe("Own traffic");
  expect(first("retention")).toBe("Counting and keeping");
  expect(first("cookies")).toBe("Recording and masking");
  expect(first("idle")).toBe("Counting and keeping");
  expect(first("api keys")).toBe("Tokens");
  expect(first("roles")).toBe("Members");
  expect(found(all, "losses", 3)[0]?.href).toBe("/settings/losses");
});

describe("the server's own figures", () => {
  const status = {
    version: "1",
    uptime_s: 9,
    disk_mark_percent: 90,
    health: {
      word: "degraded",
      reasons: ["the disk is 95 % full"],
      disk_free_bytes: 5,
      disk_total_bytes: 100,
      probed_at_ms: 1,
    },
    stored: {
      parts_bytes: 5,
      lanes_bytes: 1,
      log_bytes: 2,
      recordings_bytes: 50,
      catalog_bytes: 3,
      parts: 4,
      tail_events: 7,
    },
  } as const;

  test("kinds are told largest first", () => {
    expect(keptBy(status.stored).map((kind) => kind.name)).toEqual([
      "Recordings",
      "Events",
      "Catalog",
      "Log",
      "Lanes",
    ]);
  });

  test("the disk is told with its mark", () => {
    const mutable = {
      ...status,
      sites: [],
      health: { ...status.health, reasons: [...status.health.reasons] },
    };
    expect(diskOf(mutable)).toEqual({ used_bytes: 95, total_bytes: 100, used: 0.95, mark: 0.9 });
    expect(diskOf({ ...mutable, health: null })).toBeNull();
    expect(healthWords(mutable)).toMatchObject({
      tone: "warn",
      reasons: ["the disk is 95 % full"],
    });
  });
});

test("lists are one entry a line, each once", () => {
  expect(linesOf(" a \n\nb\na\n")).toEqual(["a", "b"]);
});

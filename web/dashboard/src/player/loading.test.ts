import { afterEach, describe, expect, it, vi } from "vitest";
import { type Assets, createAssets } from "./assets";
import { faultOf } from "./fault";
import { type Away, CHUNKS_AT_ONCE, createLoading } from "./loading";
import type { Segment } from "./plan";
import { RETRY_PAUSES_MS, TRIES_MAX } from "./retry";
import type { Chunk } from "./types";

const NOBODY = { broken: () => {}, came: () => {}, away: () => {} };
const chunk = (sequence: number): Chunk => ({
  window: "w",
  sequence,
  last_sequence: sequence,
  first_ms: sequence * 1000,
  last_ms: sequence * 1000 + 900,
  events: 2,
  snapshot: sequence === 0,
  keyframe: false,
  path: "/",
});
const picture = (sequence: number) => {
  const payload = {
    href: `https://a.example/~${sequence}`,
    type: "image/png",
    data: "iVBORw0KGgo=",
  };
  const line = { type: 5, timestamp: 1, data: { tag: "hm-asset", payload } };
  return `{"type":3,"timestamp":1,"data":{"source":0,"texts":["much"]}}\n${JSON.stringify(line)}`;
};

it("brings earlier chunks for their pictures until none is missing, and reads nothing else", async () => {
  vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: () => {} });
  const assets = createAssets([], () => true);
  const asked: number[] = [];
  const load = async ({ sequence }: Chunk) => {
    asked.push(sequence);
    return picture(sequence);
  };
  const chunks = [0, 1, 2, 3, 4, 5].map(chunk);
  const loading = createLoading({ chunks, load }, () => assets, NOBODY);
  const segment = { window: "w", chunks } as unknown as Segment;
  const parsed = vi.spyOn(JSON, "parse");
  expect(assets.url("https://a.example/~2")).toBe("");
  await loading.pictures([segment]);
  expect(asked).toEqual([0, 1, 2]);
  expect(parsed).toHaveBeenCalledTimes(3);
  expect(assets.url("https://a.example/~2")).toBe("blob:1");
  // Nothing is missing; then something is that comes later.
  await loading.pictures([segment]);
  expect(asked).toEqual([0, 1, 2]);
  assets.url("https://a.example/~4");
  await loading.pictures([segment]);
  expect(asked).toEqual([0, 1, 2, 3, 4]);
  vi.unstubAllGlobals();
});

it("keeps pictures of one page load apart from those of another, whatever stands for them", async () => {
  vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: () => {} });
  const brought = new Map(["v", "w"].map((window) => [window, createAssets([], () => true)]));
  const assetsOf = (window: string) => brought.get(window) as Assets;
  const [first, second] = [chunk(0), { ...chunk(1), window: "v" }];
  const source = { chunks: [first, second], load: async (one: Chunk) => picture(one.sequence) };
  const loading = createLoading(source, assetsOf, NOBODY);
  for (const one of source.chunks) {
    const into = loading.of({ window: one.window, chunks: [one] } as unknown as Segment);
    await loading.until(into, one.first_ms);
  }
  expect(assetsOf("w").url("https://a.example/~0")).toBe("blob:1");
  expect(assetsOf("w").url("https://a.example/~1")).toBe("");
  expect(assetsOf("v").url("https://a.example/~1")).toBe("blob:1");
  vi.unstubAllGlobals();
});

it("asks for some chunks at once, the earliest first, and for the others as these come", async () => {
  const open: { sequence: number; come: (lines: string) => void }[] = [];
  const chunks = Array.from({ length: 20 }, (_, sequence) => chunk(sequence));
  const load = ({ sequence }: Chunk) =>
    new Promise<string>((come) => open.push({ sequence, come }));
  const loading = createLoading({ chunks, load }, () => createAssets([], () => true), NOBODY);
  const into = loading.of({ window: "w", chunks } as unknown as Segment);
  const coming = loading.until(into, 100_000);
  await vi.waitFor(() => expect(open.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]));
  const all: number[] = [];
  while (open.length > 0) {
    expect(open.length).toBeLessThanOrEqual(CHUNKS_AT_ONCE);
    const first = open.shift();
    all.push(first?.sequence ?? -1);
    first?.come("");
    await new Promise((resolve) => setTimeout(resolve));
  }
  await coming;
  expect(all).toEqual(chunks.map(({ sequence }) => sequence));
  expect(into.chunks.size).toBe(20);
});

describe("a chunk that does not come", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const failing = (failure: object) => Object.assign(new Error("no"), failure);
  /** Fails so often, then has lines; what was told of it in order. */
  function asked(failures: number, failure: object) {
    const told: (string | null)[] = [];
    let tries = 0;
    const one = chunk(0);
    const load = async () => {
      tries += 1;
      if (tries <= failures) throw failing(failure);
      return '{"type":3,"timestamp":1,"data":{}}';
    };
    const loading = createLoading({ chunks: [one], load }, () => createAssets([], () => true), {
      broken: (_chunk, why) => told.push(`broken: ${why}`),
      came: () => told.push("came"),
      away: (how: Away | null) => told.push(how),
    });
    const into = loading.of({ window: "w", chunks: [one] } as unknown as Segment);
    return { told, loading, into, tries: () => tries, until: () => loading.until(into, 0) };
  }

  it("is asked for again after a pause, and comes when the server is back", async () => {
    vi.useFakeTimers();
    const { told, until, into, tries } = asked(2, { status: 503, code: "unavailable" });
    const coming = until();
    await vi.advanceTimersByTimeAsync(0);
    expect([told, tries()]).toEqual([["trying"], 1]);
    await vi.advanceTimersByTimeAsync(RETRY_PAUSES_MS[0] ?? 0);
    expect(tries()).toBe(2);
    await vi.advanceTimersByTimeAsync(RETRY_PAUSES_MS[1] ?? 0);
    await coming;
    expect(told).toEqual(["trying", "trying", null, "came"]);
    expect([into.chunks.size, into.broken.size]).toEqual([1, 0]);
  });

  it("is given up after so many tries, and had when somebody asks again", async () => {
    vi.useFakeTimers();
    const { told, until, into, tries, loading } = asked(TRIES_MAX, {});
    const coming = until();
    await vi.runAllTimersAsync();
    await coming;
    expect(tries()).toBe(TRIES_MAX);
    expect(told.at(-1)).toBe("given-up");
    expect([into.chunks.size, into.broken.size]).toEqual([0, 0]);
    await until();
    expect(tries()).toBe(TRIES_MAX);
    loading.again();
    await until();
    expect(told.slice(-2)).toEqual([null, "came"]);
  });

  it("is broken only when an answer says so", async () => {
    for (const [failure, why] of [
      [{ status: 500, code: "corrupt" }, "damaged"],
      [{ status: 404, code: "not_found" }, "gone"],
    ] as const) {
      const { told, until, into, tries } = asked(9, failure);
      await until();
      await until();
      expect([told, tries(), into.broken.size]).toEqual([[`broken: ${why}`], 1, 1]);
    }
  });

  it("waits for somebody to sign in", async () => {
    const { told, until, into, tries, loading } = asked(1, { status: 401, code: "unauthorized" });
    await until();
    expect([told, tries(), into.broken.size]).toEqual([["signed-out"], 1, 0]);
    loading.again();
    await until();
    expect(told.slice(1)).toEqual([null, "came"]);
  });

  it("is asked for no more once nobody watches", async () => {
    vi.useFakeTimers();
    const { until, tries, loading } = asked(9, { status: 0 });
    const coming = until();
    await vi.advanceTimersByTimeAsync(0);
    loading.stop();
    await coming;
    await vi.runAllTimersAsync();
    expect(tries()).toBe(1);
  });
});

describe("pictures that do not come", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Three chunks and something missing of their pictures; which were asked for, and what was told. */
  function lacking(load: () => Promise<string>) {
    vi.useFakeTimers();
    const assets = createAssets([], () => true);
    assets.url("https://a.example/~9");
    const asked: number[] = [];
    const told: (Away | null)[] = [];
    const chunks = [0, 1, 2].map(chunk);
    const source = {
      chunks,
      load: ({ sequence }: Chunk) => {
        asked.push(sequence);
        return load();
      },
    };
    const away = (how: Away | null) => told.push(how);
    const loading = createLoading(source, () => assets, { ...NOBODY, away });
    const pictures = () => loading.pictures([{ window: "w", chunks } as unknown as Segment]);
    return { asked, told, loading, pictures };
  }
  const fails = (failure: object) => () => Promise.reject(Object.assign(new Error("no"), failure));

  it("are given up with the first chunk, for all who wait, until somebody asks anew", async () => {
    const { asked, told, pictures } = lacking(fails({ status: 503 }));
    const asking = Promise.all([pictures(), pictures()]);
    await vi.runAllTimersAsync();
    await asking;
    expect(asked).toEqual(Array(TRIES_MAX).fill(0));
    expect(told).toEqual([...Array(TRIES_MAX - 1).fill("trying"), "given-up"]);
    void pictures();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(TRIES_MAX + 1);
  });

  it("wait for somebody to sign in", async () => {
    const { asked, told, pictures } = lacking(fails({ status: 401, code: "unauthorized" }));
    await Promise.all([pictures(), pictures()]);
    expect([asked, told]).toEqual([[0], ["signed-out"]]);
    await pictures();
    expect(asked).toEqual([0, 0]);
  });

  it("are asked for no more once nobody watches", async () => {
    const { asked, loading, pictures } = lacking(async () => {
      loading.stop();
      return "";
    });
    await pictures();
    await pictures();
    expect(asked).toEqual([0]);
  });
});

it("tells what no further try would change from what may come yet", () => {
  const of = (status: number, code = "") => faultOf({ status, code });
  expect([0, 408, 429, 500, 502, 503].map((status) => of(status))).toEqual(
    Array(6).fill("unreachable"),
  );
  expect([400, 403, 404, 410].map((status) => of(status))).toEqual(Array(4).fill("gone"));
  expect([of(500, "corrupt"), of(401)]).toEqual(["damaged", "signed-out"]);
  expect(faultOf(new TypeError("network error"))).toBe("unreachable");
});

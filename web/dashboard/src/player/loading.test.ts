import { expect, it, vi } from "vitest";
import { type Assets, createAssets } from "./assets";
import { createLoading } from "./loading";
import type { Segment } from "./plan";
import type { Chunk } from "./types";

const NOBODY = { broken: () => {}, came: () => {} };
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

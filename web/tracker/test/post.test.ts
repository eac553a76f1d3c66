import { afterEach, describe, expect, it, vi } from "vitest";

const answerTo = async (status: number, headers: Record<string, string> = {}) => {
  vi.resetModules();
  vi.stubGlobal("fetch", async () => new Response("{}", { status, headers }));
  const { post } = await import("../src/post.ts");
  return post("https://hm.example/e/key", "body", true);
};

describe("a body that is not taken", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([400, 401, 403, 404, 413])("is refused for good with %s", async (status) => {
    expect(await answerTo(status)).toBe(status);
  });

  it.each([408, 429, 500, 502, 503])("may be tried again after %s", async (status) => {
    expect(await answerTo(status)).toBe(0);
    expect(await answerTo(status, { "retry-after": "7" })).toBe(-7);
    expect(await answerTo(status, { "retry-after": "Mon, 23 Nov 2026 00:00:00 GMT" })).toBe(0);
  });

  it("may be tried again when there was no answer", async () => {
    vi.resetModules();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    const { post } = await import("../src/post.ts");
    expect(await post("https://hm.example/e/key", "body", true)).toBe(0);
  });
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { companyOf, forgetCompany, keepCompany, openingAt, readOpening } from "./company.ts";

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => {
  forgetCompany();
  vi.unstubAllGlobals();
});

/** The module as a page has it that was just loaded. */
async function loadedAnew(): Promise<typeof import("./company.ts")> {
  vi.resetModules();
  return import("./company.ts");
}

test("a session has the company that it was chosen from last", () => {
  expect(companyOf("b")).toBeNull();
  const sessions = ["a", "b"].map((session) => ({ session, hash: "" }));
  keepCompany({ words: "who left", back: "/sites/1/forms", sessions });
  expect(companyOf("b")).toMatchObject({ words: "who left", at: 1 });
  expect(companyOf("c")).toBeNull();
  keepCompany({ words: "who came", back: "/sites/1", sessions: sessions.slice(0, 1) });
  expect(companyOf("b")).toBeNull();
});

test("a page that is loaded anew still has it, until one signs out", async () => {
  const sessions = [{ session: "a", hash: "#t=5" }];
  keepCompany({ words: "who left", back: "/sites/1/forms", sessions });
  expect((await loadedAnew()).companyOf("a")).toMatchObject({ words: "who left", at: 0, sessions });
  forgetCompany();
  expect(companyOf("a")).toBeNull();
  expect((await loadedAnew()).companyOf("a")).toBeNull();
});

test.each([
  ["no JSON", "{"],
  ["another shape", JSON.stringify({ words: "who left", sessions: ["a"] })],
  [
    "a way to another host",
    JSON.stringify({
      words: "",
      back: "//elsewhere.example",
      sessions: [{ session: "a", hash: "" }],
    }),
  ],
])("what a tab kept is left alone where it is %s", async (_, text) => {
  stored.set("company", text);
  expect((await loadedAnew()).companyOf("a")).toBeNull();
});

test("what is written at the end of an address is read again", () => {
  expect(readOpening(openingAt(53, 1_764_000_000_123))).toEqual({
    start_ms: 53_000,
    moment_ms: null,
  });
  expect(readOpening(openingAt(null, 1_764_000_000_123))).toEqual({
    start_ms: null,
    moment_ms: 1_764_000_000_123,
  });
  expect(readOpening("#live")).toEqual({ start_ms: null, moment_ms: null });
});

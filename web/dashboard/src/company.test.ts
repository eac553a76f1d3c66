import { expect, test } from "vitest";
import { companyOf, keepCompany, openingAt, readOpening } from "./company.ts";

test("a session has the company that it was chosen from last", () => {
  expect(companyOf("b")).toBeNull();
  const sessions = ["a", "b"].map((session) => ({ session, hash: "" }));
  keepCompany({ words: "who left", back: "/sites/1/forms", sessions });
  expect(companyOf("b")).toMatchObject({ words: "who left", at: 1 });
  expect(companyOf("c")).toBeNull();
  keepCompany({ words: "who came", back: "/sites/1", sessions: sessions.slice(0, 1) });
  expect(companyOf("b")).toBeNull();
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

import { expect, test } from "vitest";
import { linked } from "./links.ts";

test.each([
  ["no address at all", []],
  ["see https://example.org/plan.", ["https://example.org/plan"]],
  [
    "(https://example.org/a_(b)) and http://x.example?q=1!",
    ["https://example.org/a_(b)", "http://x.example/?q=1"],
  ],
  ["javascript:alert(1) data:text/html,x //example.org", []],
  ['<a href="https://example.org">x</a>', ["https://example.org/"]],
  ["https://", []],
  ["xhttps://example.org", []],
])("%s", (text, links) => {
  const parts = linked(text);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.flatMap((part) => part.href ?? [])).toEqual(links);
});

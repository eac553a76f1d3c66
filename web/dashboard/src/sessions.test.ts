import { expect, test } from "vitest";
import { moreThan } from "./sessions.ts";

test("the list goes on to what an answer can have, and then says that it ends", () => {
  expect(moreThan(100, 100)).toBeNull();
  expect(moreThan(100, 101)).toBe(200);
  expect(moreThan(1600, 5000)).toBe(3200);
  expect(moreThan(6400, 50_000)).toBe(10_000);
  expect(moreThan(10_000, 50_000)).toBeNull();
});

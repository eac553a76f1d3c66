import { expect, test } from "vitest";
import { sparkPath, stripPath } from "./scales.ts";

test("lines of one scale begin at nought, and each keeps its height beside the others", () => {
  expect(stripPath([0, 2, 4], 4, 100, 20)).toBe("M0.0 20.0L50.0 10.0L100.0 0.0");
  expect(stripPath([1, 1, 1], 4, 100, 20)).toBe("M0.0 15.0L50.0 15.0L100.0 15.0");
  expect(sparkPath([1, 1, 1], 100, 20)).toBe("M0.0 10.0L50.0 10.0L100.0 10.0");
});

test("what is missing breaks the line, and where there is nothing none is drawn", () => {
  expect(stripPath([1, null, 2], 2, 100, 20)).toBe("M0.0 10.0M100.0 0.0");
  expect(stripPath([0, 0], 0, 100, 20)).toBe("M0.0 20.0L100.0 20.0");
  expect(stripPath([], 4, 100, 20)).toBe("");
});

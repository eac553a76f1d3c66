import { describe, expect, test } from "vitest";
import { placePlates } from "./plates.ts";

const page = { width: 400, height: 300 };
const size = { width: 60, height: 20 };

describe("numbers over zones", () => {
  test("stand over the right end, or under a zone at the top", () => {
    const boxes = [
      { left: 100, top: 100, width: 100, height: 30 },
      { left: 100, top: 0, width: 100, height: 30 },
    ];
    const places = placePlates(
      boxes.map((box) => ({ box, ...size })),
      page,
    );
    expect(places).toEqual([
      { left: 140, top: 80, ...size },
      { left: 140, top: 30, ...size },
    ]);
  });

  test("give way to those before them, and go where no place is left", () => {
    const box = { left: 100, top: 100, width: 50, height: 10 };
    const places = placePlates(
      Array.from({ length: 4 }, () => ({ box, ...size })),
      page,
    );
    expect(places.map((place) => place?.top ?? null)).toEqual([80, 110, null, null]);
  });
});

// The map knows every country that numbers can be of, draws each where it is, and stays small.
import { brotliCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CODE_OF_NUMBER } from "../../world/countries.ts";
import { worldShapes } from "../../world/shapes.ts";
import { valueName } from "../words.ts";

const world = worldShapes();
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** What has a name and two letters but is no country with borders of its own: unions, parts of
    countries under a code that ISO only reserves, and states that are no more. */
const NO_COUNTRY = new Set(
  "AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO QU RH SU TA TP UK UN VD WK XA XB YD YU ZR ZZ".split(
    " ",
  ),
);

describe("shapes of countries", () => {
  test("there are 249 countries of ISO 3166, and each has a shape or a dot", () => {
    expect(CODE_OF_NUMBER.size).toBe(249);
    expect([...CODE_OF_NUMBER.values()].filter((code) => !world.places[code])).toEqual([]);
  });

  test("every code that the list of countries has a name for is on the map", () => {
    const named = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(
      (code) => valueName("country", code) !== code,
    );
    expect(named.length).toBeGreaterThan(249);
    expect(named.filter((code) => !world.places[code] && !NO_COUNTRY.has(code))).toEqual([]);
    expect(Object.keys(world.places).filter((code) => NO_COUNTRY.has(code))).toEqual([]);
  });

  test("all of it lies in the drawing", () => {
    for (const [code, d] of Object.entries(world.shapes)) {
      for (const [x, y] of pointsOf(d)) {
        expect(x, code).toBeGreaterThanOrEqual(0);
        expect(x, code).toBeLessThanOrEqual(world.width);
        expect(y, code).toBeGreaterThanOrEqual(0);
        expect(y, code).toBeLessThanOrEqual(world.height);
      }
    }
    for (const [code, [x, y]] of Object.entries(world.places)) {
      expect(x > 0 && x < world.width && y > 0 && y < world.height, code).toBe(true);
    }
  });

  test("areas are those of the countries", () => {
    const area = (code: string): number => world.places[code]?.[2] ?? 0;
    // In thousands of square kilometres; Germany is the measure.
    const KNOWN = { RU: 16_900, BR: 8500, AU: 7700, GL: 2170, ES: 506, FR: 549, PL: 312, EH: 266 };
    for (const [code, km2] of Object.entries(KNOWN)) {
      const ratio = area(code) / area("DE") / (km2 / 357);
      expect(ratio, code).toBeGreaterThan(0.92);
      expect(ratio, code).toBeLessThan(1.08);
    }
  });

  test("a part with a code of its own is no part of another country", () => {
    for (const code of ["GF", "GP", "MQ", "RE", "YT", "SJ", "BQ", "TK"])
      expect(world.places[code], code).toBeDefined();
    const xs = pointsOf(world.shapes.FR ?? "").map(([x]) => x);
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(150);
    expect(world.places.GF?.[0]).toBeLessThan((world.places.FR?.[0] ?? 0) - 200);
  });

  test("what draws the map costs no more than a picture", () => {
    const bytes = brotliCompressSync(Buffer.from(JSON.stringify(world))).length;
    console.log(`shapes of countries ${(bytes / 1024).toFixed(1)} KB brotli`);
    expect(bytes).toBeLessThanOrEqual(24 * 1024);
  });
});

function pointsOf(d: string): [number, number][] {
  return d
    .split("z")
    .filter(Boolean)
    .flatMap((ring) => {
      const [x = 0, y = 0, ...steps] = (ring.match(/-?\d+/g) ?? []).map(Number);
      const points: [number, number][] = [[x, y]];
      for (let at = 0; at < steps.length; at += 2) {
        const [lastX, lastY] = points.at(-1) ?? [0, 0];
        points.push([lastX + (steps[at] ?? 0), lastY + (steps[at + 1] ?? 0)]);
      }
      return points;
    });
}

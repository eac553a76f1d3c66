// Countries as paths of a drawing, made in the build of Natural Earth's shapes (public domain) as
// `world-atlas` has them. The projection keeps areas, so that no country looks larger than it is,
// and is cut in the Bering Strait, where it cuts no land but some islands.
//
// Borders follow ISO 3166, by which events name countries: what has a code of its own is a country
// of its own here, and what has none belongs to the one whose code it has.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import {
  type Arcs,
  type Area,
  type Country,
  feature,
  mergeArcs,
  type Topology,
} from "topojson-client";
import { presimplify, simplify, sphericalTriangleArea } from "topojson-simplify";
import { CODE_OF_NUMBER } from "./countries.ts";

/** Size of the drawing. It goes from the north of Greenland to Cape Horn. */
export const WIDTH = 2880;
export const HEIGHT = 1308;

export interface World {
  width: number;
  height: number;
  /** By code the outline, as the `d` of a path. */
  shapes: Record<string, string>;
  /** By code where a dot or a tip stands, and how large the country is in square units; 0 without a
      shape. Those that have a shape are here too. */
  places: Record<string, [x: number, y: number, area: number]>;
}

/** Radius of the earth, and where its middle stands: so that all land fits with little water around. */
const SCALE = 554;
const CENTRE: [number, number] = [1395, 726];
/** Meridian in the middle: the seam lies between Asia and America. */
const MIDDLE = 11;
/** Corners of triangles smaller than so many square units are left out. */
const LEAST_DETAIL = 2;
/** Islands smaller than so many square units are left out where a country has larger ones. */
const LEAST_ISLAND = 7;

/** Parts that the source draws with another country: by the middle of the part. */
const OF_OWN: readonly {
  of: string;
  code: string;
  west: number;
  south: number;
  east: number;
  north: number;
}[] = [
  { of: "FR", code: "GF", west: -55, south: 2, east: -51, north: 6 },
  { of: "FR", code: "GP", west: -62, south: 15.7, east: -60.9, north: 16.6 },
  { of: "FR", code: "MQ", west: -61.3, south: 14.3, east: -60.7, north: 15 },
  { of: "FR", code: "RE", west: 55, south: -22, east: 56, north: -20 },
  { of: "FR", code: "YT", west: 44.8, south: -13.2, east: 45.4, north: -12.5 },
  { of: "NO", code: "SJ", west: -10, south: 70.5, east: 35, north: 81 },
  { of: "NL", code: "BQ", west: -69, south: 12, east: -62.9, north: 17.8 },
  { of: "NZ", code: "TK", west: -173, south: -10, east: -170, north: -8 },
  { of: "RU", code: "UA", west: 32, south: 44, east: 36.7, north: 46.3 },
];

/** Areas without a number in the source; what is not here is drawn with nobody. */
const BY_NAME: Readonly<Record<string, string>> = {
  Kosovo: "XK",
  Somaliland: "SO",
  "N. Cyprus": "CY",
  "Indian Ocean Ter.": "CX",
};

/** Longitude and latitude of what the source has no shape of. */
const NO_SHAPE: Readonly<Record<string, [number, number]>> = {
  BV: [3.4, -54.4],
  CC: [96.8, -12.1],
  GI: [-5.35, 36.14],
  TV: [179.2, -8.5],
  UM: [166.6, 19.3],
  // Where the drawing ends: nobody needs half a picture of ice.
  AQ: [11, -55.5],
};
const NOT_DRAWN = new Set(["AQ"]);

/** Between these two the source draws the line that is held; ISO has them meet at a parallel. */
const MEET = { north: "MA", south: "EH", latitude: 27.667 };

export function worldShapes(): World {
  const detailed = presimplify(readTopology(), sphericalTriangleArea);
  const topology = simplify(detailed, LEAST_DETAIL / SCALE ** 2);
  const world: World = { width: WIDTH, height: HEIGHT, shapes: {}, places: {} };
  for (const [code, area] of areasByCode(topology)) {
    if (NOT_DRAWN.has(code)) continue;
    const rings = largestFirst(drawn(area));
    const [largest] = rings;
    if (!largest) {
      world.places[code] = [...placed(middleOf(area)), 0];
      continue;
    }
    world.places[code] = [
      ...centreOf(largest),
      Math.round(rings.reduce((sum, ring) => sum + sizeOf(ring), 0)),
    ];
    world.shapes[code] = rings
      .filter((ring, at) => at === 0 || sizeOf(ring) >= LEAST_ISLAND)
      .map(pathOf)
      .join("");
  }
  for (const [code, place] of Object.entries(NO_SHAPE))
    world.places[code] ??= [...placed(place), 0];
  return world;
}

function readTopology(): Topology {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Each country in one piece. */
function areasByCode(topology: Topology): Map<string, Area> {
  const parts = partsByCode(topology);
  const whole = (arcs: Arcs[]): Area =>
    feature(topology, mergeArcs(topology, [{ type: "MultiPolygon", arcs }])).geometry;
  const areas = new Map([...parts].map(([code, arcs]) => [code, whole(arcs)]));
  const both = whole([...(parts.get(MEET.north) ?? []), ...(parts.get(MEET.south) ?? [])]);
  areas.set(
    MEET.north,
    cut(both, (latitude) => latitude - MEET.latitude),
  );
  areas.set(
    MEET.south,
    cut(both, (latitude) => MEET.latitude - latitude),
  );
  return areas;
}

/** What lies on one side of a parallel: where `over` is positive (Sutherland and Hodgman 1974). */
function cut(area: Area, over: (latitude: number) => number): Area {
  const kept = (ring: [number, number][]): [number, number][] => {
    const points = ring.flatMap((to, at): [number, number][] => {
      const from = ring[at - 1] ?? to;
      const [before, after] = [over(from[1]), over(to[1])];
      const share = before / (before - after);
      const crossed: [number, number] = [
        from[0] + share * (to[0] - from[0]),
        from[1] + share * (to[1] - from[1]),
      ];
      return [...(before * after < 0 ? [crossed] : []), ...(after >= 0 ? [to] : [])];
    });
    const [first] = points;
    return first ? [...points, first] : points;
  };
  const polygons = area.coordinates.map((rings) =>
    rings.map(kept).filter(({ length }) => length > 3),
  );
  return { type: "MultiPolygon", coordinates: polygons.filter(([outer]) => outer) };
}

/** All polygons of each country. */
function partsByCode(topology: Topology): Map<string, Arcs[]> {
  const parts = new Map<string, Arcs[]>();
  for (const country of topology.objects.countries.geometries) {
    const usual = CODE_OF_NUMBER.get(country.id ?? "") ?? BY_NAME[country.properties.name];
    if (!usual) continue;
    for (const polygon of polygonsOf(country)) {
      const code = ownCode(topology, usual, polygon);
      parts.set(code, [...(parts.get(code) ?? []), polygon]);
    }
  }
  return parts;
}

function polygonsOf(country: Country): Arcs[] {
  return country.type === "MultiPolygon" ? (country.arcs as Arcs[]) : [country.arcs as Arcs];
}

function ownCode(topology: Topology, of: string, polygon: Arcs): string {
  const boxes = OF_OWN.filter((each) => each.of === of);
  if (boxes.length === 0) return of;
  const [x, y] = middleOf(feature(topology, { type: "MultiPolygon", arcs: [polygon] }).geometry);
  const found = boxes.find(
    ({ west, south, east, north }) => x > west && x < east && y > south && y < north,
  );
  return found?.code ?? of;
}

type Point = [x: number, y: number];
type Ring = Point[];

const projection = geoEqualEarth().rotate([-MIDDLE, 0]).precision(0).scale(SCALE).translate(CENTRE);

const placed = (at: Point): Point => {
  const [x, y] = projection(at) ?? [0, 0];
  return [Math.round(x), Math.round(y)];
};

/** The middle of the largest part, so that it does not lie in the sea between islands. */
function middleOf({ coordinates }: Area): Point {
  const parts = coordinates.map(
    (polygon): Area => ({ type: "MultiPolygon", coordinates: [polygon] }),
  );
  const most = parts.reduce((best, each) => {
    return sizeOf(each.coordinates[0]?.[0] ?? []) > sizeOf(best.coordinates[0]?.[0] ?? [])
      ? each
      : best;
  });
  return geoCentroid(most);
}

/** Its rings as they are drawn, in whole units; what comes to nothing is left out. */
function drawn(area: Area): Ring[] {
  const rings: Ring[] = [];
  const to = (x: number, y: number): void => {
    const [point, last] = [[Math.round(x), Math.round(y)] as Point, rings.at(-1)?.at(-1)];
    if (!last || last[0] !== point[0] || last[1] !== point[1]) rings.at(-1)?.push(point);
  };
  const pen = {
    beginPath() {},
    moveTo(x: number, y: number) {
      rings.push([]);
      to(x, y);
    },
    lineTo: to,
    arc() {},
    closePath() {},
  };
  geoPath(projection, pen)(area);
  return rings.map(withoutEnd).filter((ring) => ring.length > 2 && sizeOf(ring) > 0);
}

/** A path closes itself. */
function withoutEnd(ring: Ring): Ring {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = ring.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  return closed ? ring.slice(0, -1) : ring;
}

const largestFirst = (rings: Ring[]): Ring[] =>
  [...rings].sort((one, other) => sizeOf(other) - sizeOf(one));

/** Twice the signed areas of the triangles from the origin to each side. */
function sides(ring: readonly Point[]): { from: Point; to: Point; cross: number }[] {
  return ring.map((from, at) => {
    const to = ring[(at + 1) % ring.length] ?? from;
    return { from, to, cross: from[0] * to[1] - to[0] * from[1] };
  });
}

function sizeOf(ring: readonly Point[]): number {
  return Math.abs(sides(ring).reduce((sum, { cross }) => sum + cross, 0)) / 2;
}

function centreOf(ring: Ring): Point {
  const all = sides(ring);
  const whole = 3 * all.reduce((sum, { cross }) => sum + cross, 0);
  const middle = (axis: 0 | 1): number =>
    Math.round(
      all.reduce((sum, { from, to, cross }) => sum + (from[axis] + to[axis]) * cross, 0) / whole,
    );
  return [middle(0), middle(1)];
}

/** Relative lines, with no sign between numbers where a minus does. */
function pathOf(ring: Ring): string {
  const [[x, y] = [0, 0], ...rest] = ring;
  let [lastX, lastY] = [x, y];
  const lines = rest.map((point) => {
    const step = [point[0] - lastX, point[1] - lastY];
    [lastX, lastY] = point;
    return step.join(" ").replace(" -", "-");
  });
  return `M${x} ${y}l${lines.join(" ").replaceAll(" -", "-")}z`;
}

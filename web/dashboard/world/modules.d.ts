// What is used of the packages that turn shapes into paths; they run in the build only.

declare module "topojson-client" {
  /** Rings as lists of arcs; a negative one runs backwards. */
  export type Arcs = number[][];
  export interface Country {
    type: string;
    id?: string;
    properties: { name: string };
    arcs: Arcs | Arcs[];
  }
  export interface Topology {
    type: "Topology";
    arcs: unknown[];
    objects: { countries: { type: "GeometryCollection"; geometries: Country[] } };
  }
  /** Longitudes and latitudes: polygons of rings of points. */
  export interface Area {
    type: "MultiPolygon";
    coordinates: [number, number][][][];
  }
  /** One area of several, without the borders between them. */
  export function mergeArcs(
    topology: Topology,
    areas: readonly { type: "MultiPolygon"; arcs: Arcs[] }[],
  ): { type: "MultiPolygon"; arcs: Arcs[] };
  export function feature(
    topology: Topology,
    area: { type: "MultiPolygon"; arcs: Arcs[] },
  ): { geometry: Area };
}

declare module "topojson-simplify" {
  import type { Topology } from "topojson-client";
  export function sphericalTriangleArea(triangle: unknown): number;
  export function presimplify(topology: Topology, weight: (triangle: unknown) => number): Topology;
  export function simplify(topology: Topology, least: number): Topology;
}

declare module "d3-geo" {
  import type { Area } from "topojson-client";
  export interface Projection {
    rotate(angles: [number, number]): Projection;
    precision(pixels: number): Projection;
    scale(pixels: number): Projection;
    translate(at: [number, number]): Projection;
    (point: [number, number]): [number, number] | null;
  }
  export interface Pen {
    beginPath(): void;
    moveTo(x: number, y: number): void;
    lineTo(x: number, y: number): void;
    arc(): void;
    closePath(): void;
  }
  export function geoEqualEarth(): Projection;
  export function geoPath(projection: Projection, pen: Pen): (area: Area) => void;
  export function geoCentroid(area: Area): [number, number];
}

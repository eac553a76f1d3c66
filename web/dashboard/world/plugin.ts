// Lets the dashboard import the shapes of countries as `virtual:world`: no file of them lies in the
// checkout, and they come in the chunk of what draws them.
import type { Plugin } from "vite";
import { worldShapes } from "./shapes.ts";

const NAME = "virtual:world";
/** By Rollup's convention: no other plugin looks for it on the disk. */
const RESOLVED = `\0${NAME}`;

export function world(): Plugin {
  return {
    name: "world",
    resolveId: (id) => (id === NAME ? RESOLVED : null),
    load: (id) =>
      id === RESOLVED ? `export const world = ${JSON.stringify(worldShapes())};` : null,
  };
}

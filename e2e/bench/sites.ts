// The sites that are recorded: four from npm packages, served as they are with our tag, and our shop.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Owner } from "../support/api.ts";
import { type Serving, startForeignSite } from "../support/foreign_site.ts";
import type { Loopback } from "../support/loopback.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite, type Site } from "../support/sites.ts";
import { snippetOf } from "../support/tracker.ts";

/** Ports of the shop and of the others: an address of a site does not change from run to run. */
export const SHOP_PORT = 41_800;
const FIRST_PORT = 41_801;
const ROOT = resolve(import.meta.dirname, "../..");

export interface Place {
  readonly name: string;
  /** Where visits begin and go on. */
  readonly paths: readonly string[];
  /** Keys that do something on it. */
  readonly keys: readonly string[];
}

/** A place with somebody who serves it. */
export interface Opened {
  readonly place: Place;
  readonly site: Site;
  readonly origin: string;
  stop(): Promise<void>;
}

const of = (folder: string, names: readonly string[]) =>
  names.map((name) => `${folder}${name}.html`);

const FOREIGN: readonly (Place & { readonly folder: string })[] = [
  {
    name: "cypress-example-kitchensink",
    folder: "cypress-example-kitchensink/app",
    paths: [
      "/index.html",
      "/todo.html",
      ...of("/commands/", ["actions", "querying", "traversal", "viewport", "window", "storage"]),
    ],
    keys: [],
  },
  {
    name: "gentelella",
    folder: "gentelella/dist",
    paths: of("/production/", [
      "index",
      "index2",
      "e_commerce",
      "contacts",
      "inbox",
      "calendar",
      "form",
      "tables_dynamic",
      "kanban",
      "invoice",
    ]),
    keys: [],
  },
  { name: "swagger-ui-dist", folder: "swagger-ui-dist", paths: ["/index.html"], keys: [] },
  {
    name: "reveal.js",
    folder: "reveal.js",
    paths: ["/demo.html"],
    keys: ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"],
  },
];

const SHOP: Place = {
  name: "demo shop",
  paths: ["/", "/search", "/cart", "/help", "/checkout"],
  keys: [],
};

/** Names of all places, in the order in which they are recorded. */
export const NAMES = [...FOREIGN, SHOP].map(({ name }) => name);

/** Serves a place and makes its site known to the server, at a port of its own unless told otherwise. */
export async function open(
  server: Server,
  owner: Owner,
  name: string,
  serving: Serving = {},
): Promise<Opened> {
  const index = FOREIGN.findIndex((place) => place.name === name);
  const foreign = FOREIGN[index];
  if (!foreign) {
    const site = await demoSite(owner);
    return { place: SHOP, site, origin: server.shop, stop: () => Promise.resolve() };
  }
  const site = await addSite(owner, name);
  const snippet = snippetOf(server.origin, site.key, "persistent");
  const served: Loopback = await startForeignSite(foreign.folder, snippet, {
    scripts: await scriptsOf(name),
    port: FIRST_PORT + index,
    ...serving,
  });
  return { place: foreign, site, origin: served.origin, stop: served.stop };
}

/** Swagger UI shows our own API instead of an example that it would fetch from somebody. */
export async function scriptsOf(name: string): Promise<Record<string, string>> {
  if (name !== "swagger-ui-dist") return {};
  const document = await readFile(resolve(ROOT, "docs/reference/openapi.json"), "utf8");
  const script = `onload = () => SwaggerUIBundle({
    spec: ${document},
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
  });`;
  return { "/swagger-initializer.js": script };
}

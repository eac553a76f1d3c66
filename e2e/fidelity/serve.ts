// Serves the page of a feature, and the font that it may show.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { FONT_PATH } from "./features.ts";

/** Of a site that nobody here wrote. */
const FONT = "cypress-example-kitchensink/app/assets/fonts/woff/FiraSans-Medium.woff";

/** Serves `html` under every path but that of the font. */
export async function serveFeature(html: string): Promise<Loopback> {
  const font = await readFile(resolve(import.meta.dirname, "../../node_modules", FONT));
  return startLoopback((request, response) => {
    const isFont = request.url === FONT_PATH;
    response.writeHead(200, { "content-type": isFont ? "font/woff" : "text/html" });
    response.end(isFont ? font : html);
  });
}

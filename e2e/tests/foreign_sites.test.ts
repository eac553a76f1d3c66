// Sites that nobody here wrote, used and recorded: at random moments the replay has the page's words,
// boxes and computed styles, through shadow roots and into frames, with the fonts that were recorded.
// HITMETRIX_SEED tries other visits and moments; `cargo xtask proof fidelity` tries all pages, more
// moments, and writes its section of docs/recording-proofs.md.
//
// What is excepted, and why:
// - typed values, chosen options and attributes that show as words (placeholders) are masked on
//   purpose, and where a field takes its width from them, its width is not compared;
// - words that a style sheet takes from attributes are masked with these;
// - what images, videos, canvases and frames of other origins show is not compared: they are boxes
//   of their size here;
// - e-mail addresses in a page's text are taken out by the server, and so before it is served here;
// - what is not shown has no place: only that it has no size is compared;
// - boxes may differ by LOOSE: see there.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seeded } from "../bench/random.ts";
import { compareMoments } from "../fidelity/compare.ts";
import { ON_PHONE, openPlace, PLACES } from "../fidelity/places.ts";
import { contextOf, DESK, PHONE, visitPlace } from "../fidelity/visit.ts";
import { pageOfSites, type Row } from "../proof/fidelity.ts";
import { isProving, writeProof } from "../proof/pages.ts";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser, watchErrors } from "../support/browser.ts";
import { type Server, startServer } from "../support/server.ts";

const SEED = Number(process.env.HITMETRIX_SEED ?? 4);
/** Nobody but the servers of this machine is asked for anything. */
const ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
/** Pages of a site, and moments of a page; a site of one page has twice as many. */
const IS_WHOLE = isProving("fidelity");
const PAGES = IS_WHOLE ? 3 : 2;
const MOMENTS = IS_WHOLE ? 2 : 1;
/** Who looks at what: everything at a desk, and some of it on a phone. */
const VISITS = [
  ...PLACES.map((place) => ({ place, name: place, screen: DESK })),
  ...ON_PHONE.map((place) => ({ place, name: `${place}, on a phone`, screen: PHONE })),
];
/** For one site, on a machine that others use too. */
const LIMIT_MS = 900_000;

let server: Server;
let browser: Browser;
let owner: Owner;
/** What was compared, site by site. */
const rows = new Map<string, Row>();

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser([ALONE]);
  owner = await firstUser(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("the replay looks as the page did, at random moments of its use", () => {
  for (const [number, { place, name, screen }] of VISITS.entries()) {
    test(name, { timeout: LIMIT_MS }, async () => {
      const random = seeded(SEED * 100 + number);
      const opened = await openPlace(server, owner, place);
      const context = await browser.newContext(contextOf(screen));
      try {
        const page = await context.newPage();
        page.on("dialog", (dialog) => void dialog.dismiss().catch(() => {}));
        const errors = watchErrors(page);
        const paths = some(opened.place.paths, random.next());
        const moments = paths.length === 1 ? MOMENTS * 2 : MOMENTS;
        const visited = await visitPlace(page, owner, opened, { paths, moments, random, screen });
        expect(errors.filter((error) => error.includes("hitmetrix"))).toEqual([]);
        const { found, asked } = await compareMoments(
          [browser, server, owner],
          opened.site.id,
          visited,
        );
        const { host } = new URL(opened.origin);
        expect(asked.filter((url) => URL.canParse(url) && new URL(url).host === host)).toEqual([]);
        const all = visited.moments.flatMap(({ seen }) => seen);
        rows.set(name, {
          name,
          pages: paths.length,
          moments: visited.moments.length,
          elements: all.length,
          inside: all.filter(({ inside }) => inside).length,
          differences: found.length,
        });
        expect(found).toEqual([]);
      } finally {
        await context.close();
        await opened.stop();
      }
    });
  }
});

test("the documentation says what was compared", async () => {
  expect([...rows.keys()]).toEqual(VISITS.map(({ name }) => name));
  if (IS_WHOLE) await writeProof("fidelity", pageOfSites(SEED, [...rows.values()]));
});

/** Some of the pages that follow each other, the first one wherever `share` says. */
function some(paths: readonly string[], share: number): string[] {
  const from = Math.floor(share * paths.length);
  return Array.from(
    { length: Math.min(PAGES, paths.length) },
    (_, index) => paths[(from + index) % paths.length] ?? "/",
  );
}

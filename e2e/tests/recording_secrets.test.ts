// Nothing private leaves the page: a different secret in every place that can hold one, typed,
// changed and shown again, in a real Chromium before the real server; then every byte that left
// the browser or is kept is searched. None may be found under the defaults nor under any option;
// `cargo xtask proof secrets` takes every two of them too and writes its section of
// docs/recording-proofs.md.
//
// That it can fail: recorders and trackers with one rule broken are found out, and what is to be
// shown is found.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROKEN, brokenScript } from "../proof/broken.ts";
import { nameOf, optionSets, unprovedRules } from "../proof/options.ts";
import { isProving, proofs, writeProof } from "../proof/pages.ts";
import { pageOfProof, tableOf } from "../proof/report.ts";
import { leaks, search } from "../proof/secrets.ts";
import { folder, type Visit, visit, type World } from "../proof/visit.ts";
import { firstUser } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { startServer } from "../support/server.ts";
import { addSite } from "../support/sites.ts";

const IS_WHOLE = isProving("secrets");
const SETS = optionSets(IS_WHOLE);
/** Fewer would mean that a part of the page was lost. */
const PLACES_MIN = 300;
/** What the page sends when everything on it happened. */
const KINDS = [
  ..."2 3.0 3.1 3.2 3.3 3.5 3.8 3.14 3.15 4 5".split(" ").map((kind) => `recorder ${kind}`),
  ..."pageview page_leave click error form_view form_focus form_change form_submit rage_click dead_click"
    .split(" ")
    .map((name) => `event ${name}`),
];

let world: World;
const visits: Visit[] = [];

beforeAll(async () => {
  const server = await startServer();
  world = { server, browser: await startBrowser(), owner: await firstUser(server) };
});

afterAll(async () => {
  await world?.browser.close();
  await world?.server.stop();
});

describe("no secret is found", () => {
  // All of them take less time two at a time; the waits of one are used by the other.
  const visitOf = IS_WHOLE ? test.concurrent : test;
  for (const [number, on] of SETS.entries()) {
    visitOf(`under ${nameOf(on)}`, async () => {
      const done = await visit(world, number, on);
      visits[number] = done;
      expect(leaks(done.places, done.heaps, on)).toEqual([]);
      expect(done.places.length).toBeGreaterThan(PLACES_MIN);
    });
  }

  test("in any file of the data folder, nor in what the server printed", async () => {
    const heaps = await folder(world);
    expect(heaps.length).toBeGreaterThan(5);
    const found = visits.flatMap(({ on, places }) =>
      leaks(places, heaps, on).map((leak) => `${nameOf(on)}: ${leak}`),
    );
    expect(found).toEqual([]);
  });
});

test("every rule of a site is one of the options", async () => {
  const { settings } = await addSite(world.owner, "with all rules");
  expect(unprovedRules(settings.rules)).toEqual([]);
});

describe("the search finds", () => {
  test("what is shown by default, on the wire and on disk", () => {
    const plain = visits[0];
    if (!plain) throw new Error("no visit");
    expect(KINDS.filter((kind) => !plain.kinds.has(kind))).toEqual([]);
    const shown = plain.places.filter(({ hidden }) => !hidden(plain.on));
    for (const where of ["wire", "disk"] as const) {
      const heaps = plain.heaps.filter((heap) => heap.where === where);
      const found = new Set(search(shown, heaps).map(({ place }) => place.name));
      const missing = shown.filter(({ name }) => !found.has(name)).map(({ name }) => name);
      expect(missing).toEqual([]);
    }
  });

  for (const option of ["console recorded", "network recorded"] as const) {
    test(`what is shown where the option is on: ${option}`, () => {
      const done = visits.find(({ on }) => on.size === 1 && on.has(option));
      if (!done) throw new Error("no visit");
      const shown = done.places.filter(({ hidden }) => hidden(new Set()) && !hidden(done.on));
      expect(shown.length).toBeGreaterThan(1);
      for (const where of ["wire", "disk"] as const) {
        const heaps = done.heaps.filter((heap) => heap.where === where);
        const found = new Set(search(shown, heaps).map(({ place }) => place.name));
        expect(shown.filter(({ name }) => !found.has(name)).map(({ name }) => name)).toEqual([]);
      }
    });
  }

  for (const [index, broken] of (IS_WHOLE ? BROKEN : BROKEN.slice(0, 3)).entries()) {
    test(`a script ${broken.what}`, async () => {
      const scripts = { [broken.path]: await brokenScript(broken) };
      const on = new Set(broken.on ? [broken.on] : []);
      const done = await visit({ ...world, scripts }, SETS.length + index, on);
      const found = leaks(done.places, done.heaps, done.on);
      expect(found.some((leak) => leak.startsWith(`${broken.finds}:`))).toBe(true);
    });
  }
});

test("the table says how much was looked for", async () => {
  const rows = tableOf(visits);
  console.log(rows);
  if (IS_WHOLE) await writeProof("secrets", pageOfProof(visits));
  else expect(await proofs()).toContain("the browser test `recording_secrets`");
});

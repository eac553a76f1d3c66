// Screens that no other test looks at with all eyes: who is here, recordings, sites, the code, the
// settings, storage, the command palette, the help. No violation that axe knows in light and dark,
// nothing wider than a phone.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import { holdOnPhone, type Screen } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { openWorld } from "../support/world.ts";

const ORIGIN = "http://127.0.0.1:7";
const BEGAN_MS = Date.now() - 60_000;
const WATCHED = "a".repeat(32);

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  const events = [
    ["pageview", "/"],
    ["click", "/"],
    ["pageview", "/lamps"],
  ].map(([name, path], sequence) => ({
    name,
    sequence,
    time_ms: BEGAN_MS + sequence * 10_000,
    url: `${ORIGIN}${path}`,
    properties: {},
  }));
  const visit = { key: site.key, origin: ORIGIN, session: WATCHED };
  await postVisit(server, { ...visit, lines: recorded(), events });
  await recordingOf(owner, site, WATCHED);
  await owner.send("POST", `sites/${site.id}/tokens`, { name: "Shop", scope: "ingest" });
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole("heading", { name }).first().waitFor();

test("what is looked at", async () => {
  const replay = (page: Page) => page.getByRole("region", { name: "Replay" }).waitFor();
  await holdOnPhone(desk.page, [
    { name: "eyes-live", url: `${base}/live`, there: heading(/here/) },
    { name: "eyes-session", url: `${base}/sessions/${WATCHED}`, there: replay },
    { name: "eyes-sites", url: `${server.origin}/`, there: heading("Sites") },
    { name: "eyes-code", url: `${base}/code`, there: heading(/./) },
  ]);
});

test("settings", async () => {
  const sections = [
    "",
    "/installation",
    "/recording",
    "/counting",
    "/members",
    "/tokens",
    "/annotations",
  ];
  const screens = sections.map(
    (section): Screen => ({
      name: `eyes-settings${section.replace("/", "-")}`,
      url: `${base}/settings${section}`,
      there: heading(/./),
    }),
  );
  await holdOnPhone(desk.page, [
    ...screens,
    { name: "eyes-storage", url: `${server.origin}/status`, there: heading(/./) },
    { name: "eyes-users", url: `${server.origin}/users`, there: heading("Users") },
  ]);
});

test("what floats over them", async () => {
  const ready = (page: Page) =>
    page
      .getByRole("group", { name: /^Numbers of the period/ })
      .getByRole("button", { name: /^Sessions\s*1\b/ })
      .waitFor();
  const palette = async (page: Page) => {
    await ready(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find" }).fill("lamps");
    await page.getByRole("option", { name: /^\/lamps/ }).waitFor();
  };
  const help = async (page: Page) => {
    await ready(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  };
  await holdOnPhone(desk.page, [
    { name: "eyes-palette", url: base, there: palette },
    { name: "eyes-help", url: base, there: help },
  ]);
});

/** A page that is moved on for half a minute. */
function recorded(): RecordedEvents {
  const { element, page } = nodeMaker();
  const node = page([], element("body", {}, element("h1", {}, "Lamps")));
  const moves = Array.from({ length: 30 }, (_, second) => ({
    type: 3,
    timestamp: BEGAN_MS + second * 1000,
    data: { source: 1, positions: [{ x: second, y: second, id: 1, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: BEGAN_MS, data: { href: ORIGIN, width: 800, height: 600 } },
    { type: 2, timestamp: BEGAN_MS, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}

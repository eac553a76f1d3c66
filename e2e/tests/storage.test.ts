// What an owner comes for: recordings take little, a player does not notice when they are put in
// order, one that matters stays, and what goes is said before it goes.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { nodeMaker, type RecordedEvents } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const ORIGIN = "http://127.0.0.1:7";
const DAY_MS = 86_400_000;
const CHUNKS = 9;
const KEPT_DAYS = 10;
const WATCHED = "a".repeat(32);

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  // However full the disk of this machine is, nothing is to go before its time here.
  process.env.HITMETRIX_DISK_MARK_PERCENT = "100";
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  site = await owner.send("PATCH", `sites/${site.id}`, {
    settings: { ...site.settings, recording_days: KEPT_DAYS },
    confirm: site.name,
  });
  await post(WATCHED, Date.now() - 120_000, CHUNKS);
  await recordingOf(owner, site, WATCHED);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  delete process.env.HITMETRIX_DISK_MARK_PERCENT;
  await browser?.close();
  await server?.stop();
});

interface Chunk {
  readonly sequence: number;
  readonly last_sequence: number;
}

async function chunks(): Promise<Chunk[]> {
  const path = `sites/${site.id}/recordings/${WATCHED}`;
  return (await owner.get<{ chunks: Chunk[] }>(path)).chunks;
}

test("a player that listed the chunks before goes on when they are put in order", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${WATCHED}`);
  await shows(page, "step 0");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  expect(await chunks()).toHaveLength(CHUNKS);
  const done = JSON.parse(await server.command("repack", "--json"));
  expect(done.recordings).toBe(1);
  expect(done.bytes_after * 2).toBeLessThan(done.bytes_before);
  expect(await chunks()).toMatchObject([{ sequence: 0, last_sequence: CHUNKS - 1 }]);

  // Chunks that were not loaded yet are asked for by the names of before.
  await page.getByRole("region", { name: "Replay" }).press("End");
  await shows(page, `step ${CHUNKS - 1}`);
  await page.reload();
  await shows(page, "step 0");
  await page.getByRole("region", { name: "Replay" }).press("End");
  await shows(page, `step ${CHUNKS - 1}`);
  expect(JSON.parse(await server.command("doctor", "--json")).findings).toEqual([]);
});

test("a recording is pinned where it is watched, and released again", async () => {
  const { page } = desk;
  const pinned = async () => {
    const list = await owner.get<{ recordings: { session: string }[] }>(
      `sites/${site.id}/recordings?pinned=true`,
    );
    return list.recordings.map(({ session }) => session);
  };
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${WATCHED}`);
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  await page.getByRole("button", { name: "Pinned", exact: true }).waitFor();
  await expect.poll(pinned).toEqual([WATCHED]);
  await keepPicture(page, "session-pinned");
  await page.reload();
  await page.getByRole("button", { name: "Pinned", exact: true }).click();
  await page.getByRole("button", { name: "Pin", exact: true }).waitFor();
  await expect.poll(pinned).toEqual([]);
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  await page.getByRole("button", { name: "Pinned", exact: true }).waitFor();
});

test("the settings say what goes when, and how much that frees", async () => {
  const { page } = desk;
  // Some visits of the last days, more of the later ones.
  let visits = 0;
  for (let days = 6; days >= 0; days--) {
    for (let visit = 0; visit < 3 + (6 - days) * 2; visit++) {
      const session = (visits++).toString(16).padStart(32, "b");
      await post(session, Date.now() - days * DAY_MS - 600_000, 2);
    }
  }
  await server.command("repack");
  await page.goto(`${server.origin}/sites/${site.id}/settings/counting`);
  const panel = page.getByRole("region", { name: /go within a week/ });
  await panel.waitFor();
  const said = (await panel.innerText()).replaceAll("\u202f", " ");
  expect(said).toContain(`${visits + 1} recordings in`);
  expect(said).toContain("1 recording is pinned");
  const rows = await panel
    .locator("tbody tr")
    .evaluateAll((all) => all.map((row) => Number((row.children[1] as HTMLElement).innerText)));
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(visits);
  await pictures(page, "storage");
});

async function pictures(page: Page, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole("region", { name: /within a week/ }).scrollIntoViewIfNeeded();
    await keepPicture(page, `${name}-${scheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("region", { name: /within a week/ }).scrollIntoViewIfNeeded();
    await keepPicture(page, `${name}-${scheme}-phone`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
  }
}

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Waits until the rebuilt page has these words. */
async function shows(page: Page, words: string): Promise<void> {
  await until(`“${words}”`, 20_000, async () => {
    const outer = page.frames().find((frame) => frame.url().endsWith("/player-frame"));
    const inner = outer?.childFrames()[0];
    return inner && (await inner.evaluate(() => document.body?.innerText))?.includes(words);
  });
}

/** Posts a session of some chunks, each five seconds long, that count up in its text. */
async function post(session: string, beganMs: number, count: number): Promise<void> {
  const make = nodeMaker();
  const counter = make.text("step 0");
  const rules = Array.from({ length: 80 }, (_, index) => `.c${index}{margin:${index}px}`).join("");
  const words = Array.from({ length: 60 }, (_, index) => make.element("p", {}, `entry ${index}`));
  const body = make.element("body", {}, { ...make.element("h1"), childNodes: [counter] }, ...words);
  const snapshot = make.page([make.element("style", {}, rules)], body);
  for (let sequence = 0; sequence < count; sequence++) {
    const at = beganMs + sequence * 5_000;
    const move = (offset: number) => ({
      type: 3,
      timestamp: at + offset,
      data: { source: 1, positions: [{ x: offset / 10, y: 40, id: counter.id, timeOffset: 0 }] },
    });
    const first = [
      { type: 4, timestamp: at, data: { href: `${ORIGIN}/`, width: 1280, height: 800 } },
      {
        type: 2,
        timestamp: at,
        data: { node: snapshot, initialOffset: { left: 0, top: 0 } },
      },
    ];
    const step = {
      type: 3,
      timestamp: at + 100,
      data: {
        source: 0,
        texts: [{ id: counter.id, value: `step ${sequence}` }],
        attributes: [],
        removes: [],
        adds: [],
      },
    };
    const lines = [...(sequence === 0 ? first : [step]), move(1000), move(2500), move(4900)];
    await send("r", session, { sequence, recorder: "rrweb-2.1.6/1", url: `${ORIGIN}/` }, lines);
  }
  const seen = { name: "pageview", sequence: 0, time_ms: beganMs, url: `${ORIGIN}/` };
  await send("e", session, {}, [seen]);
}

async function send(
  way: "e" | "r",
  session: string,
  more: Record<string, unknown>,
  lines: RecordedEvents,
): Promise<void> {
  const head = {
    v: 1,
    window: session,
    visitor: session,
    session,
    mode: "persistent",
    sent_ms: Date.now(),
    tracker: "1",
    ...more,
  };
  const answer = await fetch(`${server.origin}/${way}/${site.key}`, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "text/plain" },
    body: [head, ...lines].map((line) => JSON.stringify(line)).join("\n"),
  });
  if (!answer.ok) throw new Error(`/${way}/: ${answer.status} ${await answer.text()}`);
}

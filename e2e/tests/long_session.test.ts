// A long session is sought like a short one: a picture begins at the keyframe before it, of the
// recording only the chunks of that minute are loaded, and playing on from one minute to the next
// changes nothing on the screen. What the server made to start from is in no export.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { type LongSession, postLongSession } from "../support/long_session.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const MINUTES = 5;
/** What is loaded ahead of a picture that does not play. */
const AHEAD_MS = 15_000;

interface Row {
  readonly sequence: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly snapshot: boolean;
  readonly keyframe: boolean;
}

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let session: LongSession;
let rows: readonly Row[];
/** Chunks that were asked for, by the number of their first, and whether with their keyframe. */
const asked: { sequence: number; keyframe: boolean }[] = [];

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Office");
  session = await postLongSession(browser, server, site, MINUTES);
  await recordingOf(owner, site, session.id);
  await server.command("repack");
  const path = `sites/${site.id}/recordings/${session.id}`;
  rows = (await owner.get<{ chunks: Row[] }>(path)).chunks;
  desk = await openDesk(browser, server, owner);
  desk.page.on("request", (request) => {
    const found = /\/chunks\/\w+\/(\d+)\?(.*)/.exec(request.url());
    const keyframe = found?.[2]?.includes("keyframe=true") ?? false;
    if (found) asked.push({ sequence: Number(found[1]), keyframe });
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("each minute in which the page changed has a place to start from", () => {
  expect(rows[0]).toMatchObject({ sequence: 0, snapshot: true, keyframe: false });
  const starts = rows.filter(({ snapshot, keyframe }) => snapshot || keyframe);
  expect(starts.slice(1).map(({ keyframe }) => keyframe)).not.toContain(false);
  const ends_ms = [...starts.slice(1).map(({ first_ms }) => first_ms), rows.at(-1)?.last_ms ?? 0];
  const lengths = starts.map(({ first_ms }, index) => (ends_ms[index] ?? 0) - first_ms);
  expect(Math.max(...lengths)).toBeLessThan(110_000);
  expect(starts.length).toBeGreaterThanOrEqual(MINUTES);
});

test("the first picture needs the first minute, and a seek the one it leads to", async () => {
  const { page } = desk;
  asked.length = 0;
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session.id}`);
  await shows(page, (ticker) => ticker !== "");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  expect(asked[0]).toEqual({ sequence: 0, keyframe: false });
  expect(asked).toHaveLength(1);
  const began_ms = rows[0]?.first_ms ?? 0;
  const parts = [0.9, 0.3, 0.62, 0.05, 0.5].map((part) => part * session.duration_ms);
  for (const { at_ms, text } of await session.moments(parts)) {
    await aheadIsAsked(page);
    asked.length = 0;
    await seek(page, at_ms);
    await shows(page, (ticker) => ticker === text);
    expect(await tableRows(page)).toBe(500);
    const start_ms = Math.max(
      ...rows
        .filter(({ snapshot, keyframe }) => snapshot || keyframe)
        .map(({ first_ms }) => first_ms - began_ms)
        .filter((first_ms) => first_ms <= at_ms),
    );
    // The one it begins with, and what comes in the seconds after it, unless they were there.
    for (const { sequence, keyframe } of asked) {
      const row = rows.find((each) => each.sequence === sequence);
      expect(keyframe).toBe(row?.keyframe);
      expect((row?.last_ms ?? 0) - began_ms).toBeGreaterThanOrEqual(start_ms);
      expect((row?.first_ms ?? 0) - began_ms).toBeLessThanOrEqual(at_ms + AHEAD_MS + 1000);
    }
  }
});

test("pointing at the timeline loads what a seek there needs", async () => {
  const { page } = desk;
  await page.reload();
  await shows(page, (ticker) => ticker !== "");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await aheadIsAsked(page);
  const slider = page.getByRole("slider", { name: "Position" });
  const position = await slider.inputValue();
  asked.length = 0;
  const box = await slider.boundingBox();
  if (!box) throw new Error("the timeline is not shown");
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
  await until("a chunk", 15_000, () => asked.length > 0);
  const [{ sequence, keyframe } = { sequence: -1, keyframe: false }] = asked;
  const row = rows.find((each) => each.sequence === sequence);
  const at_ms = (rows[0]?.first_ms ?? 0) + 0.7 * session.duration_ms;
  expect(keyframe).toBe(true);
  expect(row?.first_ms).toBeLessThanOrEqual(at_ms);
  expect(row?.last_ms).toBeGreaterThan(at_ms - 60_000);
  expect(await slider.inputValue()).toBe(position);
});

test("the next minute is played without a new picture", async () => {
  const { page } = desk;
  const boundary_ms = (rows[2]?.first_ms ?? 0) - (rows[0]?.first_ms ?? 0);
  const [before] = await session.moments([boundary_ms - 6000]);
  await seek(page, before?.at_ms ?? 0);
  await shows(page, (ticker) => ticker === before?.text);
  const first = await picture(page);
  const region = page.getByRole("region", { name: "Replay" });
  for (let faster = 0; faster < 2; faster += 1) await region.press(">");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const slider = page.getByRole("slider", { name: "Position" });
  await until("the next minute", 60_000, async () => {
    return Number(await slider.inputValue()) > boundary_ms + 8000;
  });
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const same = await first.evaluate(
    (document) =>
      document === (document.defaultView?.frameElement as HTMLIFrameElement)?.contentDocument,
  );
  expect(same).toBe(true);
  expect(await tableRows(page)).toBe(500);
  desk.expectQuiet();
});

test("an export has what was recorded and no keyframe", async () => {
  const path = `${server.origin}/api/v1/sites/${site.id}/recordings/${session.id}/export`;
  for (const format of ["rrweb", "html"]) {
    const answer = await fetch(`${path}?format=${format}`, { headers: { cookie: owner.cookie } });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toContain('"hm-keyframe"');
    expect(text.match(/"initialOffset"/g)).toHaveLength(1);
    if (format === "rrweb") {
      const own = (JSON.parse(text) as { type: number }[]).filter(({ type }) => type !== 5);
      expect(own).toHaveLength(session.lines.length);
    }
  }
});

/** Moves the slider, as a hand would, and waits for the picture: what was there may say the same. */
async function seek(page: Page, at_ms: number): Promise<void> {
  await page.getByRole("slider", { name: "Position" }).fill(String(at_ms));
  await until("the picture of that moment", 30_000, () =>
    page.evaluate((wanted_ms) => {
      const shown = performance.getEntriesByName("hitmetrix-picture").at(-1) as PerformanceMark;
      return shown?.detail.at_ms === wanted_ms;
    }, at_ms),
  );
}

/** What comes after a picture is asked for with one of the next frames. */
async function aheadIsAsked(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) {
      await new Promise((next) => requestAnimationFrame(next));
    }
  });
}

async function shows(page: Page, wanted: (ticker: string) => boolean): Promise<void> {
  await until("the ticker", 30_000, async () => {
    const said = await (await picture(page)).evaluate(
      (document) => document.querySelector("#ticker")?.textContent ?? "",
    );
    if (!wanted(said)) throw new Error(`it says ${said}`);
    return true;
  });
}

async function tableRows(page: Page): Promise<number> {
  return (await picture(page)).evaluate((document) => document.querySelectorAll("tr").length);
}

/** The rebuilt document. */
async function picture(page: Page) {
  const inner = await until("a picture", 30_000, () =>
    page.frames().find((frame) => frame.parentFrame()?.url().endsWith("/player-frame")),
  );
  return inner.evaluateHandle(() => document);
}

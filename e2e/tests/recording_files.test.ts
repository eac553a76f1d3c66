// A recording leaves the dashboard as a file: a page that plays it from a folder, without a server
// and without running anything of what was recorded, and rrweb events, which come back.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import type { Desk } from "../support/dashboard.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { keepPicture } from "../support/pictures.ts";
import { eventMaker, nodeMaker, type RecordedEvents, visited } from "../support/recorded.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { ended, pictureOf, press, seek, wordsOf } from "../support/stage.ts";
import { until } from "../support/until.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";
const SESSION = "c0ffee".repeat(6).slice(0, 32);
const BEGAN_MS = Date.now() - 60_000;
const LASTS_MS = 4_000;
/** What a script would do. */
const RUN = "top.ran = 1; alert(1)";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let folder: string;
/** Whatever reaches this was asked for by a recording. */
let trap: Loopback;
const caught: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hitmetrix-files-"));
  trap = await startLoopback((request, response) => {
    caught.push(request.url ?? "");
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  server = await startServer();
  browser = await startBrowser();
  const event = eventMaker(BEGAN_MS, `${SITE_ORIGIN}/checkout`);
  const events = [
    event(0, "pageview"),
    event(1, "identify", { user: "ada-17" }),
    event(2, "click", { path: "main>button", text: "Pay now" }),
    event(3, "order", { buyer: "Ada Lovelace" }),
  ];
  const visit = { origin: SITE_ORIGIN, session: SESSION, lines: recorded(), events };
  ({ owner, site, desk } = await visited([server, browser], visit));
  await desk.page.goto(`${server.origin}/sites/${site.id}/sessions/${SESSION}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await trap?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a saved page plays the recording from a folder, and asks nobody", async () => {
  const { page } = desk;
  const file = await save(page, "Save as a page", "shown.html");
  expect((await readFile(file, "utf8")).includes("ada-17")).toBe(true);
  await openDialog(page);
  await keepPicture(page, "save");
  await page.getByLabel("Say nothing of who it was").check();
  const hidden = await save(page, "Save as a page", "hidden.html");
  const text = await readFile(hidden, "utf8");
  expect(["ada-17", "Ada Lovelace"].filter((secret) => text.includes(secret))).toEqual([]);

  const opened = await openFile(hidden);
  await pictureOf(opened.page);
  await ended(opened.page, 30_000);
  await until("the last words", 15_000, async () => {
    const frame = await pictureOf(opened.page);
    expect(await wordsOf(frame)).toBe("Thank you the last word");
    const colour = await frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(colour).toBe("rgb(1, 2, 3)");
    return true;
  });
  await seek(opened.page, 500);
  await until("the words before", 15_000, async () => {
    expect(await wordsOf(await pictureOf(opened.page))).toBe("Thank you wait");
    return true;
  });
  const list = opened.page.getByRole("region", { name: "What happened" });
  await expect.poll(() => list.innerText()).toContain("Clicked “Pay now”");
  await expect.poll(() => list.innerText()).toContain("order");
  await press(opened.page, "End");
  await ended(opened.page, 20_000);
  await keepPicture(opened.page, "offline-light");

  await useEverything(opened.page);
  // A frame may give way to the next picture just then.
  const ran = await until("a look into every frame", 15_000, () =>
    Promise.all(opened.page.frames().map((each) => each.evaluate(() => "ran" in window))),
  );
  expect(ran).not.toContain(true);
  expect(opened.dialogs).toEqual([]);
  expect(opened.asked.filter((url) => !/^(data|blob):/.test(url))).toEqual([`file://${hidden}`]);
  expect(caught).toEqual([]);
  expect(opened.complaints).toEqual([]);
  expect(opened.page.context().pages()).toHaveLength(1);
  await opened.page.emulateMedia({ colorScheme: "dark" });
  await keepPicture(opened.page, "offline-dark");
  await opened.page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(opened.page, "offline-phone");
  const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await opened.page.context().close();
});

test("a script that somebody puts into the file does not run", async () => {
  const file = await save(desk.page, "Save as a page", "changed.html");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("<noscript>", `<script>window.ran = 1</script><noscript>`));
  const opened = await openFile(file);
  await pictureOf(opened.page);
  expect(await opened.page.evaluate(() => "ran" in window)).toBe(false);
  expect(opened.complaints.join("\n")).toContain("Content Security Policy");
  await opened.page.context().close();
});

test("saved events are taken back by the command line, on another site", async () => {
  const file = await save(desk.page, "rrweb events", "events.json");
  const other = await addSite(owner, "Elsewhere");
  await server.command("import", "rrweb", file, "--site", other.name);
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${other.id}/sessions/${SESSION}`);
  await pictureOf(page);
  await ended(page, 30_000);
  await until("the last words", 15_000, async () => {
    expect(await wordsOf(await pictureOf(page))).toBe("Thank you the last word");
    return true;
  });
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

async function openDialog(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Save this recording as a file" });
  if (await dialog.isVisible()) return;
  await page.getByRole("button", { name: "Save this recording as a file" }).click();
  await dialog.waitFor();
}

/** Saves by the button of the player, and says where. */
async function save(page: Page, link: string, name: string): Promise<string> {
  await openDialog(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: link }).click(),
  ]);
  const ending = name.split(".").at(-1);
  expect(download.suggestedFilename()).toBe(`recording-${SESSION}.${ending}`);
  const path = join(folder, name);
  await download.saveAs(path);
  return path;
}

/** Opens a file in a browser that has no network. */
async function openFile(path: string) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    offline: true,
  });
  const page = await context.newPage();
  const [asked, complaints, dialogs]: [string[], string[], string[]] = [[], [], []];
  context.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`file://${path}`);
  return { page, asked, complaints, dialogs };
}

/** Clicks all over the picture, and presses what has the focus. */
async function useEverything(page: Page): Promise<void> {
  const box = await page.locator("iframe").boundingBox();
  if (!box) throw new Error("no picture");
  for (let at = 0.1; at < 1; at += 0.2)
    await page.mouse.click(box.x + box.width * at, box.y + box.height * at);
  await page.keyboard.press("Tab");
}

/** A page that says its last word after some seconds, with everything that could act. */
function recorded(): RecordedEvents {
  const { element, svg, page } = nodeMaker();
  const at = (name: string) => `${trap.origin}/${name}`;
  const word = element("p", {}, "wait");
  const text = (word.childNodes as { id: number }[])[0]?.id;
  const css = `body { background: rgb(1, 2, 3) } p { cursor: url("${at("cursor")}"), auto }
    @import url("${at("import")}"); @font-face { font-family: x; src: url("${at("font")}") }`;
  const body = element(
    "body",
    { onload: RUN },
    element("h1", {}, "Thank you"),
    word,
    element("script", {}, RUN),
    element("img", { src: at("picture"), onerror: RUN, srcset: `${at("set")} 2x` }),
    element("iframe", { srcdoc: `<script>${RUN}</script>`, src: at("frame") }),
    element("a", { href: `javascript:${RUN}`, ping: at("ping") }, ""),
    svg("svg", { onload: RUN }, svg("script", {}, RUN), svg("image", { href: at("svg") })),
  );
  const node = page([element("style", {}, css)], body);
  const moves = Array.from({ length: 20 }, (_, step) => ({
    type: 3,
    timestamp: BEGAN_MS + (step * LASTS_MS) / 20,
    data: { source: 1, positions: [{ x: step * 9, y: step * 9, id: body.id, timeOffset: 0 }] },
  }));
  const texts = [{ id: text, value: "the last word" }];
  const src = { src: at("later"), onerror: RUN };
  const attributes = [{ id: word.id, attributes: src }];
  const data = { source: 0, texts, attributes, removes: [], adds: [] };
  return [
    { type: 4, timestamp: BEGAN_MS, data: { href: SITE_ORIGIN, width: 800, height: 600 } },
    { type: 2, timestamp: BEGAN_MS, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
    { type: 3, timestamp: BEGAN_MS + LASTS_MS - 500, data },
    { type: 3, timestamp: BEGAN_MS + LASTS_MS, data: { source: 3, id: 1, x: 0, y: 0 } },
  ];
}

// What visitors say when they are asked: a survey on a page with a strict policy, answered by keyboard,
// counted and found again with its recording; asked once, by nobody who did not switch it on; and the
// screen on which it is made of a template in two clicks.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import type { Loopback } from "../support/loopback.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { cellsOf, holdOnPhone, violationsOf } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { startTap, type Tap } from "../support/tap.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const COMMENT = "The Voucher field hides behind the delivery zebra";
const QUESTION = "How easy was it to order?";
const LIST = "Surveys, one a row";
/** Where a survey stands, for those outside of it: its insides are closed to everybody. */
const HOST = "body > [data-hm-block]";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let tap: Tap;
let pages: Loopback;
let desk: Desk;
let rating = "";
let session = "";
let answeredAt = 0;

interface Saved {
  readonly id: string;
}

/** Saves a survey and switches it on. */
async function ask(name: string, survey: object): Promise<string> {
  const path = `sites/${site.id}/surveys`;
  const { id } = await owner.send<Saved>("POST", path, { name, survey });
  await owner.send("PUT", `${path}/${id}/active`);
  return id;
}

/** After an event, on its own pages. */
const after = (event: string, question: string, on: string[]) => ({
  kind: "rating",
  moment: { event },
  pages: on,
  words: { question, follow_up: "What should we improve?", low: "Hard", high: "Easy" },
});

const track = (page: Page, name: string) =>
  page.evaluate((event) => window.hitmetrix.track(event), name);

/** Names of what a session did, with what it says of surveys. */
async function surveysIn(id: string): Promise<string[]> {
  const found = await owner.get<{
    events: { name: string; properties: { survey?: string } }[];
  }>(`sites/${site.id}/sessions/${id}`);
  return found.events
    .filter(({ name }) => name.startsWith("survey_"))
    .map(({ name, properties }) => `${name} ${properties.survey}`);
}

/** Presses Tab until the survey has the focus. */
async function tabInto(page: Page): Promise<void> {
  const inside = () =>
    page.evaluate((host) => document.activeElement?.matches(host) === true, HOST);
  await until("the survey by Tab", 10_000, async () => {
    if (await inside()) return true;
    await page.keyboard.press("Tab");
    return inside();
  });
}

function asked(context: BrowserContext): string[] {
  const urls: string[] = [];
  context.on("request", (request) => urls.push(new URL(request.url()).pathname));
  return urls;
}

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  const settings = { ...site.settings, count_automated: true };
  await owner.send("PATCH", `sites/${site.id}`, { settings });
  tap = await startTap(server.origin);
  const snippet = (mode: string, origin = tap.origin) => snippetOf(origin, site.key, mode);
  const body =
    "<main><h1>Thank you</h1><p>Your lamps are on their way.</p><button>Print</button></main>";
  const strict = {
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${tap.origin}`,
      `connect-src ${tap.origin}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
  };
  pages = await startOwnPages({
    "/thanks": { head: snippet("persistent"), body, headers: strict },
    "/again": { head: snippet("persistent"), body },
    "/quiet": { head: snippet("persistent"), body },
    "/none": { head: snippet("none"), body },
    "/first": { head: snippet("cookieless"), body },
    "/second": { head: snippet("cookieless"), body },
    "/looks": { head: snippet("persistent"), body },
    "/leave": {
      head: `${snippet("persistent")}<meta name="viewport" content="width=device-width">`,
      body: `${body}<div style="height: 6000px">And much more.</div>`,
    },
    "/dark": {
      head: `${snippet("persistent")}<meta name="color-scheme" content="dark"><style>html{background:#15171c;color:#eee}</style>`,
      body,
    },
  });
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await pages?.stop();
  await tap?.stop();
  await server?.stop();
});

test("a draft is asked by no page, and its script not loaded", async () => {
  const path = `sites/${site.id}/surveys`;
  await owner.send("POST", path, { name: "Draft", survey: after("order", QUESTION, ["/thanks"]) });
  const context = await browser.newContext();
  const urls = asked(context);
  const page = await context.newPage();
  await page.goto(`${pages.origin}/thanks`);
  await until("web vitals", 10_000, () => urls.includes("/v.js"));
  await track(page, "order");
  const id = await sessionOf(page);
  await sessionWith(owner, site, id, { pageview: 1, order: 1 });
  await page.waitForLoadState("networkidle");
  expect(urls).not.toContain("/f.js");
  await context.close();
});

test("under a strict policy it opens after its event and is answered by keyboard alone", async () => {
  rating = await ask("After the order", after("order", QUESTION, ["/thanks", "/again"]));
  // Browsers keep the rules for a minute, so what is asked later is saved now.
  const other = await ask("Sentinel", after("checked", "Anything else?", ["/again"]));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const urls = asked(context);
  await context.addInitScript(() => {
    const all: string[] = [];
    Object.assign(window, { violations: all });
    addEventListener("securitypolicyviolation", (event) => {
      all.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  const errors = watchErrors(page);
  await page.goto(`${pages.origin}/thanks`);
  await until("the script of surveys", 10_000, () => urls.includes("/f.js"));
  expect(await page.locator(HOST).count()).toBe(0);
  session = await sessionOf(page);
  await recordingOf(owner, site, session);
  const button = page.getByRole("button", { name: "Print" });
  await button.focus();
  await track(page, "order");
  await page.locator(HOST).waitFor();
  // It takes nobody's focus away.
  expect(await button.evaluate((node) => node === document.activeElement)).toBe(true);
  await tabInto(page);
  // The first score has the focus; an arrow goes on to the second and chooses it.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type(COMMENT);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const found = await sessionWith(owner, site, session, { survey_shown: 1, survey_answered: 1 });
  const answer = found.events.find(({ name }) => name === "survey_answered") as unknown as {
    time_ms: number;
    properties: Record<string, unknown>;
  };
  expect(answer.properties).toEqual({
    survey: rating,
    question: QUESTION,
    score: 2,
    comment: COMMENT,
  });
  answeredAt = answer.time_ms;
  expect(await page.evaluate(() => Reflect.get(window, "violations"))).toEqual([]);
  expect(errors).toEqual([]);

  // Asked once: after the same event on another page another survey comes, and only that.
  const next = await context.newPage();
  await next.goto(`${pages.origin}/again`);
  await sessionOf(next);
  await track(next, "order");
  await track(next, "checked");
  await next.locator(HOST).waitFor();
  await tabInto(next);
  await next.keyboard.press("Escape");
  await next.locator(HOST).waitFor({ state: "detached" });
  const last = `survey_dismissed ${other}`;
  const all = await until("the closed one", 10_000, async () => {
    const told = await surveysIn(session);
    return told.includes(last) && told;
  });
  expect(all).toEqual([
    `survey_shown ${rating}`,
    `survey_answered ${rating}`,
    `survey_shown ${other}`,
    last,
  ]);
  await context.close();
});

test("nothing of what was asked or typed is in the recording", async () => {
  const chunks = tap.requests.filter(({ url }) => url.startsWith("/r/"));
  expect(chunks.some(({ body }) => body.includes("Your lamps are on their way."))).toBe(true);
  // An empty box stands in its place.
  expect(chunks.some(({ body }) => body.includes('"rr_width"'))).toBe(true);
  const words = [...COMMENT.split(" ").filter((word) => word.length > 6), QUESTION];
  for (const word of words) {
    expect(chunks.filter(({ body }) => body.includes(word)).map(({ url }) => url)).toEqual([]);
  }
  const events = tap.requests.filter(({ url }) => url.startsWith("/e/"));
  expect(events.filter(({ body }) => body.includes(COMMENT))).toHaveLength(1);
  const kept = await fetch(
    `${server.origin}/api/v1/sites/${site.id}/recordings/${session}/export?format=rrweb`,
    { headers: { cookie: owner.cookie } },
  );
  const text = await kept.text();
  expect(text).toContain("Your lamps are on their way.");
  expect(words.filter((word) => text.includes(word))).toEqual([]);
});

test("a page that none is for asks for nothing, and mode none for nothing at all", async () => {
  const context = await browser.newContext();
  const urls = asked(context);
  const page = await context.newPage();
  await page.goto(`${pages.origin}/quiet`);
  await until("web vitals", 10_000, () => urls.includes("/v.js"));
  await page.waitForLoadState("networkidle");
  expect(urls).not.toContain("/f.js");
  await ask("Everywhere", {
    ...after("order", "Anywhere?", []),
    moment: { seconds: 0 },
    pages: ["/none"],
  });
  await context.close();
  // A browser of its own: a page that is left still sends what it has.
  const other = await browser.newContext();
  const askedByNone = asked(other);
  const none = await other.newPage();
  await none.goto(`${pages.origin}/none`);
  await track(none, "order");
  await none.waitForLoadState("networkidle");
  expect(askedByNone).toEqual(["/none", "/t.js"]);
  expect(await none.locator(HOST).count()).toBe(0);
  await other.close();
});

test("without a cookie it is closed once for the whole visit, and the device keeps nothing", async () => {
  const once = await ask("Once", {
    ...after("-", "Once?", ["/first", "/second"]),
    moment: { seconds: 0 },
  });
  const other = await ask("Second", after("checked", "And now?", ["/second"]));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${pages.origin}/first`);
  await page.locator(HOST).waitFor();
  await tabInto(page);
  await page.keyboard.press("Escape");
  await page.locator(HOST).waitFor({ state: "detached" });
  const id = await sessionOf(page);
  await sessionWith(owner, site, id, { survey_shown: 1, survey_dismissed: 1 });
  await page.goto(`${pages.origin}/second`);
  expect(await sessionOf(page)).toBe(id);
  await track(page, "checked");
  await page.locator(HOST).waitFor();
  await until("the other one", 10_000, async () =>
    (await surveysIn(id)).includes(`survey_shown ${other}`),
  );
  expect((await surveysIn(id)).filter((each) => each === `survey_shown ${once}`)).toHaveLength(1);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  await context.close();
});

/** Its watchers sleep for the first seconds of a page. */
const ARMED_MS = 3200;
const LEAVING = {
  kind: "choice",
  moment: "exit",
  pages: ["/leave"],
  choices: ["Price", "Delivery"],
  words: { question: "What keeps you from ordering?" },
};

test("who goes up to the tabs with the mouse is asked, and nobody who goes elsewhere", async () => {
  const leaving = await ask("Leaving the page", LEAVING);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const urls = asked(context);
  const page = await context.newPage();
  await page.goto(`${pages.origin}/leave`);
  await until("the script of surveys", 10_000, () => urls.includes("/f.js"));
  const id = await sessionOf(page);
  const go = async (x: number, y: number) => {
    await page.mouse.move(640, 300);
    await page.mouse.move(x, y, { steps: 4 });
    await page.waitForTimeout(200);
  };
  const shown = () => page.locator(HOST).count();
  // Whoever has only just come is not on the way out.
  await go(640, -2);
  expect(await shown()).toBe(0);
  await page.waitForTimeout(ARMED_MS);
  await go(640, 60);
  await go(-2, 300);
  expect(await shown()).toBe(0);
  // On a busy machine its watchers came later, and sleep for longer.
  await until("the survey", 20_000, async () => {
    await go(640, -2);
    return (await shown()) > 0;
  });
  await tabInto(page);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const found = await sessionWith(owner, site, id, { survey_shown: 1, survey_answered: 1 });
  const answer = found.events.find(({ name }) => name === "survey_answered");
  expect((answer as unknown as { properties: object }).properties).toMatchObject({
    survey: leaving,
    question: LEAVING.words.question,
    choice: "Delivery",
  });
  // Once is enough.
  await go(640, -2);
  expect(await surveysIn(id)).toEqual([`survey_shown ${leaving}`, `survey_answered ${leaving}`]);
  await context.close();
});

test("by finger it is the fast way back to the top, and no jump there", async () => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const urls = asked(context);
  const page = await context.newPage();
  await page.goto(`${pages.origin}/leave`);
  await until("the script of surveys", 10_000, () => urls.includes("/f.js"));
  await page.waitForTimeout(ARMED_MS);
  const devtools = await context.newCDPSession(page);
  /** A finger that goes from one height to another, in so many milliseconds. */
  const swipe = async (from: number, to: number, ms: number) => {
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", y: number) =>
      devtools.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x: 200, y }],
      });
    const steps = 8;
    await touch("touchStart", from);
    for (let step = 1; step <= steps; step += 1) {
      await touch("touchMove", from + ((to - from) * step) / steps);
      if (ms > 0) await page.waitForTimeout(ms / steps);
    }
    await touch("touchEnd", to);
  };
  const down = async () => {
    for (let time = 0; time < 3; time += 1) await swipe(800, 60, 300);
    await page.waitForTimeout(700);
    await until("the lower part of the page", 15_000, async () => {
      if ((await page.evaluate(() => scrollY)) > 1200) return true;
      await swipe(800, 60, 300);
      return false;
    });
  };
  await down();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(300);
  expect(await page.locator(HOST).count()).toBe(0);
  // A busy machine makes a slow way of a fast one, which is then gone once more, as fast as it can.
  let ms = 160;
  await until("the survey", 30_000, async () => {
    await down();
    await swipe(60, 820, ms);
    ms = ms > 0 ? 0 : 160;
    await page.locator(HOST).waitFor({ timeout: 2_000 });
    return true;
  });
  await context.close();
});

test("axe finds nothing in it, on light and dark pages, on a phone, from right to left", async () => {
  const found: string[] = [];
  await ask("Looks", {
    ...after("look", QUESTION, ["/looks", "/dark"]),
    kind: "nps",
    words: {
      question: "How likely are you to recommend us?",
      follow_up: "Why?",
      low: "Not likely",
      high: "Very likely",
    },
  });
  await ask("Turned", {
    kind: "choice",
    moment: { event: "turn" },
    pages: ["/looks", "/dark"],
    language: "ar",
    choices: ["السعر", "التوصيل"],
    words: { question: "ما الذي يمنعك من الطلب؟", follow_up: "لماذا؟" },
  });
  await ask("Tab", {
    kind: "text",
    moment: "tab",
    pages: ["/dark"],
    words: { question: "What is missing here?" },
  });
  for (const [path, event, width] of [
    ["/looks", "look", 1280],
    ["/looks", "look", 360],
    ["/dark", "look", 390],
    ["/dark", "turn", 1280],
  ] as const) {
    const context = await browser.newContext({
      viewport: { width, height: 740 },
      reducedMotion: "reduce",
    });
    // For once its insides are open, so that axe can look.
    await context.addInitScript(() => {
      const native = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (options) {
        return native.call(this, { ...options, mode: "open" });
      };
    });
    const page = await context.newPage();
    await page.goto(`${pages.origin}${path}`);
    await sessionOf(page);
    await track(page, event);
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    const [first] = await dialog.getByRole("radio").all();
    await first?.check();
    await dialog.getByRole("textbox").waitFor();
    const where = `widget${path.replace("/", "-")}-${event}-${width}`;
    await keepPicture(page, where);
    found.push(...(await violationsOf(page)).map((one) => `${where} ${one}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found.push(`${where} is ${wide} pixels too wide`);
    await context.close();
  }
  expect(found).toEqual([]);
});

test("the dashboard has the answer, and its second of the recording", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Feedback" }).click();
  await until("its row", 15_000, async () => {
    const all = await cellsOf(page, LIST);
    const row = all.find(([name]) => name?.startsWith("After the order")) ?? [];
    expect(row.slice(1, 6).map((cell) => cell.replaceAll("\u00a0", " "))).toEqual([
      "On",
      "2.0 of 5",
      "1",
      "1",
      "100.0 %",
    ]);
    return true;
  });
  await page.getByRole("link", { name: "After the order" }).click();
  await page.getByRole("heading", { name: "“After the order”: 2.0 of 5" }).waitFor();
  await page.getByText("1 answer, 100.0 % of those who saw it, 0 closed it.").waitFor();
  const answers = page.getByRole("list", { name: "Answers, the newest first" });
  await answers.getByText(COMMENT).waitFor();
  await page.getByLabel("Find in comments and choices").fill("giraffe");
  await answers.getByText("No answer fits this.").waitFor();
  await page.getByLabel("Find in comments and choices").fill("vOUCHER");
  await answers.getByText(COMMENT).waitFor();

  await page
    .getByRole("table", { name: "What they answered" })
    .getByRole("button", { name: "1" })
    .click();
  const drawer = page.getByRole("dialog", { name: /^1 person answered/ });
  await drawer.waitFor();
  await drawer.getByRole("button", { name: "Close" }).click();

  const { recordings } = await owner.get<{ recordings: { started_ms: number }[] }>(
    `sites/${site.id}/recordings?session=${session}`,
  );
  const second = Math.max(
    0,
    Math.floor((answeredAt - 5000 - (recordings[0]?.started_ms ?? 0)) / 1000),
  );
  await answers.getByRole("link", { name: /watch this answer/ }).click();
  await page.waitForURL(`**/sessions/${session}*#t=${second}`);
  await page.getByText(`Answered 2`).first().waitFor();
  desk.expectQuiet();
});

test("a template makes a draft in one click; switched on, pages have it; undo takes it back", async () => {
  const { page } = desk;
  const fresh = await addSite(owner, "Fresh");
  const rules = async () => {
    const answer = await fetch(`${server.origin}/c/${fresh.key}`, {
      headers: { origin: "http://127.0.0.1:7" },
    });
    return ((await answer.json()) as { surveys?: { kind: string }[] }).surveys ?? [];
  };
  await page.goto(`${server.origin}/sites/${fresh.id}/feedback`);
  await page.getByRole("heading", { name: "Nobody is asked anything yet" }).waitFor();
  await page.getByRole("list", { name: "Templates" }).getByRole("button", { name: /^NPS/ }).click();
  const form = page.getByRole("form", { name: "Change the survey" });
  await form.getByLabel(/^Name/).fill("Would they?");
  await form.getByLabel(/^Share of visitors/).fill("100");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("“NPS” is changed").waitFor();
  expect(await rules()).toEqual([]);
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByText("“Would they?” is on").waitFor();
  expect(await rules()).toMatchObject([{ kind: "nps", share_percent: 100 }]);

  await page.getByRole("link", { name: "All surveys" }).click();
  await page.getByRole("button", { name: "New survey" }).click();
  await page.getByRole("button", { name: /^Exit question/ }).click();
  await page.getByText("“Exit question” is a draft").waitFor();
  await page
    .locator(".toasts p")
    .filter({ hasText: "is a draft" })
    .last()
    .getByRole("button")
    .click();
  await page.getByRole("link", { name: "Would they?" }).waitFor();
  await page.getByRole("link", { name: "Exit question" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Pause Would they?" }).click();
  const toast = (words: string) => page.locator(".toasts p").filter({ hasText: words });
  await toast("is paused").getByRole("button", { name: "Undo" }).click();
  await until("it is on again", 10_000, async () => (await rules()).length === 1);
  await page.getByRole("button", { name: "More with Would they?" }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await until("nobody is asked", 10_000, async () => (await rules()).length === 0);
  await toast("is archived").getByRole("button", { name: "Undo" }).click();
  await until("it is on as it was", 10_000, async () => (await rules()).length === 1);
  desk.expectQuiet();
});

test("its screens hold for everybody", async () => {
  const { page } = desk;
  const base = `${server.origin}/sites/${site.id}/feedback`;
  const empty = await addSite(owner, "Empty");
  const draft = await owner.send<Saved>("POST", `sites/${site.id}/surveys`, {
    name: "Leaving",
    survey: {
      kind: "choice",
      moment: "exit",
      choices: ["Price", "Delivery"],
      words: { question: "What keeps you?" },
    },
  });
  await holdOnPhone(page, [
    {
      name: "feedback-list",
      url: base,
      there: (at) => at.getByRole("link", { name: "After the order" }).waitFor(),
    },
    {
      name: "feedback-survey",
      url: `${base}?survey=${rating}`,
      there: (at) => at.getByText(COMMENT).waitFor(),
    },
    {
      name: "feedback-edit",
      url: `${base}?survey=${draft.id}`,
      there: (at) => at.getByRole("form", { name: "Change the survey" }).waitFor(),
    },
    {
      name: "feedback-empty",
      url: `${server.origin}/sites/${empty.id}/feedback`,
      there: (at) => at.getByRole("heading", { name: "Nobody is asked anything yet" }).waitFor(),
    },
  ]);
  desk.expectQuiet();
});

// What a page tells of its visitor in each mode, and that a refusal holds: on the device, on the
// wire, and in the server, which believes no page. Each test has a site of its own, because
// without a cookie all browsers of one machine are one visitor of a site.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Sent, watchErrors, watchWire } from "../support/browser.ts";
import { openDesk } from "../support/dashboard.ts";
import type { Loopback } from "../support/loopback.ts";
import { type OwnPage, startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Session, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { bodyText, envelopeOf, everythingSent } from "../support/wire.ts";
import { openWorld } from "../support/world.ts";

const BODY = `<h1>Lamps</h1><button type="button">Look closer</button><a href="/second">Second</a>
<form><label>Name <input name="name"></label></form>`;
/** More than any timer of the tracker waits. */
const LONG_MS = 120_000;
const [VISITOR, SESSION] = ["1f".repeat(16), "2e".repeat(16)];

let server: Server;
let browser: Browser;
let owner: Owner;
const open: (Loopback | BrowserContext)[] = [];

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
});

afterAll(async () => {
  for (const each of open) await ("stop" in each ? each.stop() : each.close());
  await browser?.close();
  await server?.stop();
});

interface Visit {
  readonly site: Site;
  readonly origin: string;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly errors: string[];
  /** What went to the server, in order. */
  sent(): Sent[];
}

/** A site of two pages with one mode, and a browser that has never been there. */
async function visitTo(
  mode: string,
  name: string,
  extraHTTPHeaders: Record<string, string> = {},
): Promise<Visit> {
  const site = await addSite(owner, name);
  const page = { head: snippetOf(server.origin, site.key, mode), body: BODY };
  return visitPages(site, { "/": page, "/second": page }, extraHTTPHeaders);
}

async function visitPages(
  site: Site,
  pages: Record<string, OwnPage>,
  extraHTTPHeaders: Record<string, string> = {},
): Promise<Visit> {
  const loopback = await startOwnPages(pages);
  const context = await browser.newContext({ extraHTTPHeaders });
  open.push(loopback, context);
  const wire = watchWire(context);
  const page = await context.newPage();
  return {
    site,
    origin: loopback.origin,
    context,
    page,
    errors: watchErrors(page),
    sent: () => wire.filter(({ url }) => url.startsWith(server.origin)),
  };
}

/** Everything that the site left on the device. */
async function keptBy({ context, page, origin }: Visit): Promise<string[]> {
  const cookies = (await context.cookies(origin)).map(({ name }) => `cookie ${name}`);
  const others = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return [
      ...Object.keys(localStorage).map((key) => `local storage ${key}`),
      ...Object.keys(sessionStorage).map((key) => `session storage ${key}`),
      ...databases.map(({ name }) => `database ${name}`),
      ...(await caches.keys()).map((name) => `cache ${name}`),
    ];
  });
  return [...cookies, ...others];
}

const pathsOf = (sent: readonly Sent[]) => sent.map(({ url }) => new URL(url).pathname);

/** Does what a visitor does, and leaves. */
async function useAndLeave({ page, origin }: Visit): Promise<void> {
  await page.getByRole("button").click();
  await page.getByRole("textbox").fill("somebody");
  await page.clock.runFor(LONG_MS);
  await page.goto(`${origin}/second`);
  await page.clock.runFor(LONG_MS);
  await page.goto("about:blank");
}

describe("modes", () => {
  test("none asks for the script alone and keeps nothing", async () => {
    const visit = await visitTo("none", "None");
    const { page, origin, sent } = visit;
    await page.clock.install();
    await page.goto(origin);
    expect(await sessionOf(page)).toBe("");
    await page.evaluate(() => window.hitmetrix.track("signup"));
    await page.clock.runFor(LONG_MS);
    expect(await keptBy(visit)).toEqual([]);
    await useAndLeave(visit);
    expect(new Set(pathsOf(sent()))).toEqual(new Set(["/t.js"]));
    expect(visit.errors).toEqual([]);
  });

  test("none waits for consent to any other mode", async () => {
    for (const mode of ["cookieless", "persistent"] as const) {
      const visit = await visitTo("none", `None, then ${mode}`);
      const { page, origin, site, sent } = visit;
      await page.goto(origin);
      expect(await sessionOf(page)).toBe("");
      expect(pathsOf(sent())).toEqual(["/t.js"]);
      await page.evaluate((wish) => window.hitmetrix.consent(wish), mode);
      const session = await sessionWith(owner, site, await sessionOf(page), { pageview: 1 });
      expect(session.mode).toBe(mode);
      const kept = mode === "persistent" ? [`cookie hm_${site.key}`] : [];
      expect((await keptBy(visit)).filter((each) => each.startsWith("cookie"))).toEqual(kept);
    }
  });

  test("cookieless keeps nothing, and the server names the session", async () => {
    const visit = await visitTo("cookieless", "Cookieless");
    const { page, origin, site } = visit;
    await page.goto(origin);
    const id = await sessionOf(page);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    await recordingOf(owner, site, id);
    expect(await keptBy(visit)).toEqual([]);
    await page.getByRole("link", { name: "Second" }).click();
    expect(await sessionOf(page)).toBe(id);
    const session = await sessionWith(owner, site, id, { pageview: 2 });
    expect(session.mode).toBe("cookieless");
    expect(await keptBy(visit)).toEqual([]);
    const told = everythingSent(visit.sent());
    expect(told).not.toMatch(/"(visitor|session)":/);
    expect(visit.sent().some(({ headers }) => "cookie" in headers)).toBe(false);
  });

  test("an unknown mode and none at all are cookieless", async () => {
    for (const [name, mode] of [
      ["Unknown mode", "everything"],
      ["Empty mode", ""],
    ] as const) {
      const visit = await visitTo(mode, name);
      await visit.page.goto(visit.origin);
      const id = await sessionOf(visit.page);
      expect((await sessionWith(owner, visit.site, id, { pageview: 1 })).mode).toBe("cookieless");
      expect(await keptBy(visit)).toEqual([]);
    }
  });

  test("persistent sets one cookie, and the session goes on over pages and tabs", async () => {
    const visit = await visitTo("persistent", "Persistent");
    const { page, origin, site, context } = visit;
    await page.goto(origin);
    const id = await sessionOf(page);
    expect((await context.cookies()).map(({ name }) => name)).toEqual([`hm_${site.key}`]);
    await page.getByRole("link", { name: "Second" }).click();
    expect(await sessionOf(page)).toBe(id);
    const tab = await context.newPage();
    await tab.goto(origin);
    expect(await sessionOf(tab)).toBe(id);
    const session = await sessionWith(owner, site, id, { pageview: 3 });
    expect(session.mode).toBe("persistent");
    const [cookie] = await context.cookies();
    expect(cookie?.value.startsWith(`${session.visitor}.${id}.`)).toBe(true);
    expect(visit.sent().some(({ headers }) => "cookie" in headers)).toBe(false);
  });
});

describe("consent", () => {
  for (const end of ["none", "cookieless"] as const) {
    test(`given, it begins a session that goes on from the first; taken back for ${end}, nothing is left`, async () => {
      const visit = await visitTo("cookieless", `Consent ${end}`);
      const { page, origin, site, context, sent } = visit;
      await page.clock.install();
      await page.goto(`${origin}/?utm_source=letter`);
      const before = await sessionOf(page);
      await recordingOf(owner, site, before);
      await page.evaluate(() => window.hitmetrix.consent("persistent"));
      const id = await sessionOf(page);
      expect(id).not.toBe(before);
      expect((await context.cookies()).map(({ name }) => name)).toEqual([`hm_${site.key}`]);
      await recordingOf(owner, site, id);
      await page.getByRole("link", { name: "Second" }).click();
      expect(await sessionOf(page)).toBe(id);
      // What the first page sends as it goes may come after what the second one begins with.
      const session = await sessionWith(owner, site, id, { consent: 1, pageview: 1 });
      expect([session.mode, session.source]).toEqual(["persistent", "letter"]);
      // The first session is known of its recording; its page may still be on its way.
      await expect.poll(() => entryPages(site)).toEqual([["/", 2]]);

      await page.evaluate((mode) => window.hitmetrix.consent(mode), end);
      expect(await context.cookies()).toEqual([]);
      // What waited on the device for the network goes as soon as the page is idle.
      await until("nothing kept", 15_000, async () => (await keptBy(visit)).length === 0);
      const from = sent().length;
      await page.getByRole("button").click();
      await page.evaluate(() => window.hitmetrix.track("signup"));
      if (end === "none") {
        await page.clock.runFor(LONG_MS);
        await page.goto("about:blank");
        expect(pathsOf(sent().slice(from))).toEqual([]);
        return;
      }
      // A chunk of the earlier session may still be answered; then its id is told once more.
      const after = await until("a session of its own", 15_000, async () => {
        const given = await sessionOf(page);
        return given !== id && given;
      });
      const last = await sessionWith(owner, site, after, { signup: 1 });
      expect(last.mode).toBe("cookieless");
      // What happened before goes as it happened; what happened since tells of nobody.
      const since = sent().filter((one) => bodyText(one).includes('"signup"'));
      expect(since.length).toBeGreaterThan(0);
      expect(everythingSent(since)).not.toContain(session.visitor);
      expect(await keptBy(visit)).toEqual([]);
    });
  }
});

/** Where the sessions of a site began. */
async function entryPages(site: Site): Promise<unknown> {
  const question = {
    kind: "breakdown",
    dimension: "entry_page",
    measures: ["sessions"],
    period: { last: "2d" },
    bots: "include",
  };
  const answer = await owner.send<{ rows: unknown }>("POST", `sites/${site.id}/ask`, question);
  return answer.rows;
}

const REFUSALS = [
  {
    name: "Global Privacy Control",
    header: "Sec-GPC",
    property: "globalPrivacyControl",
    value: true,
  },
  { name: "Do Not Track", header: "DNT", property: "doNotTrack", value: "1" },
] as const;

describe("a refusal", () => {
  for (const refusal of REFUSALS) {
    test(`by ${refusal.name} ends what was kept; nothing is recorded`, async () => {
      const visit = await visitTo("persistent", refusal.name);
      const { page, origin, site, context, sent } = visit;
      await page.goto(origin);
      await recordingOf(owner, site, await sessionOf(page));
      expect(await context.cookies()).toHaveLength(1);
      const before = sent().length;
      await refuse(context, refusal);
      await page.clock.install();
      await page.goto(`${origin}/second`);
      const id = await sessionOf(page);
      await page.evaluate(() => window.hitmetrix.consent("persistent"));
      await page.getByRole("button").click();
      const session = await sessionWith(owner, site, id, { pageview: 1, click: 1 });
      expect(session.mode).toBe("cookieless");
      await page.clock.runFor(LONG_MS);
      await expect.poll(() => keptBy(visit)).toEqual([]);
      await page.goto("about:blank");
      // The first page may still have had a chunk to send when it was left.
      const since = sent().slice(before);
      const chunks = since.filter(({ url }) => url.includes("/r/"));
      const ofSecond = chunks.filter((chunk) => envelopeOf(chunk).url?.endsWith("/second"));
      expect(ofSecond).toEqual([]);
      expect(pathsOf(since)).toContain("/x.js");
      expect(pathsOf(since)).not.toContain("/r.js");
    });

    test(`by ${refusal.name} is enforced by the server`, async () => {
      const { site, origin } = await visitTo("persistent", `${refusal.name} by hand`);
      const headers = { origin, [refusal.header.toLowerCase()]: "1" };
      const chunk = await fetch(`${server.origin}/r/${site.key}`, {
        method: "POST",
        headers,
        body: handMade({ sequence: 0, recorder: "rrweb-2.1.6/1", url: origin }, [
          { type: 4, timestamp: Date.now(), data: { href: origin, width: 800, height: 600 } },
        ]),
      });
      expect(chunk.status).toBe(403);
      expect(await chunk.text()).toContain("asks not to be tracked");
      const event = { name: "pageview", sequence: 0, time_ms: Date.now(), url: `${origin}/` };
      const answer = await fetch(`${server.origin}/e/${site.key}`, {
        method: "POST",
        headers,
        body: handMade({}, [event]),
      });
      const { session } = (await answer.json()) as { session: string };
      expect(session).not.toBe(SESSION);
      const stored = await sessionWith(owner, site, session, { pageview: 1 });
      expect([stored.mode, stored.visitor === VISITOR]).toEqual(["cookieless", false]);
      await expect(owner.get(`sites/${site.id}/sessions/${SESSION}`)).rejects.toThrow("404");
    });
  }

  test("by Do Not Track counts for nothing where the site says so", async () => {
    const [, refusal] = REFUSALS;
    const visit = await visitTo("persistent", "Do Not Track ignored");
    const { rules } = visit.site.settings;
    const settings = { ...visit.site.settings, rules: { ...rules, respect_dnt: false } };
    await owner.send("PATCH", `sites/${visit.site.id}`, { settings });
    await refuse(visit.context, refusal);
    await visit.page.goto(visit.origin);
    const id = await sessionOf(visit.page);
    const session: Session = await sessionWith(owner, visit.site, id, { pageview: 1 });
    expect(session.mode).toBe("persistent");
    await recordingOf(owner, visit.site, id);
  });
});

describe("a site whose privacy mode is cookieless", () => {
  test("takes no lasting visitor, whatever tag, cookie and consent say, and says so", async () => {
    const visit = await visitTo("persistent", "Cookieless always");
    const { site, origin, page, context } = visit;
    await page.goto(origin);
    const before = await sessionWith(owner, site, await sessionOf(page), { pageview: 1 });
    expect(before.mode).toBe("persistent");
    const cookies = await context.cookies();
    expect(cookies).toHaveLength(1);
    await page.goto("about:blank");

    // An admin sets it where the other rules are.
    const desk = await openDesk(browser, server, owner);
    open.push(desk.context);
    await desk.page.goto(`${server.origin}/sites/${site.id}/settings/recording`);
    await desk.page.getByLabel("Privacy mode").selectOption("cookieless");
    await desk.page.getByRole("button", { name: "Save", exact: true }).click();
    await desk.page.getByText("Saved; pages have it within a minute").waitFor();
    await keepPicture(desk.page, "privacy-mode-settings");

    // A browser that still has the cookie, and whose page asks for a consent.
    const again = await browser.newContext();
    open.push(again);
    await again.addCookies(cookies);
    const returning = await again.newPage();
    await returning.goto(origin);
    const id = await sessionOf(returning);
    await returning.evaluate(() => window.hitmetrix.consent("persistent"));
    const session = await sessionWith(owner, site, id, { pageview: 1 });
    expect([session.mode, session.visitor === before.visitor]).toEqual(["cookieless", false]);
    await recordingOf(owner, site, id);
    expect(await keptBy({ ...visit, context: again, page: returning })).toEqual([]);
    const event = { name: "pageview", sequence: 0, time_ms: Date.now(), url: `${origin}/` };
    const answer = await fetch(`${server.origin}/e/${site.key}`, {
      method: "POST",
      headers: { origin },
      body: handMade({}, [event]),
    });
    expect(((await answer.json()) as { session: string }).session).not.toBe(SESSION);

    // The code to paste is in step, and persons say what they are.
    await desk.page.goto(`${server.origin}/sites/${site.id}/code`);
    await desk.page.getByText("The privacy mode of this site").waitFor();
    await expect.poll(() => desk.page.getByRole("radio").count()).toBe(1);
    await expect
      .poll(() => desk.page.locator(".code pre").innerText())
      .toContain('data-mode="cookieless"');
    await desk.page.goto(`${server.origin}/sites/${site.id}/people`);
    const said = "a person is one browser on one day, unless your own server or an import names it";
    await desk.page.getByRole("note").filter({ hasText: said }).waitFor();
    await keepPicture(desk.page, "privacy-mode-people");
    await desk.page.goto(`${server.origin}/sites/${site.id}`);
    await desk.page.locator("footer.foot").getByText(said).waitFor();
  });
});

/** From the next page on the browser refuses, as the setting of a browser does. */
async function refuse(context: BrowserContext, refusal: (typeof REFUSALS)[number]): Promise<void> {
  const { property, value, header } = refusal;
  await context.addInitScript(
    ([name, wanted]) => Object.defineProperty(navigator, name, { value: wanted }),
    [property, value] as const,
  );
  await context.setExtraHTTPHeaders({ [header]: "1" });
}

/** A body as nobody's page sends it: it claims a lasting visitor and hides the refusal. */
function handMade(more: Record<string, unknown>, lines: readonly unknown[]): string {
  const envelope = {
    v: 1,
    window: "3d".repeat(16),
    visitor: VISITOR,
    session: SESSION,
    mode: "persistent",
    sent_ms: Date.now(),
    tracker: "1",
    ...more,
  };
  return [envelope, ...lines].map((line) => JSON.stringify(line)).join("\n");
}

describe("pages that make it hard", () => {
  test("a page under a strict policy is counted and recorded, without a violation", async () => {
    const site = await addSite(owner, "Strict policy");
    const policy = `default-src 'none'; script-src ${server.origin}; connect-src ${server.origin}; require-trusted-types-for 'script'; trusted-types 'none'; img-src data:; form-action 'self'; base-uri 'none'`;
    const head = snippetOf(server.origin, site.key, "persistent");
    const visit = await visitPages(site, {
      "/": { head, body: BODY, headers: { "content-security-policy": policy } },
    });
    const { page } = visit;
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(visit.origin);
    const id = await sessionOf(page);
    await page.getByRole("button").click();
    await recordingOf(owner, site, id);
    await sessionWith(owner, site, id, { pageview: 1, click: 1 });
    expect([...complaints, ...visit.errors]).toEqual([]);
  });

  test("a page that hides and replaces what it finds is counted and gets no error", async () => {
    const site = await addSite(owner, "Clobbered");
    const before = `<script>
      Array.prototype.toJSON = function () { return "[" + this.join() + "]" };
      Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] };
      Array.prototype.last = function () { return this[this.length - 1] };
      Object.prototype.extend = function () {};
      Date.now = () => 0;
    </script>`;
    const after = `<script defer src="/late.js"></script>`;
    const names = [
      "cookie",
      "title",
      "currentScript",
      "visibilityState",
      "addEventListener",
      "body",
    ];
    const clobbers = names
      .map(
        (name) =>
          `<form name="${name}"><input name="getAttribute"><input name="closest"><input name="id"></form>`,
      )
      .join("");
    const visit = await visitPages(site, {
      "/": {
        head: `${before}${snippetOf(server.origin, site.key, "persistent")}${after}`,
        body: `${clobbers}<img name="referrer" alt=""><a id="addEventListener"></a><a id="location"></a>
          <form id="order" name="documentElement"><input name="matches"><input name="parentNode"><input name="tagName"><input name="nodeType">
          <input name="innerText"><input name="getBoundingClientRect"><button type="button" style="position: fixed; inset: 0 auto auto 0; width: 90px; height: 40px">Look closer</button></form>`,
      },
      "/late.js": {
        script: `const no = () => { throw new Error("the page's own") };
          window.fetch = JSON.stringify = navigator.sendBeacon = document.querySelector = no;
          const wrap = (owner, name) => {
            const before = owner[name];
            owner[name] = function (...all) { return before.apply(this, all) };
          };
          wrap(EventTarget.prototype, "addEventListener");
          wrap(Element.prototype, "getAttribute");
          wrap(window, "setTimeout");
          wrap(Array.prototype, "map");`,
      },
    });
    const { page } = visit;
    await page.goto(visit.origin);
    const id = await sessionOf(page);
    // By place, because a locator asks the page's own methods; and after the first picture, because
    // the browser drops clicks before it.
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    await page.mouse.click(20, 20);
    await sessionWith(owner, site, id, { pageview: 1, click: 1 });
    expect(visit.errors).toEqual([]);
  });
});

test("a page whose library writes arrays in its own way is recorded as it is", async () => {
  const site = await addSite(owner, "Own arrays");
  // As Prototype.js 1.6 does it, which old shops still carry.
  const library = `<script>
    Array.prototype.toJSON = function () {
      return "[" + this.map((each) => JSON.stringify(each)).join(", ") + "]";
    };
  </script>`;
  const head = `${library}${snippetOf(server.origin, site.key, "persistent")}`;
  const visit = await visitPages(site, { "/": { head, body: BODY } });
  await visit.page.goto(visit.origin);
  const id = await sessionOf(visit.page);
  await recordingOf(owner, site, id);
  const replay = await openReplay(browser, server, owner, { site: site.id, id });
  expect(await replay.frame.evaluate(() => document.body.innerText)).toContain("Look closer");
  await replay.close();
  expect(visit.errors).toEqual([]);
});

test("a page that may store nothing at all gets no error", async () => {
  const site = await addSite(owner, "Sandbox");
  const head = snippetOf(server.origin, site.key, "persistent");
  const headers = { "content-security-policy": "sandbox allow-scripts" };
  const visit = await visitPages(site, { "/": { head, body: BODY, headers } });
  const { page } = visit;
  await page.goto(visit.origin);
  await until("the tracker", 15_000, () => page.evaluate(() => "hitmetrix" in window));
  await page.getByRole("button").click();
  await until("the second file", 15_000, () => pathsOf(visit.sent()).includes("/x.js"));
  expect(visit.errors).toEqual([]);
});

test("a page without a server behind its script works as before", async () => {
  const site = await addSite(owner, "Blocked");
  const visit = await visitPages(site, {
    "/": { head: snippetOf(server.origin, site.key, "persistent"), body: BODY },
  });
  await visit.page.route(
    (url) => /^\/[cerxv]/.test(url.pathname),
    (route) => route.abort(),
  );
  await visit.page.goto(visit.origin);
  await until("the tracker", 15_000, () => visit.page.evaluate(() => "hitmetrix" in window));
  await visit.page.getByRole("button").click();
  expect(visit.errors).toEqual([]);
});

// Anyone with the public key can post a recording. This one carries everything that could run,
// fetch, lead away or submit. It is shown twice: as the server gives it, and as if the server had
// let all of it pass, so that the browser's own last look is tried as well.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SITE_ORIGIN = "http://127.0.0.1:9";
const HOSTILE = "0badc0de".repeat(4);
const HARMLESS = "0ddba115".repeat(4);
/** What each script would do. */
const RUN = "top.ran = 1; alert(1); top.document.body.append('owned')";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
/** Whatever reaches this was asked for by a recording. */
let trap: Loopback;
const caught: string[] = [];
let posted: RecordedEvents;

beforeAll(async () => {
  trap = await startLoopback((request, response) => {
    caught.push(request.url ?? "");
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Hostile");
  posted = hostile();
  for (const [session, lines] of [
    [HOSTILE, posted],
    [HARMLESS, harmless()],
  ] as const) {
    const pageview = {
      name: "pageview",
      sequence: 0,
      time_ms: Date.now(),
      url: `${SITE_ORIGIN}/`,
      title: `<img src="${trap.origin}/title" onerror="${RUN}">`,
    };
    const click = {
      name: "click",
      sequence: 1,
      time_ms: Date.now(),
      url: `${SITE_ORIGIN}/`,
      properties: {
        path: "body>a",
        x: 0.5,
        y: 0.5,
        text: `<script>${RUN}</script>`,
        href: `javascript:${RUN}`,
      },
    };
    const visit = { key: site.key, origin: SITE_ORIGIN, session };
    await postVisit(server, { ...visit, lines, events: [pageview, click] });
    await recordingOf(owner, site, session);
    // Seen from the start, so that the list says the same of both whenever it is looked at.
    await owner.send("PUT", `sites/${site.id}/recordings/${session}/seen`);
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await trap?.stop();
});

test("a hostile recording runs nothing and asks nobody", () => show());

test("neither does it when the server lets everything pass", async () => {
  const raw = posted.map((line) => `${JSON.stringify(line)}\n`).join("");
  let given = 0;
  await show((page) =>
    page.route(/\/chunks\//, (route) => {
      given += 1;
      return route.fulfill({ contentType: "application/x-ndjson", body: raw });
    }),
  );
  expect(given).toBeGreaterThan(0);
});

async function show(prepare?: (page: Page) => Promise<unknown>): Promise<void> {
  const dialogs: string[] = [];
  const replay = await openReplay(browser, server, owner, {
    site: site.id,
    id: HOSTILE,
    async prepare(page) {
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await prepare?.(page);
    },
  });
  const { page, frame } = replay;
  const address = `${server.origin}/sites/${site.id}/sessions/${HOSTILE}`;
  // The picture is there, with what the mutation wrote last.
  expect(await frame.evaluate(() => document.body.innerText)).toContain("the last word");
  await useEverything(page);

  // A frame may give way to the next picture just then.
  const ran = await until("a look into every frame", 15_000, () =>
    Promise.all(page.frames().map((each) => each.evaluate(() => "ran" in window))),
  );
  expect(ran).not.toContain(true);
  expect(dialogs).toEqual([]);
  expect(page.url()).toBe(address);
  expect(page.context().pages()).toHaveLength(1);
  // Embedded pages are places and nothing else.
  const [, , , ...embedded] = page.frames().map((each) => each.url());
  expect(new Set(embedded)).toEqual(new Set(["about:blank"]));
  const strangers = replay.asked.filter(
    (url) => !/^(blob|data):/.test(url) && new URL(url).origin !== server.origin,
  );
  expect(strangers).toEqual([]);
  expect(replay.asked.filter((url) => url.includes("from=recording"))).toEqual([]);
  expect(caught).toEqual([]);

  const other = await openReplay(browser, server, owner, { site: site.id, id: HARMLESS });
  // Around the picture of either, something may still be loading.
  await until("the same dashboard around both", 20_000, async () => {
    expect(await skeletonOf(page)).toBe(await skeletonOf(other.page));
    return true;
  });
  await other.close();
  await replay.close();
}

/** Clicks all over the picture, and presses what has the focus. */
async function useEverything(page: Page): Promise<void> {
  const box = await page.locator("iframe").boundingBox();
  if (!box) throw new Error("no picture");
  for (let at = 0.1; at < 1; at += 0.2) {
    await page.mouse.click(box.x + box.width * at, box.y + box.height * at);
    await page.mouse.click(box.x + 20, box.y + box.height * at);
  }
  await page.keyboard.press("Tab");
}

/** The elements of the dashboard's own document, and which attributes of them could act. */
function skeletonOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .map(({ localName, attributes }) =>
        [...attributes]
          .filter(({ name }) => /^(on|src|href|style$|http)/.test(name))
          .reduce((all, { name }) => `${all} ${name}`, localName),
      )
      .join("\n"),
  );
}

function harmless(): RecordedEvents {
  const { element, page } = nodeMaker();
  return visitOf(page([], element("body", {}, element("p", {}, "the last word"))), []);
}

/** A snapshot and half a second of changes. */
function visitOf(node: unknown, changes: RecordedEvents): RecordedEvents {
  const now = Date.now() - 1000;
  const href = `${SITE_ORIGIN}/`;
  return [
    { type: 4, timestamp: now, data: { href, width: 800, height: 600 } },
    { type: 2, timestamp: now, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...changes.map((data, index) => ({ type: 3, timestamp: now + 10 * index, data })),
    { type: 3, timestamp: now + 500, data: { source: 2, type: 2, id: 1, x: 5, y: 5 } },
  ];
}

function hostile(): RecordedEvents {
  const { element, svg, page } = nodeMaker();
  const at = (name: string) => `${trap.origin}/${name}`;
  const ours = (name: string) => `${server.origin}/api/v1/me?from=recording&as=${name}`;
  const script = `<script>${RUN}</script>`;
  const css = (name: string) =>
    `@import url("${at(`${name}-import`)}"); @font-face { font-family: x; src: url("${at(`${name}-font`)}") }
     p { font-family: x; background: url("${at(`${name}-background`)}"); cursor: url(${ours(name)}), auto }
     p::before { content: url("${at(`${name}-content`)}") } </style>${script}`;
  const head = [
    element("meta", { "http-equiv": "refresh", content: `0;url=${at("refresh")}` }),
    element("base", { href: at("base/") }),
    element("link", { rel: "stylesheet", href: at("sheet.css") }),
    element("link", { rel: "stylesheet", _cssText: css("link") }),
    ...[
      "icon",
      "preload",
      "prefetch",
      "modulepreload",
      "dns-prefetch",
      "preconnect",
      "manifest",
    ].map((rel) => element("link", { rel, as: "image", href: at(rel) })),
    element("style", {}, css("style")),
    element("style", { _cssText: css("csstext") }),
    element("script", {}, RUN),
    element("script", { src: at("script.js"), rr_src: at("rr.js") }),
    element("SCRIPT", { type: "module" }, RUN),
  ];
  const away = element("a", { href: at("away"), target: "_top" }, "away");
  const paragraph = element("p", { style: `background: url(${at("inline")})` }, "text");
  const picture = element("img", { src: at("picture"), onerror: RUN, srcset: `${at("set")} 2x` });
  const canvas = element("canvas", { rr_dataURL: at("canvas"), width: "50", height: "50" });
  const sheet = element("style", {}, "p { color: red }");
  const planted = () => [
    element("iframe", { srcdoc: script }),
    element("iframe", { src: at("frame"), rr_src: at("rr-frame") }),
    element("iframe", { src: `javascript:${RUN}` }),
    element("frame", { src: at("old-frame") }),
    element("object", { data: at("object") }),
    element("embed", { src: at("embed") }),
    element("a", { href: `java\tscript:${RUN}`, ping: at("ping") }, "a link"),
    element("a", { href: ` data:text/html,${script}`, target: "_top" }, "another"),
    element("img", { src: ours("img"), onerror: RUN, onload: RUN, crossorigin: "" }),
    element("img", { src: "x:", onerror: RUN }),
    element("input", { type: "image", src: at("image-button"), formaction: at("formaction") }),
    element("input", { autofocus: true, onfocus: RUN }),
    element(
      "form",
      { action: at("form"), target: "_top", onsubmit: RUN },
      element("button", { formaction: `javascript:${RUN}` }, "send"),
    ),
    element("details", { open: true, ontoggle: RUN }, element("summary", {}, "more")),
    element(
      "video",
      { src: at("video"), poster: at("poster"), autoplay: true, onerror: RUN },
      element("source", { src: at("source") }),
      element("track", { src: at("track"), default: true }),
    ),
    element("audio", { src: at("audio"), rr_mediaState: "played" }),
    element("div", {
      style: `background: url("${at("style")}"); behavior: url(${at("behavior")})`,
    }),
    element("table", { background: at("table") }),
    element("noscript", {}, `<img src="${at("noscript")}">${script}`),
    element("template", {}, script),
    element("textarea", {}, `</textarea>${script}`),
    element("xmp", {}, `</xmp>${script}`),
    element("div", { onclick: RUN, OnMouseOver: RUN, 'x"><script>': RUN }, script),
    svg(
      "svg",
      { onload: RUN, width: "90", height: "30" },
      svg("script", {}, RUN),
      svg("script", { href: at("svg-script") }),
      svg("image", { href: at("svg-image"), "xlink:href": at("svg-xlink") }),
      svg("use", { href: `${at("sprite.svg")}#x` }),
      svg("feImage", { href: at("fe-image") }),
      svg(
        "a",
        { href: "#" },
        svg("animate", { attributeName: "href", values: `javascript:${RUN}`, onbegin: RUN }),
        svg("set", { attributeName: "href", to: at("set-href") }),
        svg("text", { y: "20" }, "drawn"),
      ),
      svg("foreignObject", {}, element("iframe", { srcdoc: script })),
      svg("style", {}, css("svg")),
    ),
  ];
  const shadow = element("div", { id: "host" });
  const host = {
    ...shadow,
    isShadowHost: true,
    childNodes: planted().map((node) => ({ ...node, isShadow: true })),
  };
  const word = element("h1", {}, "not yet");
  const body = element(
    "body",
    { onload: RUN, onpageshow: RUN, background: at("body") },
    word,
    away,
    paragraph,
    picture,
    canvas,
    sheet,
    ...planted(),
    host,
  );
  const wordText = (word.childNodes as { id: number }[])[0]?.id;
  const attributes = {
    src: at("later"),
    srcset: at("later-set"),
    href: `javascript:${RUN}`,
    onerror: RUN,
    onclick: RUN,
    srcdoc: script,
    style: { background: `url(${at("later-style")})` },
    rr_src: at("later-rr"),
    rr_dataURL: at("later-data"),
  };
  const changed = [away, paragraph, picture, canvas, word].map(({ id }) => ({ id, attributes }));
  const add = (node: unknown) => ({ parentId: body.id, nextId: null, node });
  const changes: RecordedEvents = [
    {
      source: 0,
      texts: [{ id: wordText, value: "the last word" }],
      attributes: changed,
      removes: [],
      adds: planted().map(add),
    },
    { source: 8, id: sheet.id, adds: [{ rule: css("rule"), index: 0 }] },
    { source: 8, id: sheet.id, replace: css("replace") },
    {
      source: 13,
      id: sheet.id,
      index: [0],
      set: { property: "background", value: `url(${at("declared")})` },
    },
    {
      source: 15,
      id: body.id,
      styleIds: [1],
      styles: [{ styleId: 1, rules: [{ rule: css("adopted") }] }],
    },
    { source: 10, family: "x", fontSource: `url(${at("font")})`, buffer: false },
    {
      source: 9,
      id: canvas.id,
      type: 0,
      commands: [
        { property: "drawImage", args: [{ rr_type: "ImageElement", src: at("drawn") }, 0, 0] },
        { property: "constructor", args: [RUN] },
      ],
    },
    { source: 7, type: 0, id: body.id, currentTime: 0 },
    { source: 5, id: word.id, text: script, isChecked: true },
    { source: 16, define: { name: `x-y"><script>${RUN}</script>` } },
  ];
  return visitOf(page(head, body), changes);
}

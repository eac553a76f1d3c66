/** Real Chromium: what was recorded is played as it was, and what was planted does nothing. */
import { existsSync } from "node:fs";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, serve, until } from "../../../recorder/test/site";
import { openTheatre } from "./theatre";

const why = missing();
if (why) console.log(`skipped: ${why}`);

type Recorded = { type: number; timestamp: number; data: Record<string, unknown> };

const SHOP = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<style>body{margin:0;font:16px/1.5 monospace}.grid{display:grid;grid-template-columns:1fr 1fr;gap:8px}.box{border:1px solid;padding:8px}[data-open="yes"]{height:90px}img{max-width:100%}</style></head>
<body><h1>Shop</h1><div class="grid"><div class="box" id="one" data-open="yes">One</div><div class="box">Two <img src="/dot.svg" id="dot"></div></div>
<p id="count">0 items</p><button id="add">Add</button><input id="name" placeholder="Name"><div id="list"></div><div id="host"></div>
<script>let n=0;document.querySelector("#add").onclick=()=>{n++;document.querySelector("#count").textContent=n+" items";const p=document.createElement("p");p.className="box";p.textContent="Item "+n;document.querySelector("#list").append(p)};
document.querySelector("#host").attachShadow({mode:"open"}).innerHTML="<style>b{display:block;height:33px}</style><b>Shadow</b>"</script>
<script type="module" src="/core.js"></script></body></html>`;
const DOT = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"/>`;

/** Text and boxes of a document, in order. */
function measure(): { text: string; boxes: number[][] } {
  const all = [...document.querySelectorAll("h1,.box,#count,#add,#name,img,#host")];
  const boxes = all.map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].map(Math.round);
  });
  return { text: all.map((element) => element.textContent).join("|"), boxes };
}

async function stage(page: Page): Promise<Frame> {
  await until(() => page.evaluate("'player' in window"));
  return until(() =>
    page.frames().find((frame) => frame.parentFrame()?.url().endsWith("/player-frame")),
  );
}

function chunk(window: string, sequence: number, events: Recorded[], snapshot: boolean) {
  const times = events.map(({ timestamp }) => timestamp);
  return {
    window,
    sequence,
    last_sequence: sequence,
    snapshot,
    keyframe: false,
    events: events.length,
    path: "/",
    recorder: "",
    stored_bytes: 0,
    first_ms: Math.min(...times),
    last_ms: Math.max(...times),
  };
}

/** A page with this in its body. */
function pageOf(children: object[]): object {
  const element = (id: number, tagName: string, childNodes: object[]) => ({
    type: 2,
    id,
    tagName,
    attributes: {},
    childNodes,
  });
  return { type: 0, id: 1, childNodes: [element(2, "html", [element(3, "body", children)])] };
}

const lines = (events: object[]) => events.map((event) => JSON.stringify(event)).join("\n");

describe.skipIf(why !== "")("player", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("says of a frame of another origin and of a closed root why they are empty", async () => {
    const node = (id: number, tagName: string, unseen: string, style = "") => ({
      type: 2,
      id,
      tagName,
      attributes: { "data-hm-unseen": unseen, style },
      childNodes: [],
    });
    const page = pageOf([
      node(4, "iframe", "frame", "width:300px;height:100px;background:#fff"),
      node(5, "x-card", "shadow 200x80"),
    ]);
    const events = [
      { type: 4, timestamp: 1000, data: { href: "http://a/", width: 600, height: 400 } },
      { type: 2, timestamp: 1000, data: { node: page, initialOffset: { left: 0, top: 0 } } },
      { type: 3, timestamp: 2000, data: { source: 1, positions: [] } },
    ];
    const theatre = await openTheatre([chunk("w", 0, events, true)], { "w-0": lines(events) });
    const tab = await browser.newPage({ viewport: { width: 900, height: 600 } });
    await tab.goto(theatre.origin);
    const frame = await stage(tab);
    const seen = await until(() =>
      frame.evaluate(() => {
        const of = (selector: string) => {
          const element = document.querySelector(selector);
          if (!element) return null;
          const { width, height } = element.getBoundingClientRect();
          return [getComputedStyle(element).backgroundImage, width, height] as const;
        };
        const [one, other] = [of("iframe"), of("x-card")];
        return one && other && { one, other };
      }),
    );
    expect(decodeURIComponent(seen.one[0])).toContain("Frame of another origin, not recorded");
    expect(decodeURIComponent(seen.other[0])).toContain("Closed shadow root, not recorded");
    expect(seen.other.slice(1)).toEqual([200, 80]);
    const picture = process.env.HITMETRIX_PICTURES;
    if (picture) await tab.screenshot({ path: `${picture}/unseen.png` });
    await tab.close();
    await theatre.close();
  });

  it("says of a canvas that it is not recorded, until a picture of it comes", async () => {
    const canvas = {
      type: 2,
      id: 4,
      tagName: "canvas",
      attributes: { width: "300", height: "100", style: "background:#123" },
      childNodes: [],
    };
    const drawn = { id: 4, type: "image/png", data: "iVBORw0KGgo=" };
    const events = [
      { type: 4, timestamp: 1000, data: { href: "http://a/", width: 600, height: 400 } },
      {
        type: 2,
        timestamp: 1000,
        data: { node: pageOf([canvas]), initialOffset: { left: 0, top: 0 } },
      },
      { type: 5, timestamp: 2000, data: { tag: "hm-canvas", payload: drawn } },
      { type: 3, timestamp: 3000, data: { source: 1, positions: [] } },
    ];
    const theatre = await openTheatre([chunk("w", 0, events, true)], { "w-0": lines(events) });
    const tab = await browser.newPage({ viewport: { width: 900, height: 600 } });
    await tab.goto(theatre.origin);
    const frame = await stage(tab);
    const background = () =>
      frame.evaluate(() => {
        const element = document.querySelector("canvas");
        if (!element) return "";
        const { backgroundImage, backgroundColor } = getComputedStyle(element);
        return `${backgroundColor} ${decodeURIComponent(backgroundImage)}`;
      });
    const before = await until(async () => (await background()) || undefined);
    expect(before).toContain("Canvas, not recorded");
    expect(before).toContain("rgb(17, 34, 51)");
    const picture = process.env.HITMETRIX_PICTURES;
    if (picture) await tab.screenshot({ path: `${picture}/canvas.png` });
    await tab.evaluate("player.seek(1500)");
    const after = await until(async () => {
      const now = await background();
      return now.includes("image/png") ? now : undefined;
    });
    expect(after).not.toContain("Canvas, not recorded");
    await tab.close();
    await theatre.close();
  });

  it("loads what is pointed at before it is sought", async () => {
    const page = (text: string, timestamp: number) => {
      const node = pageOf([{ type: 3, id: 4, textContent: text }]);
      return [
        { type: 4, timestamp, data: { href: "http://a/", width: 600, height: 400 } },
        { type: 2, timestamp, data: { node, initialOffset: { left: 0, top: 0 } } },
        { type: 3, timestamp: timestamp + 1000, data: { source: 1, positions: [] } },
      ];
    };
    const [early, late] = [page("Early", 1000), page("Late", 601_000)];
    const theatre = await openTheatre([chunk("w", 0, early, true), chunk("w", 1, late, true)], {
      "w-0": lines(early),
      "w-1": lines(late),
    });
    const tab = await browser.newPage({ viewport: { width: 900, height: 600 } });
    await tab.goto(theatre.origin);
    const asked = () => theatre.asked.filter((path) => path === "/chunk/w-1").length;
    const before = await stage(tab);
    await until(() => before.evaluate(() => document.body?.textContent?.includes("Early")));
    expect(asked()).toBe(0);
    await tab.evaluate("player.prepare(600500)");
    await until(() => asked() === 1);
    expect(await tab.evaluate("player.position")).toBe(0);
    await tab.evaluate("player.seek(600500)");
    const after = await stage(tab);
    await until(() => after.evaluate(() => document.body?.textContent?.includes("Late")));
    expect(asked()).toBe(1);
    await tab.close();
    await theatre.close();
  });

  it("lets what turns for ever turn only while the replay runs", async () => {
    const css =
      "@keyframes turn { to { width: 90px } } b { display: block; width: 10px } #ever { animation: turn 1s linear infinite } #once { animation: turn 1s linear forwards } #held { animation: turn 1s linear -500ms paused } body { height: 3000px } #along { animation: turn linear both; animation-timeline: scroll(root) }";
    const block = (id: number, name: string) => ({
      type: 2,
      id,
      tagName: "b",
      attributes: { id: name },
      childNodes: [],
    });
    const style = { type: 3, id: 5, textContent: css, isStyle: true };
    const node = pageOf([
      { type: 2, id: 4, tagName: "style", attributes: {}, childNodes: [style] },
      block(6, "ever"),
      block(7, "once"),
      block(8, "held"),
      block(9, "along"),
    ]);
    const events = [
      { type: 4, timestamp: 1000, data: { href: "http://a/", width: 600, height: 400 } },
      { type: 2, timestamp: 1000, data: { node, initialOffset: { left: 0, top: 0 } } },
      { type: 3, timestamp: 61_000, data: { source: 1, positions: [] } },
    ];
    const theatre = await openTheatre([chunk("w", 0, events, true)], { "w-0": lines(events) });
    const tab = await browser.newPage({ viewport: { width: 900, height: 600 } });
    await tab.goto(theatre.origin);
    const frame = await stage(tab);
    await until(() => frame.evaluate(() => document.querySelector("#held") !== null));
    /** Widths of what turns, of what ends, of what the page has paused, of what goes with scrolling. */
    const widths = () =>
      frame.evaluate(() =>
        ["#ever", "#once", "#held", "#along"].map(
          (name) => document.querySelector(name)?.getBoundingClientRect().width,
        ),
      );
    /** Comes once one of them turns, or turns no more, which it may do for a frame. */
    const seen = (turns: boolean) =>
      until(async () => {
        const [before] = await widths();
        await tab.waitForTimeout(130);
        const [ever, ...others] = await widths();
        return (ever !== before) === turns && others;
      });
    await tab.evaluate("player.seek(1000)");
    expect(await seen(false)).toEqual([90, 50, 10]);
    await tab.evaluate("player.play()");
    expect(await seen(true)).toEqual([90, 50, 10]);
    await tab.evaluate("player.pause()");
    expect(await seen(false)).toEqual([90, 50, 10]);
    await tab.close();
    await theatre.close();
  });

  it("plays a recorded page as it was, loading what it needs", async () => {
    const site = await serve({ "/": SHOP, "/dot.svg": DOT });
    const live = await browser.newPage({ viewport: { width: 800, height: 600 } });
    await live.goto(site.origin);
    await until(() => site.events().some(({ type }) => type === 2));
    for (let clicks = 0; clicks < 3; clicks++) {
      await live.click("#add");
      await live.waitForTimeout(400);
    }
    await live.fill("#name", "Jane Roe");
    await live.click("h1");
    const expected = await live.evaluate(measure);
    await live.waitForTimeout(1200);
    await live.close();
    const recorded = site.events();
    await site.close();

    const start = recorded.findIndex(({ type }) => type === 2) + 1;
    const middle = Math.floor((start + recorded.length) / 2);
    const parts = [recorded.slice(0, start), recorded.slice(start, middle), recorded.slice(middle)];
    const rows = parts.map((events, index) => chunk("w", index, events, index === 0));
    const bodies = Object.fromEntries(parts.map((events, index) => [`w-${index}`, lines(events)]));
    const theatre = await openTheatre(rows, bodies);
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    await page.goto(theatre.origin);
    const frame = await stage(page);
    await until(() => frame.evaluate(() => document.body?.textContent?.includes("0 items")));
    expect(await page.evaluate("player.state.status")).toBe("paused");

    await page.evaluate("player.seek(player.duration)");
    const end = await stage(page);
    await until(() => end.evaluate(() => document.body?.textContent?.includes("3 items")));
    const seen = await end.evaluate(measure);
    expect(seen).toEqual(expected);
    expect(JSON.stringify(bodies)).not.toContain("Jane");
    expect(await end.evaluate(() => document.querySelector<HTMLInputElement>("#name")?.value)).toBe(
      "•••••",
    );

    await page.evaluate("player.seek(0)");
    const again = await stage(page);
    await until(() => again.evaluate(() => document.body?.textContent?.includes("0 items")));
    await page.evaluate("player.speed(8), player.play()");
    await until(() => page.evaluate("player.state.status === 'ended'"));
    await until(async () =>
      (await stage(page)).evaluate(() => document.body?.textContent?.includes("3 items")),
    );
    expect(
      theatre.asked.filter((path) => !/^\/(chunk|page|player-frame|$|favicon)/.test(path)),
    ).toEqual([]);
    await page.close();
    await theatre.close();
  });

  it("goes from one page load to the next and says what is missing", async () => {
    const recordedPage = (text: string, at: number): Recorded[] => [
      { type: 4, timestamp: at, data: { href: "http://a.example/", width: 400, height: 300 } },
      {
        type: 2,
        timestamp: at,
        data: {
          node: {
            type: 0,
            id: 1,
            childNodes: [
              {
                type: 2,
                id: 2,
                tagName: "html",
                attributes: {},
                childNodes: [
                  {
                    type: 2,
                    id: 3,
                    tagName: "body",
                    attributes: {},
                    childNodes: [{ type: 3, id: 4, textContent: text }],
                  },
                ],
              },
            ],
          },
          initialOffset: { left: 0, top: 0 },
        },
      },
      { type: 3, timestamp: at + 1000, data: { source: 3, id: 1, x: 0, y: 0 } },
    ];
    const a = recordedPage("first page", 1000);
    const b = recordedPage("second page", 5000);
    const lateB = [
      {
        type: 3,
        timestamp: 9000,
        data: {
          source: 0,
          adds: [],
          removes: [],
          attributes: [],
          texts: [{ id: 4, value: "second page, later" }],
        },
      },
    ];
    const theatre = await openTheatre(
      [
        chunk("b", 0, b, true),
        chunk("b", 2, lateB, false),
        chunk("a", 0, a, true),
        chunk("c", 3, lateB, false),
      ],
      { "a-0": lines(a), "b-0": lines(b), "b-2": lines(lateB) },
    );
    const page = await browser.newPage();
    await page.goto(theatre.origin);
    const shows = (text: string) =>
      until(async () =>
        (await stage(page))
          .evaluate((wanted) => document.body?.textContent === wanted, text)
          .catch(() => false),
      );
    await shows("first page");
    expect(await page.evaluate("player.duration")).toBe(8000);
    expect(await page.evaluate("player.gaps.map((gap) => gap.reason + gap.missing)")).toEqual([
      "hole1",
      "start0",
    ]);
    await page.evaluate("player.seek(4500)");
    await shows("second page");
    await page.evaluate("player.seek(8000)");
    await shows("second page, later");
    await page.evaluate("player.seek(100)");
    await shows("first page");
    await page.evaluate("player.speed(16), player.play()");
    await shows("second page, later");
    await page.close();
    await theatre.close();
  });

  it("runs nothing and asks nobody, whatever was planted", async () => {
    const payload = "parent.document.title='owned';document.title='owned'";
    const node = (id: number, tagName: string, attributes: object, childNodes: object[] = []) => ({
      type: 2,
      id,
      tagName,
      attributes,
      childNodes,
    });
    const hostile = [
      node(10, "script", {}, [{ type: 3, id: 11, textContent: payload }]),
      node(12, "img", { src: "x", onerror: payload }),
      node(13, "img", { src: "http://evil.example/a.png", srcset: "http://evil.example/b.png 2x" }),
      node(14, "iframe", { src: `javascript:${payload}` }),
      node(15, "iframe", { srcdoc: `<script>${payload}</script>` }),
      node(16, "iframe", { src: "http://evil.example/" }),
      node(17, "a", { href: `javascript:${payload}` }),
      node(18, "form", { action: "http://evil.example/" }, [
        node(19, "button", { formaction: `javascript:${payload}` }),
      ]),
      node(20, "object", { data: "http://evil.example/" }),
      node(21, "embed", { src: "http://evil.example/" }),
      node(22, "base", { href: "http://evil.example/" }),
      node(23, "meta", { "http-equiv": "refresh", content: "0;url=http://evil.example/" }),
      node(24, "link", { rel: "stylesheet", href: "http://evil.example/a.css" }),
      node(25, "link", { rel: "preconnect", href: "http://evil.example/" }),
      node(26, "style", {
        _cssText:
          "@import 'http://evil.example/i.css'; body{background:url(http://evil.example/bg.png)} @font-face{font-family:x;src:url(http://evil.example/f)} *{font-family:x}",
      }),
      {
        ...node(27, "svg", { onload: payload }, [
          {
            ...node(28, "animate", { attributeName: "href", values: `javascript:${payload}` }),
            isSVG: true,
          },
          { ...node(29, "image", { href: "http://evil.example/s.png" }), isSVG: true },
        ]),
        isSVG: true,
      },
      node(30, "video", {
        src: "http://evil.example/v",
        poster: "http://evil.example/p",
        autoplay: "",
      }),
      node(31, "input", {
        autofocus: "",
        onfocus: payload,
        type: "image",
        src: "http://evil.example/i",
      }),
      node(32, "details", { open: "", ontoggle: payload }),
      node(33, "img", { "data-hm-box": `10x10"><script>${payload}</script>` }),
      node(34, "noscript", {}, [
        node(35, "p", {}, [{ type: 3, id: 36, textContent: `</p><script>${payload}</script>` }]),
      ]),
      node(37, "x y onclick=", {}, []),
      node(38, "div", { style: "background:url(http://evil.example/d.png)", "on click": payload }),
    ];
    const at = 1000;
    const events: object[] = [
      { type: 4, timestamp: at, data: { href: "http://a.example/", width: 400, height: 300 } },
      {
        type: 2,
        timestamp: at,
        data: {
          node: {
            type: 0,
            id: 1,
            childNodes: [
              node(2, "html", {}, [
                node(3, "head", {}),
                node(4, "body", { onload: payload }, hostile),
              ]),
            ],
          },
          initialOffset: { left: 0, top: 0 },
        },
      },
      {
        type: 3,
        timestamp: at + 10,
        data: {
          source: 0,
          texts: [],
          removes: [],
          attributes: hostile.map(({ id, attributes }) => ({ id, attributes })),
          adds: hostile.map((one, index) => ({
            parentId: 4,
            nextId: null,
            node: { ...one, id: 100 + index },
          })),
        },
      },
      {
        type: 3,
        timestamp: at + 20,
        data: {
          source: 8,
          id: 26,
          adds: [{ rule: "p{background:url(http://evil.example/r.png)}", index: 0 }],
        },
      },
      {
        type: 3,
        timestamp: at + 30,
        data: {
          source: 13,
          id: 26,
          index: [0],
          set: { property: "background", value: "url(http://evil.example/s.png)" },
        },
      },
      {
        type: 3,
        timestamp: at + 40,
        data: { source: 10, family: "y", fontSource: "url(http://evil.example/y)", buffer: false },
      },
      {
        type: 3,
        timestamp: at + 50,
        data: {
          source: 9,
          id: 12,
          type: 0,
          property: "drawImage",
          args: [{ rr_type: "HTMLImageElement", src: "http://evil.example/c.png" }],
        },
      },
      { type: 6, timestamp: at + 60, data: { plugin: "x", payload: {} } },
      {
        type: 3,
        timestamp: at + 70,
        data: {
          source: 0,
          texts: [],
          removes: [],
          attributes: [{ id: 3, attributes: { href: "http://evil.example/" } }],
          adds: [{ parentId: 4, nextId: null, node: { type: 3, id: 200, textContent: "the end" } }],
        },
      },
    ];
    const theatre = await openTheatre([chunk("w", 0, events as Recorded[], true)], {
      "w-0": lines(events),
    });
    const context = await browser.newContext();
    const asked: string[] = [];
    context.on("request", (request) => asked.push(request.url()));
    const page = await context.newPage();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => dialogs.push(dialog.message()));
    await page.goto(theatre.origin);
    await stage(page);
    await page.evaluate("player.seek(player.duration), player.play()");
    await until(async () =>
      (await stage(page)).evaluate(() => document.body?.textContent?.includes("the end")),
    );
    await page.waitForTimeout(500);
    expect(asked.filter((url) => /evil|javascript/.test(url))).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(await page.title()).toBe("");
    const frame = await stage(page);
    expect(await frame.evaluate(() => document.title)).toBe("");
    expect(
      await frame.evaluate(
        () =>
          document.querySelectorAll("script,object,embed,base,meta,[onerror],[onload],[srcdoc]")
            .length,
      ),
    ).toBe(0);
    await context.close();
    await theatre.close();
  });

  it("shows pages of more nodes and changes than a call may have arguments", async () => {
    const at = Date.now() - 60_000;
    const many = 130_000;
    const children = Array.from({ length: many }, (_, index) => ({
      type: 2,
      id: index + 10,
      tagName: "i",
      attributes: {},
      childNodes: [],
    }));
    const events = [
      { type: 4, timestamp: at, data: { href: "http://a.example/", width: 400, height: 300 } },
      {
        type: 2,
        timestamp: at,
        data: { node: pageOf(children), initialOffset: { left: 0, top: 0 } },
      },
      ...Array.from({ length: many }, (_, index) => ({
        type: 3,
        timestamp: at + 1 + index / 100,
        data: { source: 4, width: 400, height: 300 },
      })),
      {
        type: 3,
        timestamp: at + 2000,
        data: { source: 0, texts: [], attributes: [], adds: [], removes: [{ parentId: 2, id: 3 }] },
      },
    ];
    const row = { ...chunk("w", 0, events.slice(0, 2), true), last_ms: at + 2000 };
    const theatre = await openTheatre([row], { "w-0": lines(events) });
    const page = await browser.newPage();
    await page.goto(theatre.origin);
    await until(() => page.evaluate("'player' in window && player.state.status !== 'loading'"));
    expect(await page.evaluate("player.state.status")).toBe("paused");
    const shown = async () =>
      (await stage(page)).evaluate(() => document.querySelectorAll("i").length);
    expect(await shown()).toBe(many);
    await page.evaluate("player.seek(player.duration)");
    expect(await page.evaluate("player.state.status")).toBe("ended");
    expect(await shown()).toBe(0);
    await page.close();
    await theatre.close();
  });

  it("opens modal dialogs once on the way to a moment, those that are open then, in their order", async () => {
    const at = Date.now() - 60_000;
    const dialogs = ["first", "second", "third"].map((id, index) => ({
      type: 2,
      id: 10 + index,
      tagName: "dialog",
      attributes: { id, ...(index === 0 && { open: "", rr_open_mode: "modal" }) },
      childNodes: [],
    }));
    const change = (id: number, after_ms: number, attributes: Record<string, string | null>) => ({
      type: 3,
      timestamp: at + after_ms,
      data: { source: 0, texts: [], removes: [], adds: [], attributes: [{ id, attributes }] },
    });
    const modal = { open: "", rr_open_mode: "modal" };
    const events = [
      { type: 4, timestamp: at, data: { href: "http://a.example/", width: 400, height: 300 } },
      {
        type: 2,
        timestamp: at,
        data: { node: pageOf(dialogs), initialOffset: { left: 0, top: 0 } },
      },
      change(11, 100, modal),
      change(12, 200, modal),
      change(11, 300, { open: null, rr_open_mode: null }),
      change(10, 400, { open: null, rr_open_mode: null }),
      change(10, 500, modal),
    ];
    const row = { ...chunk("w", 0, events as Recorded[], true) };
    const theatre = await openTheatre([row], { "w-0": lines(events) });
    const page = await browser.newPage();
    await page.goto(theatre.origin);
    await until(() => page.evaluate("'player' in window && player.state.status !== 'loading'"));
    const open = async () =>
      (await stage(page)).evaluate(() => {
        const all = [...document.querySelectorAll("dialog")].filter((one) => one.matches(":modal"));
        const box = all[0]?.getBoundingClientRect();
        const top = box && document.elementFromPoint(box.x + box.width / 2, box.y + 5);
        return { open: all.map(({ id }) => id), top: top?.id };
      });
    expect((await open()).open).toEqual(["first"]);
    await page.evaluate("player.seek(250)");
    expect((await open()).open).toEqual(["first", "second", "third"]);
    // On this way two open and close again.
    await page.evaluate("player.seek(0)");
    await page.evaluate("player.seek(450)");
    expect(await open()).toEqual({ open: ["third"], top: "third" });
    await page.evaluate("player.seek(500)");
    // The one that opened last is above the other.
    expect(await open()).toEqual({ open: ["first", "third"], top: "first" });
    await page.close();
    await theatre.close();
  });

  it("says so when something in a recording stops it that nobody thought of", async () => {
    const at = Date.now();
    const events = [
      { type: 4, timestamp: at, data: { href: "http://a.example/", width: 400, height: 300 } },
      { type: 2, timestamp: at, data: { node: pageOf([]), initialOffset: { left: 0, top: 0 } } },
      { type: 3, timestamp: at + 9, data: { source: 4, width: 400, height: 300 } },
    ];
    const theatre = await openTheatre([chunk("w", 0, events, true)], { "w-0": lines(events) });
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const flatMap = Array.prototype.flatMap;
      Array.prototype.flatMap = function (this: unknown[], ...of: never[]) {
        if ((this[0] as { type?: number } | undefined)?.type === 4) throw new Error("that");
        return Reflect.apply(flatMap, this, of);
      } as never;
    });
    await page.goto(theatre.origin);
    await until(() => page.evaluate("'player' in window && player.state.status === 'failed'"));
    expect(await page.evaluate("player.state.message")).toMatch(/^[A-Z].{20,}\.$/);
    await page.close();
    await theatre.close();
  });

  it("plays and seeks the recordings of rrweb itself", async () => {
    const inputs =
      process.env.HITMETRIX_TEST_INPUTS ??
      new URL("../../../../../shared/inputs", import.meta.url).pathname;
    if (!existsSync(`${inputs}/rrweb`)) {
      console.log(`skipped: no rrweb recordings in ${inputs}; set HITMETRIX_TEST_INPUTS`);
      return;
    }
    const { readdirSync, readFileSync } = await import("node:fs");
    for (const file of readdirSync(`${inputs}/rrweb`)) {
      const events = JSON.parse(readFileSync(`${inputs}/rrweb/${file}`, "utf8")) as Recorded[];
      const theatre = await openTheatre([chunk("w", 0, events, true)], { "w-0": lines(events) });
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(`${file}: ${error}`));
      await page.goto(theatre.origin);
      await until(async () =>
        (await stage(page)).evaluate(() => document.querySelector("html > body") !== null),
      );
      for (const share of [1, 0.5, 0, 0.9])
        await page.evaluate(`player.seek(player.duration * ${share})`);
      // One of them pauses for half a year.
      if (await page.evaluate("player.duration < 60000")) {
        await page.evaluate("player.speed(16), player.play()");
        await until(() => page.evaluate("player.state.status === 'ended'"));
      }
      expect(errors).toEqual([]);
      expect(
        theatre.asked.filter((path) => !/^\/(chunk|page|player-frame|$|favicon)/.test(path)),
      ).toEqual([]);
      await page.close();
      await theatre.close();
    }
  });
});

// An hour of a back office, made of real events: a minute's work is recorded in a real browser at about
// five times its speed, stretched to a minute, and repeated. Each time it ends it has put everything back,
// so that the next can follow; what a minute adds has ids of its own in each.
import type { Browser } from "playwright-core";
import { serve } from "../../web/recorder/test/site.ts";
import type { Site } from "./sites.ts";
import { keyframesOf } from "./stages.ts";
import { until } from "./until.ts";

const MINUTE_MS = 60_000;
/** A minute's work ends so long before the next begins. */
const BETWEEN_MS = 500;
/** Ids that one repetition may use for itself. */
const IDS = 1_000_000;
/** A chunk ends when it is as long as this. */
const CHUNK_MS = 5_000;
/** A pause is one when it is as long as this. */
const PAUSE_MS_MIN = 300;
const ORIGIN = "http://127.0.0.1:7";
const ID = "10f6".repeat(8);
const SHORT_ID = "20f6".repeat(8);

interface Event {
  readonly type: number;
  readonly timestamp: number;
  readonly data: Record<string, unknown>;
}

/** A recorded minute: how the page was at first, what then happened, and what lies where at its end. */
interface Minute {
  readonly first: readonly Event[];
  readonly work: readonly Event[];
  /** Ids of nodes as they are at first, to those that stand in their places at the end. */
  readonly replaced: ReadonlyMap<number, number>;
}

/** What the ticker says at a moment, in milliseconds from the beginning. */
interface Tick {
  readonly at_ms: number;
  readonly text: string;
}

/** A session as it was posted. */
export interface LongSession {
  readonly id: string;
  /** Recorder events, one JSON a line. */
  readonly lines: readonly string[];
  readonly duration_ms: number;
  /** Moments near those, at which nothing changes for a while, and what the page's ticker says. */
  moments(near_ms: readonly number[]): Promise<Tick[]>;
}

/** Posts a session of so many minutes, which ended just now. */
export async function postLongSession(
  browser: Browser,
  server: { readonly origin: string },
  site: Site,
  minutes: number,
): Promise<LongSession> {
  const started_ms = Date.now() - (minutes + 1) * MINUTE_MS;
  const lines = await longSession(browser, minutes, started_ms);
  const events = lines.map((line) => JSON.parse(line) as Event);
  const cuts = [0];
  for (const [index, { timestamp }] of events.entries()) {
    const began_ms = events[cuts.at(-1) ?? 0]?.timestamp ?? 0;
    if (index > 2 && timestamp - began_ms >= CHUNK_MS) cuts.push(index);
  }
  for (const [sequence, from] of cuts.entries()) {
    await post([server, site, ID], "r", [
      { sequence, recorder: "rrweb-2.1.6/1", url: `${ORIGIN}/office` },
      ...events.slice(from, cuts[sequence + 1]),
    ]);
  }
  const seen = { name: "pageview", sequence: 0, time_ms: started_ms, url: `${ORIGIN}/office` };
  await post([server, site, ID], "e", [{}, seen]);
  const duration_ms = (events.at(-1)?.timestamp ?? 0) - started_ms;
  const times_ms = events.map(({ timestamp }) => timestamp - started_ms);
  return { id: ID, lines, duration_ms, moments: (near_ms) => momentsOf(lines, times_ms, near_ms) };
}

/** Posts a session that began just now, of a page that only says so. */
export async function postShortSession(
  server: { readonly origin: string },
  site: Site,
): Promise<void> {
  const time_ms = Date.now();
  const url = `${ORIGIN}/short`;
  const said = { type: 3, id: 4, textContent: "Nothing happens here." };
  const body = { type: 2, id: 3, tagName: "body", attributes: {}, childNodes: [said] };
  const html = { type: 2, id: 2, tagName: "html", attributes: {}, childNodes: [body] };
  const node = { type: 0, id: 1, childNodes: [html] };
  await post([server, site, SHORT_ID], "r", [
    { sequence: 0, recorder: "rrweb-2.1.6/1", url },
    { type: 4, timestamp: time_ms, data: { href: url, width: 1280, height: 800 } },
    { type: 2, timestamp: time_ms, data: { node, initialOffset: { top: 0, left: 0 } } },
  ]);
  await post([server, site, SHORT_ID], "e", [{}, { name: "pageview", sequence: 0, time_ms, url }]);
}

async function post(
  [server, site, id]: readonly [{ readonly origin: string }, Site, string],
  way: "e" | "r",
  [more, ...lines]: readonly object[],
): Promise<void> {
  const of = { window: id, visitor: id, session: id, mode: "persistent" };
  const head = { v: 1, ...of, sent_ms: Date.now(), tracker: "1", ...more };
  const answer = await fetch(`${server.origin}/${way}/${site.key}`, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "text/plain" },
    body: [head, ...lines].map((line) => JSON.stringify(line)).join("\n"),
  });
  if (!answer.ok) throw new Error(`/${way}/: ${answer.status} ${await answer.text()}`);
}

/** In the middle of a pause, because times of chunks are corrected one by one on the server. */
async function momentsOf(
  lines: readonly string[],
  times_ms: readonly number[],
  near_ms: readonly number[],
): Promise<Tick[]> {
  const pauses = [...times_ms.keys()].filter(
    (line) => line > 2 && (times_ms[line] ?? 0) - (times_ms[line - 1] ?? 0) >= PAUSE_MS_MIN,
  );
  const chosen = near_ms.map(
    (ms) => pauses.find((line) => (times_ms[line] ?? 0) > ms) ?? pauses.at(-1) ?? 0,
  );
  const states = await keyframesOf(lines.join("\n"), chosen);
  return chosen.map((line) => {
    const state = states.find(({ before_line }) => before_line === line);
    const snapshot = (state?.lines ?? "").split("\n").find((each) => each.includes('"type":2,'));
    if (!snapshot) throw new Error(`no state before line ${line}`);
    const { data } = JSON.parse(snapshot) as { data: { node: Seen } };
    const at_ms = Math.round(((times_ms[line - 1] ?? 0) + (times_ms[line] ?? 0)) / 2);
    return { at_ms, text: tickerOf(data.node) };
  });
}

interface Seen {
  readonly id: number;
  readonly attributes?: { readonly id?: string };
  readonly childNodes?: readonly Seen[];
  readonly textContent?: string;
}

function tickerOf(top: Seen): string {
  const open = [top];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.attributes?.id === "ticker") return node.childNodes?.[0]?.textContent ?? "";
    open.push(...(node.childNodes ?? []));
  }
  return "";
}

/** Lines of so many minutes, beginning at a time. */
async function longSession(
  browser: Browser,
  minutes: number,
  started_ms: number,
): Promise<string[]> {
  const { first, work, replaced } = await recordMinute(browser);
  const base = first[0]?.timestamp ?? 0;
  // However long a slow machine worked: minutes that overlap would be no session that anybody records.
  const worked_ms = Math.max(...work.map(({ timestamp }) => timestamp)) - base;
  const slower = (MINUTE_MS - BETWEEN_MS) / worked_ms;
  const lines = first.map((event) => line(event, started_ms));
  let now = new Map([...replaced.keys()].map((id) => [id, id]));
  for (let minute = 0; minute < minutes; minute += 1) {
    const known = now;
    const name = (id: number) => known.get(id) ?? (id > 0 ? id + minute * IDS : id);
    for (const event of work) {
      const at = started_ms + minute * MINUTE_MS + (event.timestamp - base) * slower;
      lines.push(line({ ...event, data: renamed(event.data, name) }, at));
    }
    now = new Map([...replaced].map(([from, to]) => [from, name(to)]));
  }
  return lines;
}

function line(event: Event, timestamp: number): string {
  return JSON.stringify({ type: event.type, data: event.data, timestamp: Math.round(timestamp) });
}

/** Gives all nodes that an event names their names of this repetition. */
function renamed(
  data: Record<string, unknown>,
  name: (id: number) => number,
): Record<string, unknown> {
  return JSON.parse(JSON.stringify(data), (key, value) =>
    typeof value === "number" && /^(id|parentId|nextId|previousId|rootId)$/.test(key)
      ? name(value)
      : value,
  );
}

async function recordMinute(browser: Browser): Promise<Minute> {
  const site = await serve({ "/": office() });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(site.origin);
    await until("the snapshot", 20_000, () => site.events().some(({ type }) => type === 2));
    const worked = page.evaluate(() => (window as unknown as { work(): Promise<void> }).work());
    for (let step = 0; step < 40; step += 1) {
      await page.mouse.move(100 + 20 * step, 300 + ((37 * step) % 200));
    }
    await worked;
    const events = await until("the end of the work", 20_000, () => {
      const all = site.events() as Event[];
      // Where it scrolled last is told a moment later.
      const changed = all.findLast(({ data }) => data.source === 0);
      return JSON.stringify(changed)?.includes('"done"') && all;
    });
    const start = events.findIndex(({ type }) => type === 2) + 1;
    const first = events.slice(0, start);
    const work = events.slice(start);
    return { first, work, replaced: await replacedIn(first, events) };
  } finally {
    await page.close();
    await site.close();
  }
}

/** What stands in the place of each node at the end: the page is the same then, node by node. */
async function replacedIn(
  first: readonly Event[],
  all: readonly Event[],
): Promise<Map<number, number>> {
  const lines = all.map((event) => JSON.stringify(event));
  const [end] = await keyframesOf(lines.join("\n"), [lines.length]);
  const snapshot = (events: readonly Event[]) => events.find(({ type }) => type === 2)?.data.node;
  const before = ids(snapshot(first));
  const after = ids(
    snapshot(
      (end?.lines ?? "")
        .split("\n")
        .filter(Boolean)
        .map((each) => JSON.parse(each)),
    ),
  );
  if (before.length !== after.length) {
    throw new Error(`${before.length} nodes at first, ${after.length} at the end`);
  }
  return new Map(before.map((id, index) => [id, after[index] ?? id]));
}

function ids(top: unknown): number[] {
  const found: number[] = [];
  const walk = (node: { id: number; childNodes?: unknown[] }) => {
    found.push(node.id);
    for (const child of node.childNodes ?? []) walk(child as never);
  };
  walk(top as never);
  return found;
}

/** A page of about ten thousand nodes with a table, a ticker, a form and a board of cards. */
function office(): string {
  const rules = Array.from(
    { length: 800 },
    (_, index) =>
      `.w${index} > .x:hover, .w${index} b { margin: ${index % 9}px; color: rgb(${index % 255} 40 90) }`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Office</title><link rel="icon" href="data:,">
<style>body { margin: 0; font: 13px/18px sans-serif } nav { height: 40px; background: #123; color: #fff }
table { border-collapse: collapse; width: 900px } td { border: 1px solid #ccc; padding: 2px 6px } .hot { background: #fc9 }
#side { position: fixed; right: 0; top: 40px; width: 300px; height: 600px; overflow: auto } .card { margin: 8px; border: 1px solid #999 }
dialog { width: 400px } ${rules.join("\n")}</style><style id="sheet"></style></head>
<body><nav>Office <span id="ticker">0</span> <span id="bar" style="display: inline-block; width: 10px; height: 8px; background: red"></span></nav>
<main id="board"></main><aside id="side"><div id="cards"></div></aside><dialog id="dialog"><form><input id="name"><textarea id="note"></textarea>
<select id="kind"><option>a</option><option>b</option></select><label><input type="checkbox" id="ok"> ok</label></form></dialog>
<script>(${officeWork.toString()})()</script><script type="module" src="/core.js"></script></body></html>`;
}

/** Runs in the page: twelve seconds that change about a thousand nodes, and put all back at the end. */
function officeWork(): void {
  const find = (selector: string) => document.querySelector(selector) as HTMLElement;
  const row = (index: number, text: string) =>
    `<tr class="w${index}">${Array.from({ length: 8 }, (_, column) => `<td class="x">${text} ${index}.${column}</td>`).join("")}</tr>`;
  /** Only these rows change, as on the page of a list that people work on. */
  const BUSY_ROWS = 60;
  const fill = () => {
    const rows = Array.from({ length: 500 }, (_, index) => row(index, "cell"));
    const body = document.querySelector("tbody");
    if (!body) find("#board").innerHTML = `<table><tbody>${rows.join("")}</tbody></table>`;
    else
      for (let at = 0; at < BUSY_ROWS; at += 1) {
        const old = body.children[at];
        if (old) old.outerHTML = rows[at] ?? "";
      }
    find("#cards").innerHTML = Array.from(
      { length: 60 },
      (_, index) => `<div class="card"><b>card ${index}</b><p>words</p></div>`,
    ).join("");
    find("#ticker").textContent = "0";
    find("#bar").setAttribute(
      "style",
      "display: inline-block; width: 10px; height: 8px; background: red",
    );
  };
  fill();
  const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));
  (window as unknown as { work(): Promise<void> }).work = async () => {
    const sheet = (find("#sheet") as HTMLStyleElement).sheet as CSSStyleSheet;
    for (let step = 0; step < 60; step += 1) {
      find("#ticker").textContent = `${step}`;
      find("#bar").style.width = `${10 + step}px`;
      const body = find("tbody");
      for (let index = 0; index < 8; index += 1) {
        const at = (step * 37 + index * 61) % BUSY_ROWS;
        const old = body.children[at];
        if (!old) continue;
        if (index % 3 === 0) old.outerHTML = row(at, `step ${step}`);
        else if (index % 3 === 1) old.classList.toggle("hot");
        else body.insertBefore(old, body.children[(at + 23) % BUSY_ROWS] ?? null);
      }
      const card = document.createElement("div");
      card.className = "card";
      card.innerHTML = `<b>new ${step}</b><p>words</p>`;
      find("#cards").prepend(card);
      find("#cards").lastElementChild?.remove();
      if (step % 10 === 5) {
        sheet.insertRule(`.r${step} { color: red }`, sheet.cssRules.length);
        scrollTo(0, 40 * step);
        find("#side").scrollTo(0, 10 * step);
      }
      if (step === 20) (find("#dialog") as HTMLDialogElement).showModal();
      if (step > 20 && step < 40) {
        const name = find("#name") as HTMLInputElement;
        name.value = "x".repeat(step);
        name.dispatchEvent(new Event("input", { bubbles: true }));
      }
      if (step === 40) (find("#dialog") as HTMLDialogElement).close();
      await pause(190);
    }
    while (sheet.cssRules.length) sheet.deleteRule(0);
    scrollTo(0, 0);
    fill();
    await pause(50);
    document.body.setAttribute("role", "done");
    await pause(20);
    document.body.removeAttribute("role");
    await pause(20);
    document.body.setAttribute("role", "done");
  };
}

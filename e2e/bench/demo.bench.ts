// Makes the demo's recordings for `cargo xtask demo-recordings`: visits to the demo shop in a real
// browser, with the product's own scripts. What those sent is kept as it was, masked already, one body
// a line with when it came; `hitmetrix demo` gives it to the same reading as everything that comes.
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, watchErrors } from "../support/browser.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { type Server, startServer } from "../support/server.ts";
import { startTap } from "../support/tap.ts";
import { agentOf, contextOf, DEMO_VISITS, type DemoVisit, visitorOf } from "./demo_visits.ts";

const FILE = process.env.HITMETRIX_DEMO_FILE ?? "/tmp/hitmetrix-demo.jsonl.gz";
const LIMIT_MS = 600_000;
/** Visits at the same time: more would make each of them slower than people are. */
const TOGETHER = 2;
/** Waiting for what a page still has to send. */
const SENT_MS = 5_000;

/** What one visit sent. */
interface Body {
  readonly at_ms: number;
  /** `e`: events; `r`: a chunk. */
  readonly to: string;
  readonly body: string;
}

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("visits of the demo", { timeout: LIMIT_MS }, async () => {
  const kept: string[] = [];
  const waiting = [...DEMO_VISITS.entries()];
  const visitor = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [number, visit] = next;
      const bodies = await record(visit, number + 1);
      expect(bodies.some(({ to }) => to === "e")).toBe(true);
      expect(bodies.some(({ to }) => to === "r")).toBe(true);
      const { story, country, language } = visit;
      const head = { story, country, language, agent: agentOf(visit) };
      kept[number] = [head, ...bodies].map((line) => JSON.stringify(line)).join("\n");
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, visitor));
  const bytes = gzipSync(`${kept.join("\n")}\n`, { level: 9 });
  console.log(`${kept.length} visits, ${bytes.length} bytes`);
  await writeFile(FILE, bytes);
});

async function record(visit: DemoVisit, seed: number): Promise<Body[]> {
  const context = await browser.newContext(contextOf(visit));
  const tap = await startTap(server.origin);
  const served = await shopThrough(tap.origin);
  const shop = served.origin.replace("127.0.0.1", "localhost");
  const page = await context.newPage();
  const errors = watchErrors(page);
  const visitor = await visitorOf(page, visit, seed);
  const began_ms = Date.now();
  await page.goto(shop + visit.entry, visit.referrer ? { referer: visit.referrer } : {});
  await visit.act(visitor);
  await new Promise((next) => setTimeout(next, SENT_MS));
  await page.goto("about:blank");
  await new Promise((next) => setTimeout(next, SENT_MS));
  await context.close();
  await Promise.all([tap.stop(), served.stop()]);
  if (visit.story === "order") expect(errors).toEqual([]);
  return tap.requests.flatMap(({ url, body, at_ms }) => {
    const [, to = "", key] = url.split("/");
    if (!key || !body || (to !== "e" && to !== "r")) return [];
    // A part of a chunk could not be told again by itself.
    expect(body.split("\n", 1)[0]).not.toContain('"piece"');
    return [{ at_ms: at_ms - began_ms, to, body: worded(body, shop) }];
  });
}

/** The shop, whose pages name the tap instead of the server behind it. */
function shopThrough(tap: string): Promise<Loopback> {
  return startLoopback(async (incoming, response) => {
    const answer = await fetch(server.shop + incoming.url);
    const type = answer.headers.get("content-type") ?? "";
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { "content-type": type });
    response.end(
      type.startsWith("text/html") ? bytes.toString().replaceAll(server.origin, tap) : bytes,
    );
  });
}

/** The faults of the stories as the made-up visits word them, so that each is one group. */
const FAULTS = [
  { has: "card.scheme.name", line: 214, column: 18 },
  { has: "(reading 'rows')", line: 61, column: 38 },
];

/** The shop has no port where the demo tells of it; Chromium words what it throws differently. */
function worded(body: string, shop: string): string {
  return body
    .replaceAll(shop, "http://localhost")
    .replaceAll(
      "Cannot read properties of undefined (reading 'name')",
      "undefined is not an object (evaluating 'card.scheme.name')",
    )
    .split("\n")
    .map(told)
    .join("\n");
}

function told(line: string): string {
  const fault = FAULTS.find(({ has }) => line.includes('"name":"error"') && line.includes(has));
  if (!fault) return line;
  const event = JSON.parse(line) as { properties: { message: string } };
  const message = event.properties.message.replace(/^(Uncaught )?TypeError: /, "");
  const place = { source: "/shop.js", line: fault.line, column: fault.column };
  return JSON.stringify({ ...event, properties: { ...event.properties, message, ...place } });
}

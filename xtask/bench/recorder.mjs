/**
 * What `cargo xtask bench recorder` measures, in a real Chromium: the same page does the same with
 * and without the recorder, in turn. Writes medians as JSON; `--nodes 1000,10000` and `--repeats 5`
 * say how much.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { startSite } from "./recorder/site.mjs";
import { CATEGORIES, readTrace } from "./recorder/trace.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
];
const LOAD = "load and first snapshot";
const INTERACTION = "clicks and keys";
/** Clicks, and as many keys, whose slowest counts. */
const ACTS = 10;
/** A page rests when so many looks in a row, so far apart, find it idle and nothing sent. */
const LOOKS = 4;
const LOOK_MS = 400;
/** Of that time its main thread may be busy so long: timers, and the browser itself. */
const IDLE_MS_MAX = 20;
const WAIT_MS = 60_000;

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    nodes: { type: "string", default: "10000" },
    repeats: { type: "string", default: "1" },
    slow: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const dist = fileURLToPath(new URL("../../web/dist", import.meta.url));
const site = await startSite(dist);
const browser = await chromium.launch({
  executablePath: process.env.HITMETRIX_CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: FLAGS,
});
const rows = [];
try {
  for (const nodes of values.nodes.split(",").map(Number)) {
    const runs = { with: [], without: [] };
    for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
      // Who comes first changes, so that neither always has the warmer machine.
      const order = repeat % 2 ? ["without", "with"] : ["with", "without"];
      for (const side of order) {
        console.log(`${nodes} nodes, ${side} the recorder, ${repeat + 1} of ${values.repeats}`);
        runs[side].push(await visit(nodes, side));
      }
    }
    for (const name of Object.keys(runs.with[0])) {
      rows.push({
        nodes,
        name,
        with: medians(runs.with.map((run) => run[name])),
        without: medians(runs.without.map((run) => run[name])),
      });
    }
  }
} finally {
  await browser.close();
  site.stop();
}
const { repeats, slow } = values;
const result = { chromium: browser.version(), repeats: Number(repeats), slow: Number(slow), rows };
if (values.out) writeFileSync(values.out, JSON.stringify(result));
else console.table(rows.map(flat));

/** One visit, from the navigation to the last piece of work. */
async function visit(nodes, side) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const figures = {};
  try {
    await page.addInitScript((name) => performance.mark(`begin ${name}`), LOAD);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: Number(values.slow) });
    await session.send("Performance.enable");
    await browser.startTracing(page, { categories: CATEGORIES });
    site.posted.bytes = 0;
    await page.goto(`${site.origin}/?nodes=${nodes}&record=${side === "with" ? "yes" : "no"}`);
    await settled(page, side);
    await rested(session);
    await page.evaluate((name) => window.bench.mark(`end ${name}`), LOAD);
    figures[LOAD] = { sent_bytes: site.posted.bytes };
    const names = await page.evaluate(() => window.bench.names);
    const wanted = names.filter((name) => !values.only || name.includes(values.only));
    for (const name of wanted) {
      const before = site.posted.bytes;
      await page.evaluate((each) => window.bench.run(each), name);
      // What the recorder puts off belongs to it, and not to what comes next.
      await rested(session);
      await page.evaluate((each) => window.bench.mark(`end ${each}`), name);
      figures[name] = { sent_bytes: site.posted.bytes - before };
      if (name === wanted.at(-2)) figures[INTERACTION] = await interact(page, session);
    }
    const read = readTrace(await browser.stopTracing());
    for (const name of Object.keys(figures)) Object.assign(figures[name], read(name));
    return figures;
  } finally {
    await context.close();
  }
}

/** Waits until the recorder has begun. */
async function settled(page, side) {
  const begun = performance.now();
  while (side === "with" && site.posted.bytes === 0) {
    if (performance.now() - begun > WAIT_MS) throw new Error("the recorder sent nothing");
    await page.waitForTimeout(50);
  }
}

/** Waits until the page does nothing of itself any more, and all that was recorded is sent. */
async function rested(session) {
  const begun = performance.now();
  let before = { ms: await busyMs(session), bytes: site.posted.bytes };
  for (let looks = 0; looks < LOOKS; ) {
    if (performance.now() - begun > WAIT_MS)
      throw new Error(`the page did not come to rest within ${WAIT_MS} ms`);
    await new Promise((next) => setTimeout(next, LOOK_MS));
    const now = { ms: await busyMs(session), bytes: site.posted.bytes };
    const isIdle = now.ms - before.ms <= IDLE_MS_MAX * Number(values.slow);
    looks = isIdle && now.bytes === before.bytes ? looks + 1 : 0;
    before = now;
  }
}

/** What the page's main thread has worked so far. */
async function busyMs(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

/** Clicks and types as a visitor does; the slowest answer to it. */
async function interact(page, session) {
  await page.evaluate((name) => {
    window.scrollTo(0, 0);
    window.bench.slowest();
    window.bench.mark(`begin ${name}`);
  }, INTERACTION);
  const before = site.posted.bytes;
  for (let at = 0; at < ACTS; at++) {
    await page.click("#act");
    await page.waitForTimeout(60);
  }
  await page.focus("#search");
  for (let at = 0; at < ACTS; at++) {
    await page.keyboard.press("a");
    await page.waitForTimeout(60);
  }
  await rested(session);
  const inp_ms = await page.evaluate((name) => {
    window.bench.mark(`end ${name}`);
    return window.bench.slowest();
  }, INTERACTION);
  return { sent_bytes: site.posted.bytes - before, inp_ms };
}

function medians(runs) {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

function flat({ nodes, name, with: on, without: off }) {
  const round = (value) => Math.round(value * 10) / 10;
  return {
    nodes,
    name,
    own_longest: round(on.own_longest_ms),
    own: round(on.own_ms),
    longest: round(on.longest_ms),
    longest_without: round(off.longest_ms),
    busy: round(on.busy_ms),
    busy_without: round(off.busy_ms),
    sent: on.sent_bytes,
    inp: on.inp_ms,
    inp_without: off.inp_ms,
  };
}

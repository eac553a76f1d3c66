/** Real Chromium: what a page may bring, and what recording does when it is too much. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

const page = (body: string) =>
  `<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body>${body}<script type="module" src="/core.js"></script></body></html>`;

const near = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

it("ends a session at the size, and after the pictures, that the reference of limits says", () => {
  const here = near("../src/record.ts");
  const [, megabytes] = /SESSION_BYTES_MAX = (\d+) << 20/.exec(here) ?? [];
  const [, pictures] = /RETAKEN_MAX = (\d+)/.exec(here) ?? [];
  const limits = near("../../../docs/reference/limits.md");
  const limit = (name: string) => Number(new RegExp(`${name}\` \\| (\\d+) `).exec(limits)?.[1]);
  expect(limit("RECORDED_SESSION_BYTES")).toBe(Number(megabytes) << 20);
  expect(limit("RETAKEN_PICTURES")).toBe(Number(pictures));
});

describe.skipIf(why !== "")("what a page may bring", { timeout: 120_000 }, () => {
  let browser: Browser;
  let site: Site;
  let tab: Page;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const open = async (body: string, script?: () => void) => {
    site = await serve({ "/": page(body) });
    tab = await browser.newPage();
    if (script) await tab.addInitScript(script);
    await tab.goto(site.origin);
    await until(() => site.events().some(({ type }) => type === 2));
  };
  const close = async () => {
    await tab.close();
    await site.close();
  };
  const remarks = (tag: string) =>
    site
      .events()
      .flatMap(({ type, data }) => (type === 5 && data.tag === tag ? [data.payload] : []));
  const pictures = () => site.events().filter(({ type }) => type === 2).length;

  it("cuts a text that the server would refuse, and keeps what stands beside it", async () => {
    // By a script: some browsers make several texts of one that is so long in the page itself.
    await open("<p></p><p>beside it</p>", () =>
      addEventListener("DOMContentLoaded", () => {
        (document.querySelector("p") as HTMLElement).textContent = "long ".repeat(1 << 20);
      }),
    );
    // It may come with the picture or after it.
    const texts = await until(() => {
      const found: string[] = [];
      JSON.stringify(site.events(), (name, value) => {
        if (name === "textContent" || (name === "value" && typeof value === "string"))
          found.push(value);
        return value;
      });
      return found.includes("beside it") && found.some(({ length }) => length >= 1 << 20) && found;
    });
    expect(Math.max(...texts.map(({ length }) => length))).toBe(1 << 20);
    await tab.evaluate(() => {
      (document.querySelector("p")?.firstChild as Text).data = "other ".repeat(1 << 20);
    });
    const changed = await until(() =>
      site
        .events()
        .flatMap(({ data }) => (data.texts ?? []) as { value: string }[])
        .find(({ value }) => value.startsWith("other")),
    );
    expect(changed.value.length).toBe(1 << 20);
    await close();
  });

  it("leaves out what lies deeper than the server reads", async () => {
    await open("<p>above</p>");
    await tab.evaluate(() => {
      let at: Element = document.body;
      for (let depth = 0; depth < 700; depth++) {
        const inner = document.createElement("div");
        inner.className = `at-${depth}`;
        at.append(inner);
        at = inner;
      }
      dispatchEvent(new Event("deep"));
    });
    await tab.evaluate("newSession()");
    await until(() => pictures() > 1);
    const levels = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(levels))
        : 0;
    const last = site.events().findLast(({ type }) => type === 2);
    expect(levels(last)).toBeLessThanOrEqual(1024);
    expect(levels(last)).toBeGreaterThan(900);
    await close();
  });

  it("says that a session has reached its size, once, and records the next one", async () => {
    await open("<p>x</p>");
    await tab.evaluate(async () => {
      const text = document.querySelector("p")?.firstChild as Text;
      for (let change = 0; change < 52; change++) {
        text.data = String(change).padEnd(1 << 20, "x");
        await new Promise((next) => setTimeout(next, 80));
      }
    });
    await until(() => remarks("hm-stop").length > 0);
    await tab.evaluate(() => document.body.append("after the end"));
    await tab.evaluate("newSession()");
    await until(() => pictures() > 1);
    expect(remarks("hm-stop")).toEqual([{ reason: "bytes" }]);
    await tab.evaluate(() => document.body.append("in the next one"));
    await until(() => site.everything().includes("in the next one"));
    const before = site.events().findLastIndex(({ type }) => type === 2);
    expect(JSON.stringify(site.events().slice(0, before))).not.toContain("after the end");
    await close();
  });

  it("says that it was asked for too many pictures, and records the next session", async () => {
    // A hundred times two seconds are long: a clock that only timers move, which nothing costs any time by.
    await open("<p>x</p>", () => {
      const FASTER = 20;
      const { setInterval: every } = window;
      let clock = performance.now();
      window.setInterval = ((work: () => void, ms: number) =>
        every(() => {
          clock += ms;
          work();
        }, ms / FASTER)) as typeof setInterval;
      performance.now = () => clock;
    });
    site.answer.snapshot = true;
    await tab.evaluate(() => document.body.append("asks"));
    await until(() => remarks("hm-stop").length > 0);
    site.answer.snapshot = false;
    expect(remarks("hm-stop")).toEqual([{ reason: "pictures" }]);
    expect(pictures()).toBe(101);
    await tab.evaluate("newSession()");
    await until(() => pictures() > 101);
    await close();
  });

  it("says that the server refused what it sent, and records the next session", async () => {
    await open("<p>x</p>");
    site.refusals = [413, 413, 400];
    for (const one of ["one", "two", "three"]) {
      await tab.evaluate((text) => document.body.append(text), one);
      const before = site.refusals.length;
      await until(() => site.refusals.length < before);
    }
    await until(() => remarks("hm-stop").length > 0);
    expect(remarks("hm-stop")).toEqual([{ reason: "refused", status: 400 }]);
    const before = pictures();
    await tab.evaluate("newSession()");
    await until(() => pictures() > before);
    await close();
  });

  it("counts what is noted while the page changes, and what packing took", async () => {
    await open("<p>x</p>", () => {
      const { get } =
        Object.getOwnPropertyDescriptor(MutationRecord.prototype, "removedNodes") ?? {};
      Object.defineProperty(MutationRecord.prototype, "removedNodes", {
        get() {
          const until = performance.now() + 200;
          while (performance.now() < until);
          return get?.call(this);
        },
      });
    });
    await tab.evaluate(() => document.body.append("more"));
    await until(() => site.everything().includes("more"));
    await tab.evaluate("stopRecording()");
    const cost = (await until(() => remarks("hm-cost").at(-1))) as Record<string, number>;
    expect(cost.longest_ms).toBeGreaterThanOrEqual(200);
    expect(cost.packing_ms).toBeGreaterThan(0);
    await close();
  });

  it("says that it took too much of the page's time, and what; the next session counts anew", async () => {
    await open("<p>x</p>", () => {
      const { stringify } = JSON;
      JSON.stringify = ((value: unknown) => {
        const until = performance.now() + 40;
        while (performance.now() < until);
        return stringify(value);
      }) as typeof stringify;
      setInterval(() => document.body?.setAttribute("class", String(performance.now())), 60);
    });
    const most = Date.now() + 60_000;
    while (!remarks("hm-stop").length && Date.now() < most) await tab.waitForTimeout(200);
    expect(remarks("hm-stop")).toEqual([{ reason: "cost" }]);
    const first = remarks("hm-cost").at(-1) as { total_ms: number; bytes: number };
    expect(first.total_ms).toBeGreaterThan(2000);
    await tab.evaluate("newSession()");
    await until(() => pictures() > 1);
    await tab.evaluate("stopRecording()");
    await until(() => remarks("hm-stop").length > 1);
    expect(remarks("hm-stop").at(-1)).toEqual({ reason: "stopped" });
    const second = remarks("hm-cost").at(-1) as { total_ms: number; bytes: number };
    expect(second.total_ms).toBeLessThan(first.total_ms);
    await close();
  });
});

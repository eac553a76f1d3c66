/** Real Chromium: pages that stand still while an element in them scrolls. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing } from "../../../recorder/test/site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

const ROWS = `<p style="height:40px;margin:0">row</p>`.repeat(60);
const WINDOW = { width: 1000, height: 600 };

/** What of a page is how high before and afterwards. */
interface Seen {
  readonly isUnrolled: boolean;
  readonly page: number;
  readonly element: number;
  readonly beyond: number;
  readonly style: string | null;
}

describe.skipIf(why !== "")("a page that stands still", { timeout: 60_000 }, () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage({ viewport: WINDOW });
    const built = await build({
      entryPoints: [fileURLToPath(new URL("./unroll.ts", import.meta.url))],
      bundle: true,
      format: "iife",
      globalName: "unrolling",
      write: false,
    });
    await page.addInitScript({
      content: `${built.outputFiles[0]?.text}; window.unrolling = unrolling;`,
    });
    await page.goto("about:blank");
  });
  afterAll(() => browser?.close());

  const seen = async (body: string, heightMax = 20_000): Promise<Seen> => {
    await page.goto("about:blank");
    await page.setContent(`<!doctype html><html>${body}</html>`);
    return page.evaluate(
      ({ room }) => {
        const { unroll } = (
          window as unknown as { unrolling: { unroll(of: Document, room: object): boolean } }
        ).unrolling;
        const isUnrolled = unroll(document, room);
        const element = document.querySelector("main") as HTMLElement;
        return {
          isUnrolled,
          page: document.documentElement.scrollHeight,
          element: element.offsetHeight,
          beyond: element.scrollHeight - element.clientHeight,
          style: element.getAttribute("style"),
        };
      },
      { room: { ...WINDOW, heightMax } },
    );
  };

  it.each([
    [
      "in a column",
      `<body style="margin:0;height:600px;overflow:hidden"><div style="display:flex;flex-direction:column;height:600px"><header style="height:100px"></header><main style="flex:1;min-height:0;overflow:auto">${ROWS}</main></div></body>`,
    ],
    [
      "in a grid",
      `<body style="margin:0"><div style="display:grid;grid-template-rows:100px 1fr;height:600px"><header></header><main style="overflow:auto;padding:0">${ROWS}</main></div></body>`,
    ],
    [
      "in percent",
      `<style>html,body{height:100%;margin:0;overflow:hidden}</style><body><header style="height:100px"></header><main style="height:calc(100% - 100px);overflow-y:scroll">${ROWS}</main></body>`,
    ],
    [
      "fixed to the window",
      `<body style="margin:0"><header style="height:100px"></header><main style="position:fixed;inset:100px 0 0 0;overflow:auto">${ROWS}</main></body>`,
    ],
  ])("is as high as what scrolls in it, %s", async (_, body) => {
    const { isUnrolled, page, element, beyond } = await seen(body);
    expect(isUnrolled).toBe(true);
    expect(beyond).toBe(0);
    expect(element).toBe(2400);
    expect(page).toBeGreaterThanOrEqual(2500);
    expect(page).toBeLessThan(2600);
  });

  it("is cut where it would be higher than a picture may be", async () => {
    const body = `<body style="margin:0"><main style="height:600px;overflow:auto">${ROWS}</main></body>`;
    expect(await seen(body, 1000)).toMatchObject({ isUnrolled: true, page: 1000, element: 1000 });
  });

  it.each([
    ["a small list", `<main style="height:200px;overflow:auto">${ROWS}</main>`],
    [
      "a page that scrolls itself",
      `<main style="height:600px;overflow:auto">${ROWS}</main>${ROWS}`,
    ],
    [
      "what is cut and cannot be scrolled",
      `<main style="height:600px;overflow:hidden">${ROWS}</main>`,
    ],
  ])("is left as it is: %s", async (_, body) => {
    const { isUnrolled, style } = await seen(`<body style="margin:0">${body}</body>`);
    expect(isUnrolled).toBe(false);
    expect(style).toMatch(/^height:\d+px;overflow:(auto|hidden)$/);
  });
});

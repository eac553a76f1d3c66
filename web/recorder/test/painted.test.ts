/** Real Chromium: which rules of sheets can be tried, and what their pictures are then. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

const PICTURE = "http://127.0.0.1:9/a.png";
const html = `<!doctype html><style>
.seen, .seen::before, .seen::after { content: ""; background-image: url("${PICTURE}") }</style>
<p class="seen here" title="a::before">x</p><p class="other">x</p>
<div class="hidden"><p class="apart" title="a"><b>x</b></p></div>`;

type Painted = typeof import("../src/painted");

describe.skipIf(why !== "")("a picture that a rule names, where something is masked", () => {
  let browser: Browser;
  let tab: Page;
  beforeAll(async () => {
    browser = await launch();
    tab = await browser.newPage();
    const built = await build({
      entryPoints: [fileURLToPath(new URL("../src/painted.ts", import.meta.url))],
      bundle: true,
      format: "iife",
      globalName: "painted",
      write: false,
    });
    await tab.setContent(html);
    await tab.addScriptTag({ content: built.outputFiles[0]?.text ?? "" });
  });
  afterAll(() => browser?.close());

  /** Whether it is taken along, and whether the rule is about nothing hidden. */
  const tried = (selectors: string[]) =>
    tab.evaluate(
      ({ selectors, picture }) => {
        const { createPainted } = (window as unknown as { painted: Painted }).painted;
        const all = createPainted((element) => element.closest(".hidden") !== null);
        for (const selector of selectors) all.note("name", selector);
        return [all.isFree("name", picture), selectors.every(all.isOpen)];
      },
      { selectors, picture: PICTURE },
    );

  it.each([
    ".seen",
    "p.here::before",
    "p.here:AFTER",
    ".other, .seen",
    ".seen:not(.x)",
    ":root .seen:first-of-type",
    "p:nth-child(2), .seen",
  ])("is taken along by %s", async (selector) =>
    expect(await tried([selector])).toEqual([true, true]),
  );

  it.each([
    "&",
    "& .seen",
    ".seen&",
    ".seen, & > .x",
    ".seen, p:first-letter",
    ".seen, p:first-line",
    ".seen, p::first-letter",
    ".seen, :before",
    ".seen, p::before-x",
    ".seen, p::part(x)",
    ".seen, ::slotted(p)",
    ".seen, :host(.a)",
    ".seen, :is(.x)",
    ".seen, :where(.x)",
    ".seen, :has(.x)",
    ".seen, :hover",
    ".seen, :empty",
    ".seen, :checked",
    ".seen, :visited",
    ".seen, :target",
    ".seen, :nth-child(1 of :hover)",
    ".seen, :not(:focus)",
    ".seen, :root-x",
    ".seen, p:only-child(2)",
    ".seen, :-webkit-any(.x)",
    ".seen, :\\68 over",
    ".seen >",
    '[title="a::before"]',
    "[title='a::before']::after",
    "",
  ])("is not by %s", async (selector) => expect(await tried([selector])).toEqual([false, false]));

  it("is not where what hides it says so", async () => {
    expect(await tried([".seen, .apart"])).toEqual([false, false]);
    expect(await tried(["[title='a']"])).toEqual([false, false]);
    expect(await tried([".seen", ".other"])).toEqual([true, true]);
  });

  it("is asked for once in a task, and anew in the next", async () => {
    const found = await tab.evaluate(async (picture) => {
      const { createPainted } = (window as unknown as { painted: Painted }).painted;
      const all = createPainted((element) => element.closest(".hidden") !== null);
      const names = ["one", "two", "three"];
      for (const name of names) all.note(name, ".seen");
      const { querySelectorAll } = document;
      let asked = 0;
      document.querySelectorAll = (selector: string) => {
        asked++;
        return querySelectorAll.call(document, selector);
      };
      const free = names.map((name) => all.isFree(name, picture));
      const once = asked;
      await Promise.resolve();
      all.isOpen(".seen");
      document.querySelectorAll = querySelectorAll;
      return { free, once, asked };
    }, PICTURE);
    expect(found).toEqual({ free: [true, true, true], once: 1, asked: 2 });
  });

  it("is not where too many rules name it, or one is about too much", async () => {
    const rules = (many: number) => Array.from({ length: many }, (_, at) => `.seen, .x${at}`);
    expect(await tried(rules(20))).toEqual([true, true]);
    expect(await tried(rules(21))).toEqual([false, true]);
    await tab.evaluate(() => {
      for (let at = 0; at < 100; at++) document.body.append(document.createElement("i"));
    });
    expect(await tried([".seen, i"])).toEqual([false, false]);
  });
});

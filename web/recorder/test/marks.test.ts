/** Real Chromium: marks that are set when what they hide was told of hide it from then on. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

/** Rules of the owner, which the page has from the first. */
const RULES = { mask: [".private"], block: [".apart"] };
const SECRET = "Orders of Jane";
const html = `<!doctype html><html><head><meta charset="utf-8"><title>t</title>
<script>window.RULES = ${JSON.stringify(RULES)}</script></head>
<body><section><p>${SECRET}</p></section><p id="beside">Beside it</p>
<script type="module" src="/core.js"></script></body></html>`;

describe.skipIf(why !== "")("a late mark", { timeout: 60_000 }, () => {
  let browser: Browser;
  let site: Site;
  let tab: Page;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const pictures = () =>
    site.events().flatMap((event) => (event.type === 2 ? [JSON.stringify(event)] : []));
  const open = async () => {
    site = await serve({ "/": html });
    tab = await browser.newPage();
    await tab.goto(site.origin);
    await until(() => pictures().length === 1);
    expect(pictures()[0]).toContain(SECRET);
  };
  const close = async () => {
    await tab.close();
    await site.close();
  };
  const mark = (how: { name: string; value: string }) =>
    tab.evaluate(
      ({ name, value }) => document.querySelector("section")?.setAttribute(name, value),
      how,
    );

  it.each([
    ["data-hm-mask", { name: "data-hm-mask", value: "" }, "Xxxxxx"],
    ["data-hm-block", { name: "data-hm-block", value: "" }, "rr_width"],
    ["the owner's mask rule", { name: "class", value: "private" }, "Xxxxxx"],
    ["the owner's block rule", { name: "class", value: "apart" }, "rr_width"],
  ])("by %s brings a new picture in which it is hidden", async (_what, how, sign) => {
    await open();
    await mark(how);
    await until(() => pictures().length === 2);
    const [, second = ""] = pictures();
    expect(second).not.toContain(SECRET);
    expect(second.toLowerCase()).toContain(sign.toLowerCase());
    expect(second).toContain("Beside it");
    // What is said in it from then on is hidden at once, and brings no other picture.
    await tab.evaluate(
      (text) => document.querySelector("section")?.append(text),
      `${SECRET} again`,
    );
    await tab.evaluate(() => document.querySelector("#beside")?.append("the end"));
    await until(() => site.everything().includes("the end"));
    expect(site.everything()).not.toContain("again");
    expect(pictures()).toHaveLength(2);
    await close();
  });

  it("on what was never shown brings none", async () => {
    await open();
    await tab.evaluate(() => {
      const late = document.createElement("p");
      late.setAttribute("data-hm-mask", "");
      late.textContent = "hidden from the first";
      document.body.append(late, "the end");
    });
    await until(() => site.everything().includes("the end"));
    await new Promise((passed) => setTimeout(passed, 3000));
    expect(pictures()).toHaveLength(1);
    expect(site.everything()).not.toContain("hidden from");
    await close();
  });
});

/** Real Chromium: sheets, marks, frames and shadow roots that come, go and move while they are recorded. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

const page = (body: string) =>
  `<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body>${body}<script type="module" src="/core.js"></script></body></html>`;

describe.skipIf(why !== "")("what is seen", { timeout: 60_000 }, () => {
  let browser: Browser;
  let site: Site;
  let tab: Page;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const pictures = () => site.events().filter(({ type }) => type === 2);
  const within = async (body: string, work: () => Promise<void>, files = {}) => {
    site = await serve({ "/": page(body), ...files });
    tab = await browser.newPage();
    try {
      await tab.goto(site.origin);
      await until(() => pictures().length > 0);
      await work();
    } finally {
      await tab.close();
      await site.close();
    }
  };
  /** Values of an attribute that were told since the page was there. */
  const told = (name: string) =>
    site
      .events()
      .flatMap(({ data }) => (data.attributes ?? []) as { attributes: Record<string, unknown> }[])
      .flatMap(({ attributes }) => (name in attributes ? [attributes[name]] : []));

  it("follows rules that a script holds, however many it held of sheets that are gone", () =>
    within("<p>x</p>", async () => {
      await tab.evaluate(() => {
        for (let at = 0; at < 320; at++) {
          const style = document.createElement("style");
          style.textContent = `.gone-${at}{color:red}`;
          document.head.append(style);
          void ((style.sheet as CSSStyleSheet).cssRules[0] as CSSStyleRule).style;
          style.remove();
        }
      });
      await tab.waitForTimeout(1500);
      await tab.evaluate(async () => {
        const style = document.createElement("style");
        style.textContent = "p{color:red}";
        document.head.append(style);
        const { style: held } = (style.sheet as CSSStyleSheet).cssRules[0] as CSSStyleRule;
        await new Promise((next) => setTimeout(next, 500));
        // Nothing is asked of the sheet any more, and nothing is called.
        held.color = "rgb(1, 2, 3)";
      });
      await until(() => site.everything().includes("rgb(1, 2, 3)"));
    }));

  it("tells of the adopted sheets of a shadow host again when it has moved", () =>
    within('<div id="one"></div><div id="other"></div>', async () => {
      await tab.evaluate(() => {
        const host = document.createElement("section");
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("b{color:green}");
        const root = host.attachShadow({ mode: "open" });
        root.innerHTML = "<b>inside</b>";
        root.adoptedStyleSheets = [sheet];
        document.querySelector("#one")?.append(host);
      });
      const adoptions = () => site.events().filter(({ data }) => data.source === 15);
      await until(() => adoptions().length === 1);
      await tab.evaluate(() =>
        document.querySelector("#other")?.append(document.querySelector("section") as Element),
      );
      await until(() => adoptions().length === 2);
      const [first, second] = adoptions();
      expect(second?.data.id).toBe(first?.data.id);
      expect(second?.data.styleIds).toEqual(first?.data.styleIds);
    }));

  it("takes a new picture when a mark is set on what was shown before", () =>
    within('<main><p id="p">private words</p></main>', async () => {
      expect(JSON.stringify(pictures())).toContain("private words");
      await tab.waitForTimeout(2000);
      await tab.evaluate(() => document.querySelector("main")?.setAttribute("data-hm-mask", ""));
      await until(() => pictures().length === 2);
      expect(JSON.stringify(pictures()[1])).not.toContain("private words");
      // Once: the mark stays.
      await tab.waitForTimeout(3000);
      expect(pictures().length).toBe(2);
    }));

  it("keeps the picture of a sheet that is about nothing of what is marked late", () =>
    within(
      "<style>i{background:url(/a.png)}</style><i></i>",
      async () => {
        expect(JSON.stringify(pictures())).toContain('/a.png\\"');
        await tab.waitForTimeout(2000);
        await tab.evaluate(() => {
          document.body.insertAdjacentHTML("beforeend", "<b data-hm-mask>new</b>");
        });
        await until(() => pictures().length === 2);
        expect(JSON.stringify(pictures()[1])).toContain('/a.png\\"');
      },
      { "/a.png": "" },
    ));

  it("says of frames of other origins that they cannot be seen, as long as that is so", async () => {
    const other = await serve({ "/": "<p>elsewhere</p>" });
    try {
      await within(
        `<iframe src="${other.origin}"></iframe><iframe src="/own"></iframe>`,
        async () => {
          await until(() => told("data-hm-unseen").length > 0);
          await until(() => site.everything().includes("of our own"));
          expect(told("data-hm-unseen")).toEqual(["frame"]);
          await tab.evaluate(() => {
            const [frame] = document.querySelectorAll("iframe");
            if (frame) frame.src = "/own";
          });
          await until(() => told("data-hm-unseen").length > 1);
          expect(told("data-hm-unseen")).toEqual(["frame", null]);
        },
        { "/own": "<p>of our own</p>" },
      );
    } finally {
      await other.close();
    }
  });

  it("says of closed shadow roots how large they are, and not of what is left out", () =>
    within('<div id="host"></div><div id="out" data-hm-block></div>', async () => {
      await tab.evaluate(() => {
        for (const id of ["#host", "#out"]) {
          const root = document.querySelector(id)?.attachShadow({ mode: "closed" });
          if (root) root.innerHTML = '<div style="width:120px;height:40px">private words</div>';
        }
      });
      await until(() => told("data-hm-unseen").length > 0);
      await tab.waitForTimeout(500);
      expect(told("data-hm-unseen")).toEqual([expect.stringMatching(/^shadow \d+x40$/)]);
      expect(site.everything()).not.toContain("private words");
    }));
});

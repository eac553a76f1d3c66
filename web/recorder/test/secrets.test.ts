/** Real Chromium, a page full of secrets, real typing: none of them is in any byte that is posted. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CSS, INNER, PAGE, SECRETS, secret } from "./secrets";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

describe.skipIf(why !== "")("secrets", () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    browser = await launch();
    site = await serve({
      "/": PAGE,
      "/inner.html": INNER,
      "/site.css": CSS,
      "/late.js": "",
      "/favicon.ico": "",
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it("leaves nothing behind of what was planted, typed or changed", async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const query = secret("query of the page");
    await page.goto(
      `${site.origin}/?token=${query}&utm_source=visible#${secret("fragment of the page")}`,
    );
    await until(() => site.events().some(({ type }) => type === 2));
    await type(page);
    await change(page);
    await page.waitForTimeout(1500);
    await page.goto("about:blank");
    await until(() => site.everything().includes("hm-cost"));

    const all = site.everything();
    const found = [...SECRETS]
      .filter(([text]) => all.toLowerCase().includes(text))
      .map(([, place]) => place);
    expect(found).toEqual([]);
    expect(SECRETS.size).toBeGreaterThan(90);
    for (const shown of [
      "Welcome visible",
      "Visible title",
      "Visible text",
      "Visible link",
      "Visible cell",
      "Visible card",
      "inner frame visible",
      "inner visible",
      "utm_source=visible",
      "late visible",
      "shown plain value",
    ]) {
      expect(all).toContain(shown);
    }
    expect(errors).toEqual([]);
  });
});

async function type(page: Page): Promise<void> {
  const typed = secret("typed text");
  await page.fill("input[name=plain]", "");
  await page.locator("input[name=plain]").pressSequentially(typed);
  // The page shows at once what is typed, in text, title and address.
  await page.evaluate((value) => {
    const input = document.querySelector<HTMLInputElement>("input[name=plain]");
    const echo = document.querySelector("#echo");
    input?.addEventListener("input", () => {
      if (echo) echo.textContent = `Hello ${input.value}!`;
      document.title = `Results for ${input.value.toUpperCase()}`;
      history.pushState(null, "", `/found/${encodeURIComponent(input.value)}/list?q=${value}`);
    });
  }, typed);
  await page.locator("input[name=plain]").fill(secret("typed text that the page repeats"));
  await page.locator("#pw").pressSequentially(secret("typed password"));
  await page.evaluate(() => document.querySelector("#pw")?.setAttribute("type", "text"));
  await page.locator("#pw").pressSequentially(secret("typed into what was a password"));
  await page.locator("#editor").pressSequentially(secret("typed into contenteditable"));
  await page.locator("textarea").first().fill(secret("typed into textarea"));
  await page.locator("#host input").fill(secret("typed into shadow"));
  await page.frameLocator("iframe >> nth=0").locator("#inner").fill(secret("typed into frame"));
  await page.locator("#sel").selectOption({ index: 1 });
  await page.locator("#box").click();
}

async function change(page: Page): Promise<void> {
  const planted = Object.fromEntries(
    [
      "text",
      "title",
      "data",
      "value",
      "href",
      "src",
      "style",
      "rule",
      "sheet",
      "property",
      "added",
      "input",
      "option",
      "shadow",
      "adopted",
      "address",
      "comment",
      "custom",
      "state",
      "frame",
      "script",
      "nested",
      "placeholder",
      "meta",
      "replaced",
    ].map((name) => [name, secret(`later: ${name}`)]),
  ) as Record<string, string>;
  await page.evaluate(async (p) => {
    const live = document.querySelector<HTMLElement>("#live");
    const spot = document.querySelector<HTMLElement>("#spot");
    if (!live || !spot) return;
    spot.textContent = p.text ?? "";
    live.title = p.title ?? "";
    live.dataset.later = p.data;
    for (const input of document.querySelectorAll("input")) {
      input.setAttribute("value", p.value ?? "");
      input.placeholder = p.placeholder ?? "";
    }
    const state = document.createElement("input");
    state.value = p.state ?? "";
    document.querySelector("a")?.setAttribute("href", `/x?t=${p.href}`);
    document.querySelector("img")?.setAttribute("src", `/y.png?t=${p.src}`);
    live.style.backgroundImage = `url(/z.png?t=${p.style})`;
    const sheet = document.querySelector("style")?.sheet;
    sheet?.insertRule(`.r{background:url(/r.png?t=${p.rule})}`, 0);
    const rule = sheet?.cssRules[0] as CSSStyleRule | undefined;
    rule?.style.setProperty("background", `url(/q.png?t=${p.property})`);
    const style = document.createElement("style");
    style.textContent = `/* ${p.comment} */ .s{background:url('/s.png?t=${p.sheet}')}`;
    document.head.append(style);
    const added = document.createElement("div");
    added.innerHTML = `late visible <b class="rule-mask">${p.added}</b><input value="${p.input}"><select><option>${p.option}</option></select><x-y note="${p.custom}"></x-y><script type="text/x">${p.script}</script><p data-hm-mask><i>${p.nested}</i></p><input class="rule-show" value="shown plain value">`;
    added.append(state);
    document.body.append(added);
    const host = document.createElement("div");
    document.body.append(host);
    host.attachShadow({ mode: "open" }).innerHTML = `<input value="${p.shadow}">`;
    const adopted = new CSSStyleSheet();
    adopted.replaceSync(`.d{background:url(/d.png?t=${p.adopted})}`);
    document.adoptedStyleSheets = [adopted];
    adopted.replaceSync(`.d{background:url(/d.png?t=${p.replaced})}`);
    history.pushState(null, "", `/next?t=${p.address}#${p.address}`);
    document.querySelector("meta[name=description]")?.setAttribute("content", p.meta ?? "");
    const frame = document.createElement("iframe");
    frame.srcdoc = `<input value="${p.frame}"><p title="${p.frame}">late frame</p>`;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener("load", resolve));
    getSelection()?.selectAllChildren(document.querySelector("#editor") as Element);
  }, planted);
}

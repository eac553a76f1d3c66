// What a visitor types and does, and what the page changes, each time with a secret of its own.
import type { Page } from "playwright-core";
import {
  asked,
  blockedPath,
  framed,
  logged,
  never,
  queryKey,
  sheetText,
  shown,
  text,
  title,
  underMaskRule,
  value,
  words,
} from "./options.ts";
import type { Planter } from "./secrets.ts";

/** After this long a click that led to nothing is told. */
const DEAD_MS = 3000;

/** Addresses of the first page: what its query and fragment say. */
export function firstAddress(s: Planter): string {
  const query = `token=${s("query of the page", never)}&q=${s("allowed key of the page", queryKey)}`;
  return `/?${query}&utm_source=${s("campaign of the page", shown)}#${s("fragment of the page", never)}`;
}

/** Everything that happens on the main page, in order. */
export async function change(page: Page, s: Planter): Promise<void> {
  await repeatWhatIsTyped(page);
  await type(page, s);
  await toggle(page, s);
  await script(page, s);
  await mutate(page, s);
  await styles(page, s);
  await elsewhere(page, s);
  await click(page);
  await fail(page, s);
  await navigate(page, s);
}

/** Waits by the clock of the page: what it was to do before, it has done by then, however slow it is. */
function rest(page: Page, ms: number): Promise<void> {
  return page.evaluate((wait) => new Promise<void>((done) => setTimeout(done, wait)), ms);
}

/** The page shows at once what is typed into two of its fields, wherever a page can. */
function repeatWhatIsTyped(page: Page): Promise<void> {
  return page.evaluate(() => {
    const find = (selector: string) => document.querySelector(selector) as HTMLElement;
    const repeat = (event: Event) => {
      const typed = (event.target as HTMLInputElement).value;
      const slug = typed.toLowerCase().replaceAll(" ", "-");
      find("#echo").textContent = `Results for ${typed.toUpperCase()}!`;
      find("#echo").title = typed;
      find("#echo").dataset.echo = typed;
      find("#echo").style.setProperty("--echo", typed);
      find("#echo").style.setProperty("--words", `"for ${typed}"`);
      find("#echo-link").setAttribute("href", `/tag/${slug}/list?q=${typed}#${typed}`);
      find("#echo-link").textContent = typed;
      find("#echo-button").textContent = `Search ${typed}`;
      document.title = `Results for ${typed}`;
      const sheet = document.querySelector("style")?.sheet;
      sheet?.insertRule(`.echo::before { content: "You wrote ${typed}" }`, sheet.cssRules.length);
      history.replaceState(null, "", `/results/${encodeURIComponent(typed)}/${slug}?q=${typed}`);
      setTimeout(() => {
        throw new Error(`nothing found for ${typed} at /search?q=${typed}`);
      });
      Promise.reject(new Error(`no answer for ${typed}`));
      console.log(typed);
    };
    for (const name of ["plain", "words", "shown"])
      find(`[name=${name}]`).addEventListener("change", repeat);
  });
}

async function type(page: Page, s: Planter): Promise<void> {
  const plain = page.locator("[name=plain]");
  await plain.pressSequentially(s("typed, and repeated by the page", value), { delay: 5 });
  await plain.blur();
  await rest(page, 150);
  const two = `${s("first of two typed words", value)} O'${s("second of two typed words", value)}`;
  await page.locator("[name=words]").fill(two);
  await page.locator("[name=words]").blur();
  await page.locator("[name=shown]").fill(s("typed into a shown field", shown));
  await page.locator("#area").fill(s("typed into a text area", value));
  await page.locator("#live-editor").pressSequentially(s("typed into editable text", value));
  await page.locator("#shadow-field").fill(s("typed into a shadow root", value));
  const frame = page.frameLocator("iframe[src^='/frame']");
  const inFrame = s("typed into a frame, and repeated by the page", framed);
  await frame.locator("#framed").fill(inFrame);
  await frame.locator("#framed").blur();
  await page.evaluate((typed) => {
    document.title = `Hello ${typed}`;
    history.pushState(null, "", `/hello/${typed}`);
  }, inFrame);
  await rest(page, 150);
  await page.locator("#list").selectOption({ index: 1 });
  await page.locator("#box").click();
}

/** Passwords that are shown, copied, or filled in by the browser. */
async function toggle(page: Page, s: Planter): Promise<void> {
  const secret = page.locator("#secret");
  await secret.pressSequentially(s("typed password, then shown", never));
  await page.evaluate(() => document.querySelector("#secret")?.setAttribute("type", "text"));
  await secret.fill(s("typed into what was a password", never));
  // As frameworks do it: another element takes the place of the field, with its value.
  await page.evaluate(() => {
    const before = document.querySelector<HTMLInputElement>("#secret");
    const after = document.createElement("input");
    after.value = before?.value ?? "";
    after.setAttribute("data-hm-show", "");
    after.setAttribute("value", after.value);
    before?.replaceWith(after);
    after.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const filled = page.locator("#late-filled");
  await filled.evaluate((field) => field.classList.add("filled"));
  await filled.fill(s("filled in by the browser", never));
  await filled.evaluate((field) => field.classList.remove("filled"));
  await filled.fill(s("typed into what was filled in", never));
}

/** Values that the page's own code gives to fields, past the visitor. */
function script(page: Page, s: Planter): Promise<void> {
  const planted = {
    set: s("value set by a script", value),
    framework: s("value set as a framework does", value),
    attribute: s("value attribute set later", value),
    fallback: s("text of a text area set later", value),
    option: s("option added later", value),
    hidden: s("hidden field added later", never),
    password: s("password field added later", never),
    placeholder: s("placeholder set later", words),
    editable: s("text set in editable text", value),
  };
  return page.evaluate((p) => {
    const plain = document.querySelector<HTMLInputElement>("#pasted");
    if (!plain) return;
    plain.value = p.set;
    const native = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    native?.set?.call(plain, p.framework);
    plain.dispatchEvent(new Event("input", { bubbles: true }));
    plain.dispatchEvent(new Event("change", { bubbles: true }));
    plain.setAttribute("value", p.attribute);
    plain.placeholder = p.placeholder;
    const area = document.querySelector("#area");
    if (area) area.textContent = p.fallback;
    document.querySelector("#list")?.append(new Option(p.option, p.option));
    const added = document.querySelector("#added") as HTMLElement;
    added.innerHTML = `<input type="hidden" value="${p.hidden}"><input type="password" value="${p.password}">`;
    const editor = document.querySelector("#live-editor");
    if (editor) editor.textContent = p.editable;
  }, planted);
}

/** Texts, attributes and elements that come later. */
function mutate(page: Page, s: Planter): Promise<void> {
  const planted = {
    text: s("text set later", text),
    marked: s("text of an element that is marked later", never),
    ruled: s("text where the mask rule begins to match", underMaskRule),
    ruledAdded: s("element added where the mask rule begins to match", underMaskRule),
    title: s("title set later", words),
    data: s("data set later", never),
    alt: s("alt set later", words),
    href: s("query of a link set later", never),
    src: s("address of an image set later", never),
    style: s("address in a style set later", never),
    comment: s("comment added later", never),
    custom: s("custom element added later", never),
    frame: s("value in a frame added later", value),
    frameTitle: s("title in a frame added later", words),
    shadow: s("value in a shadow root added later", value),
    shadowText: s("marked text in a shadow root added later", never),
    meta: s("meta set later", never),
    base: s("base added later", never),
    nested: s("text added under data-hm-mask", never),
    split: s("second half of a marked text", never),
    dialog: s("aria-label of a dialog opened later", words),
    script: s("script added later", never),
    data2: s("character data changed in a masked element", never),
  };
  return page.evaluate(async (p) => {
    const live = document.querySelector<HTMLElement>("#live");
    const link = document.querySelector("#link");
    const image = document.querySelector("img");
    if (!live || !link || !image) return;
    live.textContent = p.text;
    live.title = p.title;
    live.dataset.later = p.data;
    live.style.backgroundImage = `url(/z.png?t=${p.style})`;
    image.setAttribute("alt", p.alt);
    image.setAttribute("src", `/y.png?t=${p.src}`);
    link.setAttribute("href", `/x?t=${p.href}`);
    const added = document.createElement("div");
    added.innerHTML = `<!-- ${p.comment} --><user-card user="${p.custom}"></user-card><script type="text/plain">${p.script}</script>
<div data-hm-mask><p>${p.nested}</p></div><p id="late-marked">later</p><dialog aria-label="${p.dialog}">dialog</dialog>`;
    document.body.append(added);
    await new Promise(requestAnimationFrame);
    const marked = added.querySelector("#late-marked");
    marked?.setAttribute("data-hm-mask", "");
    if (marked) marked.textContent = p.marked;
    // A rule begins to match through a class further up, long after the inside was recorded.
    document.querySelector("#outer")?.classList.add("began");
    await new Promise(requestAnimationFrame);
    const ruled = document.querySelector("#ruled");
    if (ruled?.firstChild) (ruled.firstChild as Text).data = p.ruled;
    const more = document.createElement("p");
    more.textContent = p.ruledAdded;
    document.querySelector("#inner")?.append(more);
    const masked = document.querySelector("[data-hm-mask] p")?.firstChild as Text | null;
    masked?.appendData(p.split);
    if (masked) masked.splitText(3).data = p.data2;
    added.querySelector("dialog")?.showModal();
    added.querySelector("dialog")?.close();
    document.querySelector("meta[name=description]")?.setAttribute("content", p.meta);
    const base = document.createElement("base");
    base.href = `/?t=${p.base}`;
    document.head.append(base);
    base.remove();
    const host = document.createElement("div");
    document.body.append(host);
    await new Promise(requestAnimationFrame);
    host.attachShadow({
      mode: "open",
    }).innerHTML = `<input value="${p.shadow}"><p data-hm-mask>${p.shadowText}</p>`;
    const frame = document.createElement("iframe");
    frame.srcdoc = `<input value="${p.frame}"><p title="${p.frameTitle}">x</p>`;
    document.body.append(frame);
    await new Promise((loaded) => frame.addEventListener("load", loaded));
  }, planted);
}

/** Style sheets that change. */
function styles(page: Page, s: Planter): Promise<void> {
  const planted = {
    rule: s("content of an inserted rule", sheetText),
    ruleAddress: s("address of an inserted rule", never),
    property: s("property set on a rule", sheetText),
    propertyAddress: s("address set on a rule", never),
    sheet: s("content of a style added later", sheetText),
    sheetComment: s("comment of a style added later", never),
    replaced: s("content of a replaced sheet", sheetText),
    replacedAddress: s("address of a replaced sheet", never),
    masked: s("rule inserted into a marked style", never),
    maskedProperty: s("property set in a marked style", never),
    maskedRoot: s("rule inserted into a sheet of a masked root", never),
    maskedReplaced: s("sheet of a masked root replaced", never),
    text: s("text of a style set later", sheetText),
  };
  return page.evaluate(async (p) => {
    const first = document.querySelector("style")?.sheet;
    const at = first?.cssRules.length ?? 0;
    first?.insertRule(
      `.r::before { content: "${p.rule}"; background: url(/r.png?t=${p.ruleAddress}) }`,
      at,
    );
    const rule = first?.cssRules[at] as CSSStyleRule | undefined;
    rule?.style.setProperty("content", `"${p.property}"`);
    rule?.style.setProperty("background", `url(/q.png?t=${p.propertyAddress})`);
    const style = document.createElement("style");
    style.textContent = `/* ${p.sheetComment} */ .s::before { content: "${p.sheet}" }`;
    document.head.append(style);
    // Long enough to be told of, in slices: what is gone again before is not.
    await new Promise((later) => setTimeout(later, 1000));
    style.textContent = `.t::before { content: "${p.text}" }`;
    const adopted = document.adoptedStyleSheets[0];
    await adopted?.replace(
      `.u::before { content: "${p.replaced}"; background: url(/d.png?t=${p.replacedAddress}) }`,
    );
    const marked = document.querySelector<HTMLStyleElement>("style[data-hm-mask]")?.sheet;
    marked?.insertRule(`.v::before { content: "${p.masked}" }`);
    const inside = marked?.cssRules[0] as CSSStyleRule | undefined;
    inside?.style.setProperty("content", `"${p.maskedProperty}"`);
    const root = document.querySelector("#masked-host")?.shadowRoot?.adoptedStyleSheets[0];
    root?.insertRule(`.w::before { content: "${p.maskedRoot}" }`);
    root?.replaceSync(`.w::before { content: "${p.maskedReplaced}" }`);
  }, planted);
}

/** Paste, drag, print, selection, storage and what goes to the page's own server. */
async function elsewhere(page: Page, s: Planter): Promise<void> {
  const planted = {
    dropped: s("dragged and dropped", value),
    dragged: s("data of a drag", never),
    printed: s("marked text while printing", never),
    request: s("address of a request", never),
    header: s("header of a request", never),
    body: s("body of a request", never),
    socket: s("address of a socket", never),
    logged: s("console", logged),
    filled: s("console, filled into a text", logged),
    object: s("object in the console", never),
    list: s("list in the console", never),
    thrown: s("error in the console", logged),
    cause: s("query in an error in the console", never),
    logQuery: s("query of an address in the console", never),
    logUser: s("user of an address in the console", never),
    logPassword: s("password named in the console", never),
    logToken: `${s("token in the console", never)}0123456789`,
    logMail: s("e-mail in the console", never),
    logStyle: s("style of a console line", never),
    path: s("path of a request", asked),
    xhr: s("path of an older request", asked),
    xhrQuery: s("query of an older request", never),
    xhrBody: s("body of an older request", never),
    image: s("query of a picture asked for", never),
    method: s("method of a request", never),
    stored: s("indexed database", never),
    mark: s("name of a performance mark", never),
    message: s("message between windows", never),
  };
  await page.evaluate(async (p) => {
    const dropzone = document.querySelector("#dropzone") as HTMLElement;
    const target = document.querySelector("#dropped") as HTMLInputElement;
    const transfer = new DataTransfer();
    transfer.setData("text/plain", p.dragged);
    for (const kind of ["dragstart", "drag"])
      dropzone.dispatchEvent(new DragEvent(kind, { bubbles: true, dataTransfer: transfer }));
    target.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: transfer }));
    target.value = p.dropped;
    target.dispatchEvent(
      new InputEvent("input", { bubbles: true, inputType: "insertFromDrop", data: p.dropped }),
    );
    dropzone.textContent = p.printed;
    dispatchEvent(new Event("beforeprint"));
    getSelection()?.selectAllChildren(dropzone);
    // A selection is told a moment later, and only what is selected then.
    await new Promise((told) => setTimeout(told, 200));
    console.log(p.logged);
    console.warn("%c%s%c %d", `color: ${p.logStyle}`, p.filled, "", 5, {
      of: p.object,
      [p.object]: 1,
    });
    console.info([p.list, p.list], new Map([[p.list, p.list]]), document.body);
    console.error(new Error(`${p.thrown} at https://example.org/x?t=${p.cause}#${p.cause}`));
    console.debug(
      `asked http://${p.logUser}:${p.logUser}@example.org/y?t=${p.logQuery}, /z?${p.logQuery}`,
    );
    console.log(`password: ${p.logPassword}; Authorization: Bearer ${p.logPassword}`);
    console.log("signed in with", p.logToken, `as ${p.logMail}@example.org`);
    console.log(Object.assign(Object.create(null), { of: p.object }), Symbol("plain"), null);
    performance.mark(p.mark);
    postMessage(p.message, "*");
    indexedDB.open(p.stored);
    await fetch(`/${p.path}/a?t=${p.request}`);
    await fetch(new Request(`/a?t=${p.request}#${p.request}`, { method: p.method })).catch(
      () => {},
    );
    await new Promise((done) => {
      const older = new XMLHttpRequest();
      older.addEventListener("loadend", done);
      older.open("post", `/${p.xhr}?t=${p.xhrQuery}`);
      older.setRequestHeader("x-token", p.header);
      older.send(p.xhrBody);
    });
    new Image().src = `/none.png?t=${p.image}`;
    await fetch(`/found?t=${p.request}`, {
      method: "POST",
      headers: { authorization: p.header },
      body: p.body,
    });
    new WebSocket(`ws://${location.host}/socket?t=${p.socket}`);
  }, planted);
  await page.emulateMedia({ media: "print" });
  await page.emulateMedia({ media: "screen" });
  await page.locator("#pasted").evaluate(
    (field, pasted) => {
      (field as HTMLInputElement).focus();
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: data }));
      document.execCommand("insertText", false, pasted);
    },
    s("pasted", value),
  );
}

async function click(page: Page): Promise<void> {
  const targets = [
    "#masked-button",
    "#blocked-button",
    "#masked-link",
    "#half-masked",
    "#with-editor",
    "#with-list",
    "#echo-button",
    "#dead",
    "#blocked-field",
    "#masked-field",
  ];
  await page.evaluate(() =>
    document.addEventListener("click", (event) => {
      if ((event.target as Element).closest("a")) event.preventDefault();
    }),
  );
  for (const selector of [...targets, "#link", "#echo-link"]) {
    const element = page.locator(selector);
    // At the upper left, because the middle of a button may be a field in it.
    const place = { position: { x: 3, y: 3 }, force: true };
    await element.click(place);
    if (/field/.test(selector)) await page.keyboard.type("abc");
  }
  for (let count = 0; count < 3; count++)
    await page.locator("#masked-button").click({ force: true });
  // The first of these two takes the focus away, which is something that follows. Its text cannot
  // be selected, because a double click that does is followed by something too.
  for (let count = 0; count < 2; count++) await page.locator("#dead").click({ force: true });
  await rest(page, DEAD_MS);
}

/** Errors that carry what they should not. */
async function fail(page: Page, s: Planter): Promise<void> {
  const planted = {
    query: s("query in an error's text", never),
    relative: s("query of a relative address in an error's text", never),
    stack: s("stack of an error", never),
    file: s("query of an error's file", never),
    mail: s("e-mail in an error", never, "disk"),
    bearer: s("authorization in an error", never, "disk"),
    rejection: s("query in a rejection", never),
  };
  await page.evaluate(async (p) => {
    const fails = (error: Error) =>
      setTimeout(() => {
        throw error;
      });
    fails(new Error(`no answer from https://example.org/api?token=${p.query}#x`));
    fails(new Error(`cannot load /api/user?token=${p.relative}`));
    const error = new Error("broken");
    error.stack = `Error: broken at ${p.stack}`;
    fails(error);
    fails(new Error(`nobody called ${p.mail}@example.org`));
    fails(new Error(`refused Authorization: Bearer ${p.bearer}`));
    Promise.reject(new Error(`failed: https://example.org/x?key=${p.rejection}`));
    const file = document.createElement("script");
    file.src = `/broken.js?t=${p.file}`;
    document.head.append(file);
    await new Promise((loaded) => file.addEventListener("load", loaded));
  }, planted);
}

/** Addresses that change without a page load, marked titles, and a form that ends the page. */
async function navigate(page: Page, s: Planter): Promise<void> {
  const visits = [
    `/next?t=${s("query of a later page", never)}&q=${s("allowed key of a later page", queryKey)}#${s("fragment of a later page", never)}`,
    `/next#/route?x=${s("query of a hash route", never)}`,
    `/private/${s("path of a blocked page", blockedPath)}`,
    `/after?t=${s("query after a blocked page", never)}`,
  ];
  const titles = [
    s("title of a later page", title),
    "route",
    "private",
    s("title that is marked later", never),
  ];
  for (const [index, url] of visits.entries()) {
    await page.evaluate(
      ([next, words, isMarked]) => {
        if (isMarked) document.querySelector("title")?.setAttribute("data-hm-mask", "");
        document.title = words;
        history.pushState({}, "", next);
        document.body.append(document.createElement("hr"));
      },
      [url, titles[index] ?? "", index === 3] as const,
    );
    await rest(page, 200);
  }
}

/** A form that is sent by address: the next page has in its own what was typed. */
export async function send(page: Page, s: Planter): Promise<void> {
  await page.locator("#found input").fill(s("typed into a form sent by address", value));
  await Promise.all([page.waitForURL("**/found?**"), page.locator("#found button").click()]);
}

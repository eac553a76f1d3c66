// One small page for each feature of browsers that recorders get wrong, and what changes on it,
// step by step. A step runs in the page; between two steps the picture stands still.

/** A page and its changes. */
export interface Feature {
  readonly name: string;
  readonly head?: string;
  readonly body: string;
  readonly steps: readonly (() => void | Promise<void>)[];
  /** Fonts and pictures that its recording must have. */
  readonly assets?: number;
}

/** Where the page of a feature finds a font. */
export const FONT_PATH = "/own.woff";

const BASE = "<style>body { margin: 10px; font: 16px/20px sans-serif }</style>";

export const FEATURES: readonly Feature[] = [
  {
    name: "open shadow roots, nested, with slots, attached late",
    body: `<x-card><b slot="name">Slotted</b> rest</x-card><div id="late">light</div><script>
      const root = document.querySelector("x-card").attachShadow({ mode: "open" });
      root.innerHTML = "<style>p { color: red; margin: 0 } ::slotted(b) { color: blue }</style><p>Inside <slot name='name'></slot><slot></slot></p><div id='deep'></div>";
    </script>`,
    steps: [
      () => {
        const root = document.querySelector("x-card")?.shadowRoot;
        const deep = root?.querySelector("#deep")?.attachShadow({ mode: "open" });
        if (deep) deep.innerHTML = "<style>i { font-size: 30px }</style><i>deeper</i>";
      },
      () => {
        const late = document.querySelector("#late")?.attachShadow({ mode: "open" });
        if (late)
          late.innerHTML =
            "<style>:host { display: block; color: green }</style>late <slot></slot>";
      },
      () => {
        const root = document.querySelector("x-card")?.shadowRoot;
        const inner = root?.querySelector("#deep")?.shadowRoot?.querySelector("i");
        if (inner) inner.textContent = "changed deep down";
        document.querySelector("x-card")?.append(" more light");
      },
    ],
  },
  {
    name: "adopted and constructed style sheets",
    body: `<p class="a">one</p><p class="b">two</p><div id="host"></div><script>
      const first = new CSSStyleSheet();
      first.replaceSync(".a { color: red }");
      document.adoptedStyleSheets = [first];
      const root = document.querySelector("#host").attachShadow({ mode: "open" });
      root.innerHTML = "<p>shadow</p>";
      window.inside = new CSSStyleSheet();
      window.inside.replaceSync("p { background-color: yellow }");
      root.adoptedStyleSheets = [window.inside, first];
    </script>`,
    steps: [
      () => {
        const second = new CSSStyleSheet();
        second.replaceSync(".b { font-size: 30px; color: blue }");
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, second];
      },
      () => document.adoptedStyleSheets[0]?.replaceSync(".a { font-weight: 700 }"),
      () => {
        document.adoptedStyleSheets[1]?.insertRule(".a { text-align: right }", 0);
        const { inside } = window as unknown as { inside: CSSStyleSheet };
        inside.deleteRule(0);
        inside.insertRule("p { color: green }");
      },
      () => {
        document.adoptedStyleSheets = [];
      },
    ],
  },
  {
    name: "styles from scripts through insertRule",
    head: `<style id="speedy"></style><style id="media">@media all { .m { color: red } }</style>`,
    body: `<p class="s1">one</p><p class="s2">two</p><p class="m">three</p>`,
    steps: [
      () => {
        const sheet = document.querySelector<HTMLStyleElement>("#speedy")?.sheet;
        sheet?.insertRule(".s1 { color: red; font-size: 24px }");
        sheet?.insertRule(".s2 { color: blue }", 1);
      },
      () => {
        const sheet = document.querySelector<HTMLStyleElement>("#speedy")?.sheet;
        (sheet?.cssRules[0] as CSSStyleRule | undefined)?.style.setProperty(
          "background-color",
          "yellow",
        );
        (sheet?.cssRules[1] as CSSStyleRule | undefined)?.style.removeProperty("color");
      },
      () => {
        const sheet = document.querySelector<HTMLStyleElement>("#speedy")?.sheet;
        sheet?.deleteRule(0);
        const media = document.querySelector<HTMLStyleElement>("#media")?.sheet?.cssRules[0];
        (media as CSSMediaRule | undefined)?.insertRule(".m { font-weight: 700 }", 1);
      },
      () => {
        const style = document.createElement("style");
        document.head.append(style);
        style.sheet?.insertRule(".s2 { opacity: 0.5 }");
      },
    ],
  },
  {
    name: "rules that scripts change by what they hold of them",
    head: "<style id='sheet'>.a { color: red } @media all { .b { color: red } } @keyframes grow { from { font-size: 10px } to { font-size: 12px } } .c { animation: grow 1s linear -1s paused both }</style>",
    body: `<p class="a">one</p><p class="b">two</p><p class="c">three</p>`,
    steps: [
      () => {
        const { sheet } = document.querySelector("#sheet") as HTMLStyleElement;
        const { cssRules: rules } = sheet as CSSStyleSheet;
        const { style } = rules[0] as CSSStyleRule;
        style.color = "blue";
        Object.assign(window, { held: style });
        const inner = (rules[1] as CSSMediaRule).cssRules[0] as CSSStyleRule;
        inner.style.cssText = "color: green; font-weight: 700";
      },
      async () => {
        // What was held before tells nobody, and is looked at once a second.
        const { held } = window as unknown as { held: CSSStyleDeclaration };
        held.backgroundColor = "yellow";
        await new Promise((looked) => setTimeout(looked, 2500));
      },
      () => {
        const { sheet } = document.querySelector("#sheet") as HTMLStyleElement;
        const { cssRules: rules } = sheet as CSSStyleSheet;
        (rules[0] as CSSStyleRule).selectorText = ".b";
        (rules[3] as CSSStyleRule).styleMap.set("color", "purple");
        (document.querySelector(".c") as HTMLElement).attributeStyleMap.set(
          "text-align",
          new CSSKeywordValue("right"),
        );
      },
      () => {
        const { sheet } = document.querySelector("#sheet") as HTMLStyleElement;
        const { cssRules: rules } = sheet as CSSStyleSheet;
        const grow = rules[2] as CSSKeyframesRule;
        (grow.cssRules[1] as CSSKeyframeRule).style.fontSize = "30px";
        Object.assign(rules[0] as CSSStyleRule, { style: "opacity: 0.5" });
      },
      () => {
        const { sheet } = document.querySelector("#sheet") as HTMLStyleElement;
        const { cssRules: rules } = sheet as CSSStyleSheet;
        const grow = rules[2] as CSSKeyframesRule;
        grow.deleteRule("to");
        grow.appendRule("to { font-size: 24px }");
      },
    ],
  },
  {
    name: "themes that are switched by their sheets",
    head: "<style id='light'>p { color: red }</style><style id='dark'>p { color: blue; font-weight: 700 }</style><script>document.querySelector('#dark').sheet.disabled = true</script>",
    body: `<p>one</p><script>
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = URL.createObjectURL(new Blob(["p { font-size: 30px }"], { type: "text/css" }));
      document.head.append(link);
      window.adopted = new CSSStyleSheet();
      window.adopted.replaceSync("p { background-color: yellow }");
      document.adoptedStyleSheets = [window.adopted];
    </script>`,
    steps: [
      () => {
        const sheetOf = (id: string) => document.querySelector<HTMLStyleElement>(id)?.sheet;
        Object.assign(sheetOf("#light") ?? {}, { disabled: true });
        Object.assign(sheetOf("#dark") ?? {}, { disabled: false });
      },
      () => {
        const { adopted } = window as unknown as { adopted: CSSStyleSheet };
        adopted.disabled = true;
        adopted.insertRule("p { text-align: right }", 1);
        const dark = document.querySelector<HTMLStyleElement>("#dark");
        if (dark) dark.disabled = true;
        dark?.sheet?.insertRule("p { font-style: italic }", 1);
      },
      () => {
        const link = document.querySelector("link[rel=stylesheet]") as HTMLLinkElement;
        link.disabled = true;
      },
      async () => {
        const { adopted } = window as unknown as { adopted: CSSStyleSheet };
        adopted.disabled = false;
        const dark = document.querySelector<HTMLStyleElement>("#dark");
        if (dark) dark.disabled = false;
        const link = document.querySelector("link[rel=stylesheet]") as HTMLLinkElement;
        const loaded = new Promise((done) => link.addEventListener("load", done));
        link.disabled = false;
        await loaded;
      },
    ],
  },
  {
    name: "frames with what is in them",
    body: `<iframe id="written" width="300" height="80" srcdoc="<style>p { color: red }</style><p>in the frame</p>"></iframe><div id="more"></div>`,
    steps: [
      () => {
        const inner = document.querySelector<HTMLIFrameElement>("#written")?.contentDocument;
        const added = inner?.createElement("p");
        if (added) added.textContent = "added in the frame";
        if (added) inner?.body.append(added);
      },
      async () => {
        const frame = document.createElement("iframe");
        frame.width = "200";
        frame.height = "60";
        frame.srcdoc = "<body style='margin: 0'><b style='color: blue'>late frame</b></body>";
        document.querySelector("#more")?.append(frame);
        await new Promise((loaded) => frame.addEventListener("load", loaded));
      },
      () => {
        const inner = document.querySelector<HTMLIFrameElement>("#written")?.contentDocument;
        const first = inner?.querySelector("p");
        if (first) first.style.fontWeight = "700";
      },
    ],
  },
  {
    name: "canvas and video as boxes of their size",
    body: `<canvas width="120" height="40" style="display: inline-block"></canvas> after <video width="160" height="90" controls></video> <p id="p">below</p>`,
    steps: [
      () => {
        const canvas = document.querySelector("canvas");
        canvas?.getContext("2d")?.fillRect(0, 0, 50, 20);
        if (canvas) canvas.style.cssText += "width: 200px; height: 60px";
      },
      () => document.querySelector("video")?.setAttribute("height", "50"),
    ],
  },
  {
    name: "dialogs and details",
    head: "<style>dialog::backdrop { background: rgb(0 0 0 / 50%) }</style>",
    body: `<dialog id="d">A dialog <button>OK</button></dialog><details id="t"><summary>More</summary>Hidden words</details><p>Text</p>`,
    steps: [
      () => document.querySelector<HTMLDialogElement>("#d")?.showModal(),
      () => document.querySelector<HTMLDialogElement>("#d")?.close(),
      () => document.querySelector<HTMLDialogElement>("#d")?.show(),
      () => document.querySelector("#t")?.setAttribute("open", ""),
      () => document.querySelector<HTMLDialogElement>("#d")?.close(),
    ],
  },
  {
    name: "popovers",
    head: "<style>[popover] { margin: 20px; background: rgb(200 220 255) } [popover]:popover-open { outline: 2px solid red }</style>",
    body: `<p>Before</p><div id="menu" popover>A menu <button>One</button></div><div id="hint" popover="manual">A hint</div><div id="host"></div><p>Behind</p>`,
    steps: [
      () => document.querySelector<HTMLElement>("#menu")?.showPopover(),
      () => document.querySelector<HTMLElement>("#hint")?.showPopover(),
      () => document.querySelector<HTMLElement>("#menu")?.hidePopover(),
      () => {
        const root = document.querySelector("#host")?.attachShadow({ mode: "open" });
        if (root) root.innerHTML = "<div popover=manual>Inside</div>";
      },
      () => document.querySelector("#host")?.shadowRoot?.querySelector("div")?.showPopover(),
      () => document.querySelector<HTMLElement>("#hint")?.hidePopover(),
    ],
  },
  {
    name: "custom elements that are defined late",
    head: "<style>x-late { display: block; color: grey } x-late.upgraded { color: red } x-late[mode=big] { font-size: 30px }</style>",
    body: `<x-late>before</x-late><x-late mode="big">other</x-late>`,
    steps: [
      () =>
        customElements.define(
          "x-late",
          class extends HTMLElement {
            connectedCallback() {
              this.append(" and defined");
              this.className = "upgraded";
            }
          },
        ),
      () => document.querySelector("x-late")?.setAttribute("mode", "big"),
      () => {
        document.body.append(document.createElement("x-late"));
      },
    ],
  },
  {
    name: "pages that come without a load",
    head: "<style>.home { color: red } .list li { color: blue }</style>",
    body: `<main id="app"><h1 class="home">Home</h1></main>`,
    steps: [
      () => {
        history.pushState({}, "", "/list");
        const app = document.querySelector("#app") as HTMLElement;
        app.innerHTML = `<ul class="list">${"<li>An entry</li>".repeat(12)}</ul>`;
        document.title = "List";
      },
      () => {
        const list = document.querySelector("#app ul") as HTMLElement;
        list.append(...[...list.children].reverse());
        list.firstElementChild?.remove();
        for (const item of [...list.children].slice(0, 4)) item.textContent += " moved";
      },
      () => {
        history.back();
        const app = document.querySelector("#app") as HTMLElement;
        app.replaceChildren(document.createElement("h1"), "Home again");
      },
    ],
  },
  {
    name: "scroll containers",
    head: "<style>#box { height: 120px; width: 200px; overflow: auto } #box div { height: 900px; width: 600px; background: linear-gradient(red, blue) } #tall { height: 3000px }</style>",
    body: `<div id="box"><div>scrolled</div></div><div id="tall">tall</div>`,
    steps: [
      () => document.querySelector("#box")?.scrollTo(50, 300),
      () => scrollTo(0, 800),
      () => {
        document.querySelector("#box")?.scrollTo(0, 10);
        scrollTo(0, 40);
      },
    ],
  },
  {
    name: "variables of style sheets",
    head: "<style>:root { --ink: red; --gap: 4px } p { color: var(--ink); margin: var(--gap) } .dark { --ink: blue } @property --size { syntax: '<length>'; inherits: true; initial-value: 16px } b { font-size: var(--size) }</style>",
    body: `<p>one</p><p id="two" style="--gap: 20px">two</p><b>three</b>`,
    steps: [
      () => document.documentElement.style.setProperty("--ink", "green"),
      () => document.querySelector("#two")?.classList.add("dark"),
      () => {
        document.documentElement.style.setProperty("--size", "28px");
        document.querySelector<HTMLElement>("#two")?.style.removeProperty("--gap");
      },
    ],
  },
  {
    name: "web fonts",
    assets: 1,
    head: `<style>@font-face { font-family: Own; src: url("${FONT_PATH}") format("woff") } .own { font-family: Own, monospace }</style>`,
    body: `<p><span id="words">Words in a font of the page</span> and others after them</p><p><b id="late">Late</b> ones</p>`,
    steps: [
      async () => {
        const words = document.querySelector("#words");
        if (words) words.className = "own";
        await document.fonts.load("16px Own");
      },
      () => {
        const late = document.querySelector<HTMLElement>("#late");
        if (late) late.style.font = "30px Own";
      },
    ],
  },
  {
    name: "what comes in by an animation",
    head: "<style>@keyframes in { from { opacity: 0; transform: translate(40px, 10px) } } @keyframes away { to { opacity: 0.25 } } .in { animation: in 150ms ease-out } .away { animation: away 100ms forwards }</style>",
    body: `<div id="there" class="in">There from the beginning</div><div id="host"></div><iframe width="300" height="60" srcdoc="<style>@keyframes in { from { opacity: 0 } } .in { animation: in 150ms }</style><p>frame</p>"></iframe>`,
    steps: [
      () => {
        const dialog = document.createElement("div");
        dialog.className = "in";
        dialog.textContent = "A dialog that comes in";
        document.body.append(dialog);
      },
      () => {
        document.querySelector("#there")?.classList.replace("in", "away");
        const root = document.querySelector("#host")?.attachShadow({ mode: "open" });
        if (root)
          root.innerHTML =
            "<style>@keyframes in { from { opacity: 0 } } p { animation: in 150ms }</style><p>in the shadow</p>";
      },
      () => {
        const inner = document.querySelector("iframe")?.contentDocument;
        inner?.querySelector("p")?.setAttribute("class", "in");
      },
    ],
  },
  {
    name: "drawings in style sheets",
    head: `<style>.icon { background: url("data:image/svg+xml,%3csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3e%3cpath d='M0 0h8v8z'/%3e%3c/svg%3e") no-repeat; color: red; padding-left: 20px } .after { color: blue; font-weight: 700 }</style>`,
    body: `<p class="icon">with a drawing</p><p class="after">after it in the sheet</p>`,
    steps: [() => document.querySelector("p")?.classList.add("after")],
  },
  {
    name: "texts, lists, tables and drawings that change",
    body: `<table><tr><td>a</td><td>b</td></tr></table><ol start="3"><li>x</li></ol><svg width="100" height="40"><rect id="r" width="40" height="20" fill="red"></rect><text y="36">drawn</text></svg><p id="t">text</p><p hidden id="h">hidden</p>`,
    steps: [
      () => {
        const row = document.querySelector("table")?.insertRow(0);
        if (row) row.insertCell().textContent = "new row";
      },
      () => {
        document.querySelector("#r")?.setAttribute("width", "90");
        document.querySelector("#h")?.removeAttribute("hidden");
        const words = document.querySelector("#t")?.firstChild as Text;
        words.splitText(2).replaceWith(document.createElement("br"), "after");
      },
      () => {
        document.querySelector("ol")?.prepend(document.createElement("li"));
        document.querySelector("#t")?.normalize();
      },
    ],
  },
  {
    name: "a page that changes the browser's own objects",
    head: `<script>
      Array.prototype.toJSON = function () { return "[" + this.join() + "]" };
      Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] };
      Array.prototype.map = Array.prototype.collect = function (each) { const out = []; for (let at = 0; at < this.length; at++) out.push((each || ((x) => x))(this[at], at)); return out };
      Array.from = (all) => { const out = []; for (let at = 0; at < all.length; at++) out.push(all[at]); return out };
      Function.prototype.bind = function (self, ...first) { const work = this; return function (...rest) { return work.apply(self, [...first, ...rest]) } };
      Object.prototype.extend = function () { return this };
      document.getElementsByClassName = () => [];
      Element.prototype.remove = function () { this.parentNode && this.parentNode.removeChild(this) };
      Date.now = () => new Date();
    </script>`,
    body: `<p class="a">one</p><div id="list"></div>`,
    steps: [
      () => {
        const list = document.querySelector("#list") as HTMLElement;
        list.innerHTML = "<b>bold</b> <i>italic</i>";
      },
      () => {
        document.querySelector("p")?.setAttribute("style", "color: red");
        document.querySelector("b")?.remove();
      },
    ],
  },
];

/** The page of a feature with the snippet in its head. */
export function pageOf({ head = "", body }: Feature, snippet: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Feature</title>
<link rel="icon" href="data:,">${BASE}${head}${snippet}</head><body>${body}</body></html>`;
}

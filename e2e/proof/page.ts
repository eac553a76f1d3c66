// A page with a secret of its own in every place of its markup that can hold one. What is typed
// and changed later stands in changes.ts; what each place must do is said beside its name.
import {
  asked,
  headWords,
  never,
  queryKey,
  ruledTitle,
  sheetText,
  shown,
  text,
  title,
  underBlockRule,
  underMaskRule,
  value,
  words,
} from "./options.ts";
import type { Planter } from "./secrets.ts";

/** What the page is served with. */
export interface PageOptions {
  readonly snippet: string;
  /** Attributes of the body. */
  readonly bodyMark: string;
}

/** The pages of the site by path. */
export function pagesOf(s: Planter, options: PageOptions): Record<string, string> {
  return {
    "/": mainPage(s, options),
    "/frame": framePage(s),
    "/marked": page(
      options,
      `<title data-hm-mask>${s("title of a page, marked", never)}</title>`,
      "",
    ),
    "/ruled": page(
      options,
      `<title class="rule-mask">${s("title of a page under the mask rule", ruledTitle)}</title>`,
      "",
    ),
    "/found": page(options, "", "<h1>Found</h1>"),
  };
}

function page({ snippet, bodyMark }: PageOptions, head: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">
${head}${snippet}</head><body ${bodyMark}>${body}</body></html>`;
}

function mainPage(s: Planter, options: PageOptions): string {
  const body = [fields(s), texts(s), addresses(s), marks(s), odd(s), LIVE].join("\n");
  return page(options, head(s), body);
}

function head(s: Planter): string {
  return `<title>${s("title of a page", title)}</title>
<meta name="csrf-token" content="${s("meta csrf-token", never)}">
<meta property="og:title" content="${s("meta og:title", never)}">
<meta name="description" content="${s("meta description", never)}">
<meta http-equiv="x-user" content="${s("meta http-equiv", never)}">
<link rel="preload" as="image" href="/p.png?t=${s("address of a preload", never)}">
<link rel="canonical" href="/c?t=${s("canonical address", never)}" title="${s("title of a link element", headWords)}">
<link rel="stylesheet" href="/site.css?t=${s("address of a style sheet", never)}">
<style>/* ${s("comment in a style", never)} */
@import url("/none.css?t=${s("address of an import", never)}");
.a { background: url("/a.png?t=${s("address in a style", never)}") }
.b { background: image-set("/b.png?t=${s("address in image-set", never)}" 1x) }
.c::before { content: "${s("content of a style", sheetText)}" }
.d { --note: "${s("custom property of a style", sheetText)}" }
.e { quotes: "${s("quotes of a style", sheetText)}" "x" }
.f { list-style-type: "${s("list-style-type of a style", sheetText)}" }
.g { hyphenate-character: "${s("hyphenate-character of a style", sheetText)}" }
.h { background: url("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text>${s("picture in a style", sheetText)}</text></svg>") }
@counter-style planted { system: cyclic; symbols: "${s("symbols of a counter style", sheetText)}"; suffix: "${s("suffix of a counter style", sheetText)}" }
[data-state="open"] { color: green } [data-plain] { color: blue } [data-kept] { color: red }
</style>
<style data-hm-mask>.i::before { content: "${s("content of a marked style", never)}" }</style>
<script>
window.planted = { script: "${s("text of a script", never)}" };
document.cookie = "planted=${s("cookie", never)}";
localStorage.setItem("planted", "${s("local storage", never)}");
sessionStorage.setItem("planted", "${s("session storage", never)}");
history.replaceState({ planted: "${s("history state", never)}" }, "");
window.name = "${s("name of the window", never)}";
</script>
<script type="application/json">{"user": "${s("text of a data script", never)}"}</script>
<script src="/nothing.js?t=${s("address of a script", never)}" data-user="${s("data of a script", never)}"></script>
<noscript><img src="/n.png?t=${s("address in noscript", never)}">${s("text of noscript", never)}</noscript>`;
}

function fields(s: Planter): string {
  const plain = ["text", "search", "email", "tel", "url"].map(
    (type) => `<input type="${type}" value="${s(`value of type ${type}`, value)}">`,
  );
  const secret = [
    ["autocomplete", "cc-number"],
    ["autocomplete", "cc-csc"],
    ["autocomplete", "one-time-code"],
    ["autocomplete", "current-password"],
    ["name", "card_number"],
    ["id", "cvv"],
    ["name", "otp"],
    ["aria-label", "Card number"],
    ["placeholder", "Security code"],
  ].map(
    ([name, about]) =>
      `<input data-hm-show ${name}="${about}" value="${s(`value of a field with ${name} ${about}, under data-hm-show`, never)}">`,
  );
  return `<form id="order" action="/send?t=${s("action of a form", never)}" data-user="${s("data of a form", never)}" title="${s("title of a form", words)}">
${plain.join("\n")}${secret.join("\n")}
<input value="${s("value of a field without a type", value)}">
<input type="number" value="7" data-number="${s("data of a field", never)}">
<input type="hidden" name="csrf" value="${s("hidden field", never)}">
<input type="hidden" data-hm-show value="${s("hidden field under data-hm-show", never)}">
<input type="password" value="${s("password", never)}">
<input type="password" data-hm-show value="${s("password under data-hm-show", never)}">
<input class="filled" data-hm-show value="${s("autofilled field under data-hm-show", never)}">
<input type="checkbox" checked value="${s("value of a check box", value)}">
<input type="radio" name="r" checked value="${s("value of a radio button", value)}">
<input type="submit" value="${s("label of a submit button", value)}" formaction="/go?t=${s("formaction", never)}">
<input type="button" value="${s("label of an input button", value)}">
<input type="reset" value="${s("label of a reset button", value)}">
<input type="image" src="/i.png?t=${s("address of an image field", never)}" alt="${s("alt of an image field", words)}">
<button value="${s("value of a button", never)}" title="${s("title of a button", words)}" formaction="/go?t=${s("formaction of a button", never)}">${s("text of a button", text)}</button>
<textarea>${s("text area", value)}</textarea>
<textarea placeholder="${s("placeholder of a text area", words)}"></textarea>
<input placeholder="${s("placeholder", words)}" aria-label="${s("aria-label of a field", words)}" aria-placeholder="${s("aria-placeholder", words)}" aria-description="${s("aria-description of a field", words)}" pattern="${s("pattern", never)}">
<select><option value="${s("value of an option", never)}">${s("text of an option", value)}</option>
<optgroup label="${s("label of a group", words)}"><option selected label="${s("label of an option", words)}">${s("text of the chosen option", value)}</option></optgroup></select>
<input list="planted-list"><datalist id="planted-list"><option value="${s("value in a datalist", never)}">${s("text in a datalist", value)}</option></datalist>
<meter value="0.5" title="${s("title of a meter", words)}"></meter>
<progress value="0.5" aria-valuetext="${s("aria-valuetext", words)}"></progress>
<div role="slider" aria-valuenow="5" aria-valuetext="${s("aria-valuetext of a slider", words)}" data-value="${s("data of a slider", never)}"></div>
<div role="textbox">${s("role textbox", value)}</div><div role="searchbox">${s("role searchbox", value)}</div>
<div contenteditable="true" id="editor">${s("contenteditable", value)}<b>${s("deeper in contenteditable", value)}</b></div>
</form>`;
}

function texts(s: Planter): string {
  return `<h1>${s("text of a heading", text)}</h1>
<p>${s("text of a paragraph", text)} <b>${s("text of a part", text)}</b></p>
<p title="${s("title", words)}" aria-label="${s("aria-label", words)}" aria-description="${s("aria-description", words)}" aria-roledescription="${s("aria-roledescription", words)}">x</p>
<p data-user="${s("data", never)}" data-state="${s("data that a style names with another value", never)}" data-plain="${s("data that a style names without a value", never)}" data-kept="${s("data that a style names by its name", never)}">x</p>
<p aria-details="${s("aria-details", never)}" aria-keyshortcuts="${s("aria-keyshortcuts", never)}" itemprop="${s("itemprop", never)}" content="${s("content attribute", never)}" nonce="${s("nonce", never)}">x</p>
<p onclick="call('${s("handler in an attribute", never)}')" lang="en" accesskey="${s("accesskey", never)}">x</p>
<table summary="${s("summary of a table", never)}"><caption>${s("caption", text)}</caption><tr><th abbr="${s("abbr", never)}" headers="${s("headers", never)}">${s("cell", text)}</th></tr></table>
<details><summary>${s("summary", text)}</summary>${s("inside details", text)}</details>
<output>${s("output", text)}</output><legend>${s("legend", text)}</legend>
<dialog open aria-label="${s("aria-label of a dialog", words)}">${s("dialog", text)}</dialog>
<!-- ${s("comment", never)} --><template><p>${s("template", never)}</p></template>
<svg width="10" height="10" data-svg="${s("data of a drawing", never)}" aria-label="${s("aria-label of a drawing", words)}"><title>${s("title in a drawing", text)}</title><text>${s("text in a drawing", text)}</text></svg>
<ruby>x<rt>${s("ruby", text)}</rt></ruby>
<p>Mail <span>${s("address of e-mail in text", never, "disk")}@example.org</span></p>
<p>Mail <b>${s("e-mail in two parts", never, "disk")}</b>@example.org</p>
<p>Card ${s.card("card number in text", " ")}, or ${s.card("card number without spaces in text", "")}</p>
<p>Key eyJhbGciOiJIUzI1NiJ9.eyJ${s("web token in text", never, "disk")}.c2lnbmF0dXJl</p>
<p>Authorization: Bearer ${s("bearer token in text", never, "disk")}</p>
<p>password=${s("password named in text", never, "disk")}</p>`;
}

function addresses(s: Planter): string {
  return `<a id="link" href="/go/${s("path of a link", shown)}?token=${s("query of a link", never)}&q=${s("allowed key of a link", queryKey)}&utm_source=${s("campaign of a link", shown)}#${s("fragment of a link", never)}" ping="/p?t=${s("ping", never)}" download="${s("download", never)}" target="${s("target", never)}" title="${s("title of a link", words)}">link</a>
<a href="https://user:${s("password in an address", never)}@example.org/x">login</a>
<a href="mailto:${s("mailto", never)}@example.org">mail</a><a href="tel:${s("tel", never)}">call</a>
<a href="javascript:void('${s("javascript address", never)}')">script</a><a href="data:text/plain,${s("data address", never)}">data</a>
<map><area href="/area?t=${s("query of an area", never)}" alt="${s("alt of an area", words)}"></map>
<img src="/i.png?t=${s("address of an image", never)}" srcset="/j.png?t=${s("srcset", never)} 2x" alt="${s("alt", words)}" width="40" height="30" longdesc="/l?t=${s("longdesc", never)}">
<img src="/path/${s("path of an image", asked)}.png" alt=""><picture><source srcset="/s.png?t=${s("address of a source", never)}"><img src="data:image/png;base64,${s("data of an image", never)}" alt=""></picture>
<video src="/v.mp4?t=${s("address of a video", never)}" poster="/v.png?t=${s("poster", never)}"><track src="/t.vtt?t=${s("address of a track", never)}" label="${s("label of a track", words)}"></video>
<audio src="/a.mp3?t=${s("address of a sound", never)}"></audio>
<iframe src="/frame?t=${s("address of a frame", never)}" name="${s("name of a frame", never)}" title="${s("title of a frame", words)}"></iframe>
<iframe id="written" srcdoc="<p title='${s("title in srcdoc", words)}'>${s("text in srcdoc", text)}</p><input value='${s("value in srcdoc", value)}'><p data-hm-mask>${s("marked text in srcdoc", never)}</p>"></iframe>
<iframe sandbox srcdoc="<p>${s("sandboxed srcdoc", never)}</p>"></iframe>
<object data="/o.svg?t=${s("address of an object", never)}"><param name="p" value="${s("parameter", never)}">${s("text of an object", never)}</object>
<embed src="/e?t=${s("address of an embed", never)}">
<blockquote cite="/c?t=${s("cite", never)}">x</blockquote><table background="/t.png?t=${s("background", never)}"><tr><td>x</td></tr></table>
<svg width="10" height="10"><use href="/sprite.svg?t=${s("address of a use", never)}#a"></use><image href="/x.png?t=${s("address of an image in a drawing", never)}"></image><rect width="5" height="5" fill="url(/f.svg?t=${s("address of a fill", never)}#p)"></rect><a href="/svg?t=${s("query of a link in a drawing", never)}"><text>x</text></a></svg>
<div style="background: url(/b.png?t=${s("address in an inline style", never)}); --note: '${s("custom property of an inline style", text)}'">x</div>`;
}

function marks(s: Planter): string {
  const nested = (mark: string, name: string) =>
    `<div ${mark}>${s(`text under ${name}`, never)}<p title="${s(`title under ${name}`, never)}" style="--v: '${s(`inline style under ${name}`, never)}'">${s(`deeper text under ${name}`, never)}</p>
<input value="${s(`value under ${name}`, never)}"><textarea>${s(`text area under ${name}`, never)}</textarea><a href="/u?t=${s(`query under ${name}`, never)}">x</a>
<div data-hm-show>${s(`text under data-hm-show under ${name}`, never)}<input value="${s(`value under data-hm-show under ${name}`, never)}"></div>
<svg><text>${s(`text in a drawing under ${name}`, never)}</text></svg></div>`;
  return `${nested("data-hm-mask", "data-hm-mask")}${nested("data-hm-block", "data-hm-block")}
<div data-hm-block style="width: 50px; height: 20px">${s("text in a blocked box", never)}</div>
<div class="rule-mask">${s("text under the mask rule", underMaskRule)}<i>${s("deeper text under the mask rule", underMaskRule)}</i></div>
<div class="rule-block">${s("text under the block rule", underBlockRule)}<i>${s("deeper text under the block rule", underBlockRule)}</i></div>
<form data-hm-block name="${s("name of a form under data-hm-block", never)}"><input id="blocked-field" name="${s("name of a field under data-hm-block", never)}"><button type="button" id="blocked-button">${s("button under data-hm-block", never)}</button></form>
<form data-hm-mask name="${s("name of a form under data-hm-mask", never)}"><input id="masked-field" name="${s("name of a field under data-hm-mask", never)}"><button type="button" id="masked-button">${s("button under data-hm-mask", never)}</button>
<a id="masked-link" href="/to?t=${s("query of a masked link", never)}">${s("link under data-hm-mask", never)}</a></form>
<button type="button" id="half-masked">See <span data-hm-mask>${s("marked part of a button", never)}</span></button>
<div role="button" id="with-list" tabindex="0">Choose <select><option>${s("option in a button", value)}</option></select></div>
<div role="button" id="with-editor" tabindex="0">Write <span contenteditable="true">${s("editable text in a button", value)}</span></div>
<div style="cursor: pointer; user-select: none" id="dead" data-hm-mask>${s("text of a dead click", never)}</div>`;
}

function odd(s: Planter): string {
  return `<user-card user="${s("attribute of a custom element", never)}" value="${s("value of a custom element", never)}" role="x">${s("text of a custom element", text)}</user-card>
<div id="early-host"></div><div id="masked-host" data-hm-mask></div><div id="closed-host"></div>
<script>
customElements.define("user-card", class extends HTMLElement {
  static formAssociated = true;
  constructor() {
    super();
    const inside = this.attachInternals();
    inside.setFormValue("${s("form value of internals", never)}");
    inside.ariaLabel = "${s("aria-label of internals", never)}";
    inside.ariaDescription = "${s("aria-description of internals", never)}";
  }
});
const early = document.querySelector("#early-host").attachShadow({ mode: "open" });
early.innerHTML = \`<style>p::before { content: "${s("content of a style in a shadow root", text)}" }</style><p title="${s("title in a shadow root", words)}">${s("text in a shadow root", text)}</p>
<input id="shadow-field" value="${s("value in a shadow root", value)}"><p data-hm-mask>${s("marked text in a shadow root", never)}</p>\`;
document.querySelector("#masked-host").attachShadow({ mode: "open" }).innerHTML = \`<style>p::before { content: "${s("content of a style in a masked shadow root", never)}" }</style><p>${s("text in a masked shadow root", never)}</p>\`;
document.querySelector("#closed-host").attachShadow({ mode: "closed" }).innerHTML = \`<p>${s("text in a closed shadow root", never)}</p>\`;
for (const host of [document, document.querySelector("#masked-host").shadowRoot]) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(host === document
    ? \`.j::before { content: "${s("content of an adopted sheet", sheetText)}"; background: url("/j.png?t=${s("address in an adopted sheet", never)}") }\`
    : \`.k::before { content: "${s("content of a sheet adopted by a masked root", never)}" }\`);
  host.adoptedStyleSheets = [sheet];
}
const native = Element.prototype.matches;
Element.prototype.matches = function (selector) {
  return /autofill/.test(selector) ? native.call(this, ".filled") : native.call(this, selector);
};
</script>
<canvas aria-label="${s("aria-label of a canvas", words)}" width="20" height="20">${s("text of a canvas", never)}</canvas>
<math><mi>${s("text of a formula", text)}</mi><annotation encoding="x">${s("annotation of a formula", text)}</annotation></math>`;
}

function framePage(s: Planter): string {
  return `<!doctype html><html><head><title>${s("title of a frame's page", text)}</title><style>p::before { content: "${s("content of a style in a frame", text)}" }</style></head>
<body><p title="${s("title in a frame", words)}">${s("text in a frame", text)}</p><input id="framed" value="${s("value in a frame", value)}">
<input type="password" value="${s("password in a frame", never)}"><p data-hm-mask>${s("marked text in a frame", never)}</p>
<a href="/f?t=${s("query of a link in a frame", never)}">x</a><!-- ${s("comment in a frame", never)} --></body></html>`;
}

/** What the changes work on. */
const LIVE = `<input name="plain"><input name="words"><input name="shown" data-hm-show><input id="secret" type="password" data-hm-show>
<input id="pasted"><input id="dropped"><input id="late-filled" data-hm-show><textarea id="area"></textarea>
<select id="list"><option>one</option><option>two</option></select><input type="checkbox" id="box">
<div contenteditable="true" id="live-editor"></div><p id="echo">echo</p><p id="live">live</p><div id="dropzone" draggable="true" data-hm-mask>drop</div>
<a id="echo-link" href="/x">echo</a><button type="button" id="echo-button">echo</button><div id="added"></div>
<div id="outer"><div id="inner" class="inside"><p id="ruled">ruled</p></div></div>
<form id="found" action="/found"><input name="name"><button>Find</button></form>`;

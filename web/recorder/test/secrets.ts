/** A page with a different secret in every place that can hold one. */

let count = 0;
export const SECRETS = new Map<string, string>();

/** A new secret for a place; made so that it is one word and found nowhere else. */
export function secret(place: string): string {
  const text = `kq${(count++).toString(36).padStart(2, "0")}zorblax`;
  SECRETS.set(text, place);
  return text;
}

const s = secret;

export const PAGE = `<!doctype html>
<html lang="en"><head>
<meta charset="utf-8"><title>Visible title</title>
<meta name="csrf-token" content="${s("meta csrf")}"><meta property="og:title" content="${s("meta og")}">
<meta name="description" content="${s("meta description")}"><meta http-equiv="x" content="${s("meta http-equiv")}">
<link rel="icon" href="/favicon.ico?t=${s("icon address")}"><link rel="preload" as="image" href="/p.png?t=${s("preload address")}">
<link rel="stylesheet" href="/site.css?t=${s("sheet address")}">
<style>/* ${s("style comment")} */ .a{background:url("/a.png?t=${s("style address")}")} .b{color:red} [data-state="open"]{color:green} [data-plain]{color:blue}
@import url("/none.css?t=${s("import address")}");</style>
<script>window.RULES={mask:[".rule-mask"],block:[".rule-block"],show:[".rule-show"]};var hidden="${s("script text")}";</script>
<script src="/late.js?t=${s("script address")}"></script>
<script type="application/json">{"user":"${s("json script")}"}</script>
<noscript><img src="/n.png?t=${s("noscript")}">${s("noscript text")}</noscript>
</head><body class="page">
<!-- ${s("comment")} -->
<h1>Welcome visible</h1>
<form action="/send?t=${s("form action")}" id="f" name="${s("form name")}">
<input name="plain" value="${s("text value")}"><input value="${s("untyped value")}">
<input type="hidden" name="h" value="${s("hidden value")}"><input type="password" id="pw" value="${s("password value")}">
<input type="email" value="${s("email value")}"><input type="search" value="${s("search value")}"><input type="tel" value="${s("tel value")}">
<input type="checkbox" value="${s("checkbox value")}" checked id="box"><input type="radio" name="r" value="${s("radio value")}" checked>
<input type="submit" value="${s("submit value")}" formaction="/go?t=${s("formaction")}"><input type="button" value="${s("button input value")}">
<input type="image" src="/i.png?t=${s("image input address")}" alt="${s("image input alt")}">
<button value="${s("button value")}" title="${s("button title")}">Visible button</button>
<textarea>${s("textarea text")}</textarea><textarea placeholder="${s("textarea placeholder")}"></textarea>
<input placeholder="${s("placeholder")}" aria-label="${s("aria-label")}" aria-placeholder="${s("aria-placeholder")}" data-note="${s("data attribute")}">
<select id="sel"><option value="${s("option value")}">${s("option text")}</option><optgroup label="${s("optgroup label")}"><option selected label="${s("option label")}">${s("selected option")}</option></optgroup></select>
<input list="dl"><datalist id="dl"><option value="${s("datalist value")}">${s("datalist text")}</option></datalist>
<output>Visible output</output><meter value="0.5" title="${s("meter title")}"></meter>
<input class="rule-show" type="password" value="${s("password under a show rule")}">
<input data-hm-show autocomplete="cc-number" value="${s("card field under data-hm-show")}">
<input data-hm-show name="otp" value="${s("code field under data-hm-show")}">
<div data-hm-mask><div data-hm-show>${s("shown inside masked")}<input value="${s("shown value inside masked")}"></div></div>
</form>
<p title="${s("title attribute")}" aria-description="${s("aria-description")}" data-user="${s("data-user")}" data-state="${s("named attribute with another value")}" data-plain="${s("attribute named without value")}">Visible text</p>
<img src="/i.png?t=${s("image address")}" srcset="/i2.png?t=${s("srcset address")} 2x" alt="${s("alt")}" width="40" height="30" longdesc="/l?t=${s("longdesc")}">
<picture><source srcset="/s.png?t=${s("source address")}"><img src="/favicon.ico"></picture>
<video src="/v.mp4?t=${s("video address")}" poster="/v.png?t=${s("poster address")}"><track src="/t.vtt?t=${s("track address")}" label="${s("track label")}"></video>
<a href="/go?token=${s("link query")}&utm_source=visible">Visible link</a><a href="/go#${s("link fragment")}" ping="/p?t=${s("ping")}">x</a>
<a href="mailto:${s("mailto")}@example.com">mail</a><a href="javascript:void('${s("javascript address")}')">js</a>
<div style="background:url(/b.png?t=${s("inline style address")});--note:'visible'">styled</div>
<table background="/t.png?t=${s("background attribute")}"><tr><td headers="${s("headers")}" abbr="${s("abbr")}">Visible cell</td></tr></table>
<blockquote cite="/c?t=${s("cite")}">Visible quote</blockquote><object data="/o.svg?t=${s("object address")}"><param name="p" value="${s("param value")}">${s("object text")}</object>
<embed src="/e?t=${s("embed address")}"><iframe src="/inner.html?t=${s("frame address")}" name="${s("frame name")}"></iframe>
<iframe srcdoc="<p data-x='${s("srcdoc attribute")}'>inner visible</p><input value='${s("value in srcdoc")}'>"></iframe>
<svg width="10" height="10" data-svg="${s("svg data")}"><use href="/sprite.svg?t=${s("svg use")}#a"></use><image href="/x.png?t=${s("svg image")}"></image><rect width="5" height="5" fill="url(/f.svg?t=${s("svg fill")}#p)"></rect></svg>
<user-card name="${s("custom element attribute")}" value="${s("custom element value")}">Visible card</user-card>
<div class="rule-mask">${s("text under a mask rule")}<span title="${s("title under a mask rule")}">${s("deeper text under a mask rule")}</span></div>
<div class="rule-block">${s("text under a block rule")}</div>
<div data-hm-mask>${s("text under data-hm-mask")}</div><div data-hm-block><p>${s("text under data-hm-block")}</p></div>
<div contenteditable="true" id="editor">${s("contenteditable")}</div><div role="textbox">${s("role textbox")}</div>
<div role="slider" aria-valuetext="${s("aria-valuetext")}" aria-valuenow="77777771"></div>
<details><summary>Visible summary</summary></details><template><p>${s("template")}</p></template>
<div id="host"></div><p id="echo">echo</p><p id="live">live</p><p id="spot" class="rule-mask">spot</p>
<script>document.getElementById("host").attachShadow({mode:"open"}).innerHTML='<input value="${s("value in shadow")}"><p title="${s("title in shadow")}" data-hm-mask>${s("masked text in shadow")}</p>';
document.querySelector("script[src^='/late']").dataset.x="${s("script data")}";</script>
<script type="module" src="/core.js"></script>
</body></html>`;

export const INNER = `<!doctype html><p>inner frame visible</p><input id="inner" value="${s("value in frame")}"><p data-i="${s("data in frame")}">x</p>`;
export const CSS = `.c{background:url("/c.png?t=${s("linked sheet address")}")} /* ${s("linked sheet comment")} */ [aria-live="polite"]{color:red}`;

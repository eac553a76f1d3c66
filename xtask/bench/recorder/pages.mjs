/**
 * The page of `cargo xtask bench recorder`: a long list of cards with icons, links and fields under
 * a style sheet of a few hundred rules, of about as many nodes as asked for. No accident in it: two
 * pages of one size are equal.
 */

/** Nodes of one card, texts and the card itself counted. */
const CARD_NODES = 25;
const RULES = 400;

/** Markup of the card with this number. */
export function card(number) {
  return (
    `<article class="card kind-${number % 7}" id="card-${number}"><h3 class="head">Item ${number}</h3>` +
    `<p class="text">What there is to say of item ${number}, in about <b>as many words</b> as shops use.</p>` +
    `<svg class="icon" viewBox="0 0 24 24" width="24" height="24"><path d="M4 ${number % 20} L20 12 L4 20z"/><circle cx="12" cy="12" r="${number % 9}"/></svg>` +
    `<ul><li>First</li><li>Second</li></ul><a href="/items/${number}?from=list">Open</a>` +
    `<label class="field">Amount <input name="amount-${number}" value="1" placeholder="Amount"></label>` +
    `<button type="button" data-number="${number}" title="Into the basket">Add</button></article>`
  );
}

/** The page with this many nodes and the tag of the tracker. */
export function page(nodes, tag) {
  const cards = Array.from({ length: Math.round(nodes / CARD_NODES) }, (_, at) => card(at));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>List</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">${tag}
<script src="/work.js"></script></head><body><header><h1>List</h1><button id="act" type="button">Act</button>
<input id="search" placeholder="Search"><output id="out"></output></header>
<main id="list">${cards.join("")}</main><section id="storm"></section></body></html>`;
}

/** A sheet of so many rules, all of them of use to nobody but a few. */
export function sheet(rules = RULES, prefix = "rule") {
  const many = Array.from(
    { length: rules },
    (_, at) =>
      `.${prefix}-${at} > .inner:hover, .${prefix}-${at}[data-open="yes"] { color: rgb(${at % 255} 20 40); padding: ${at % 9}px; background: url("/i/${at}.png") }`,
  );
  return `body { margin: 0; font: 14px sans-serif } .card { border: 1px solid #ccc; margin: 4px; padding: 4px }
.card .icon { color: blue } @keyframes turn { to { transform: rotate(360deg) } } .turning { animation: turn 1s linear infinite }
${many.join("\n")}`;
}

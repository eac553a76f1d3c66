// The sites that replays are compared on: those that recordings are weighed on, and one more. Nobody
// here wrote them, but for the shop.
import { NAMES, type Opened, open, scriptsOf } from "../bench/sites.ts";
import type { Owner } from "../support/api.ts";
import { startForeignSite } from "../support/foreign_site.ts";
import type { Comparing, Tolerance } from "../support/likeness.ts";
import type { Server } from "../support/server.ts";
import { addSite } from "../support/sites.ts";
import { snippetOf } from "../support/tracker.ts";

const BOOTSTRAP = "startbootstrap-shop-homepage";
/** All of them, in the order in which they are tried. */
export const PLACES = [...NAMES, BOOTSTRAP];
/** Those that are looked at on a phone too, by touch. */
export const ON_PHONE = ["demo shop", BOOTSTRAP];

/**
 * The browser gives the rules of a sheet back with six digits (a line of 20 px becomes 19.984375),
 * and that adds up down the page.
 */
export const LOOSE: Tolerance = { px: 2, share: 0.003 };

/** Words that no page has, so that only what was typed is masked. */
export const WORDS = ["quendel", "zwirbelnuss", "brimborium", "wolpertinger"];
/** What stands for a typed value. */
const FIXED = "•••••";
const TYPED = new RegExp(WORDS.join("|"), "gi");

/** What is masked on purpose is compared as masking leaves it, or not at all. */
export const COMPARING: Comparing = {
  tolerance: LOOSE,
  masked: (text) => text.replace(TYPED, FIXED),
  wordless: /^(option|optgroup|textarea)#/,
  widthless: /^(input|select|option|optgroup)#/,
};

/** What stands for a picture that a page would fetch from somebody else. */
const ELSEWHERE = "/from-elsewhere.svg";
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160"><rect width="240" height="160" fill="#9ab"/></svg>`;

/**
 * Serves a place at any port. Nobody else is there, so that pictures of others are our drawing, and
 * what the product leaves out on purpose or does not record is not there to begin with.
 */
export async function openPlace(server: Server, owner: Owner, name: string): Promise<Opened> {
  const scripts = Object.entries(await scriptsOf(name)).map(([path, text]) => [
    path,
    withoutMail(withoutSecrets(text)),
  ]);
  const serving = {
    port: 0,
    scripts: Object.fromEntries(scripts),
    drawings: { [ELSEWHERE]: DRAWING },
    changed,
  };
  if (name !== BOOTSTRAP) return open(server, owner, name, serving);
  const site = await addSite(owner, name);
  const snippet = snippetOf(server.origin, site.key, "persistent");
  const { origin, stop } = await startForeignSite(`${BOOTSTRAP}/dist`, snippet, serving);
  return { place: { name, paths: ["/index.html"], keys: [] }, site, origin, stop };
}

/** A list to choose from, and what stands around it, is as wide as its words, which are masked. */
const WIDE = "select { width: 9em !important }";

/**
 * Pages without the e-mail addresses that the server takes out of texts, sheets without fonts in their
 * own text, and neither with words that a sheet takes from attributes, which are masked, nor with lists
 * to choose from that are as wide as such words.
 */
function changed(text: string, type: string): string {
  const plain = text.replace(/content:\s*attr\([^)]*\)/g, 'content: "·"');
  if (type === "text/javascript") return plain;
  const wide = type === "text/css" ? `${plain}\n${WIDE}` : plain;
  return withoutMail(wide)
    .replace(/(<img\b[^>]*\s(?:data-)?src=")https?:\/\/[^"]*/g, `$1${ELSEWHERE}`)
    .replace(/url\(["']?data:font[^)]*\)/g, 'url("data:,")');
}

/** Addresses of e-mail, which the server takes out of texts. */
function withoutMail(text: string): string {
  return text.replace(/'?[\w.]+@(?:[\w-]+\.)+[a-z]{2,}/g, "[email]");
}

/** Names after which the server takes a value for a secret. */
function withoutSecrets(text: string): string {
  return text
    .replace(/password/gi, "wording")
    .replace(/token/gi, "ticket")
    .replace(/secret/gi, "parcel");
}

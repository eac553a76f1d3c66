import { autofilled } from "./fields";
import { createPainted } from "./painted";
import { BLOCK, MASK, OWNER, type Page } from "./table";
import type { Typed } from "./typed";

/** What the page tells about a node besides the stream. */
export interface PageFacts {
  node(id: number): Node | null;
  sensitive: WeakSet<Node>;
  address(url: string): string;
  typed: Typed;
  /** What was typed into secret fields. */
  secrets: Typed;
  rules: { mask: string[]; block: string[]; show: string[] };
  shown: Shown | null;
  /** Whether an element was told of as masked or left out, which it stays whatever the page says now. */
  isHidden(element: Element): boolean;
}

/** What was found out in one task: an address, and whether anything is marked. */
interface Found {
  url: string | null;
  /** As it may leave the page; empty where it may not, or is none. */
  plain: string;
  /** Whole, but for its fragment. */
  href: string;
  origin: string;
  isMarked?: boolean;
}

/** Pictures and fonts that are shown: what stands for them in the recording, and their address. */
export interface Shown {
  readonly all: Map<string, string>;
  /** Those of other origins too. */
  readonly isAll: boolean;
  /** This page load, as nobody can guess it. */
  readonly salt: string;
}

/** Pictures and fonts of one page load that may be taken along; further ones are boxes. */
const SHOWN_MAX = 500;
/** Pictures that are about one person by their names. */
const PERSONAL =
  /(^|[^a-z])(qr|otp|totp|2fa|mfa|captcha|passport|signature|invoice|receipt|id-?card)/i;

export const FONT = /\.(woff2?|ttf|otf)([?#]|$)/i;
const MARKED = "[data-hm-mask],[data-hm-block]";

/** A page as who records it has it. */
export interface LivePage extends Page {
  /** It is about to be told of anew, and its style sheets with it. */
  again(): void;
  /**
   * Looks whether a rule is about something hidden by now that gives it a picture which the viewer
   * has: then they show it there.
   */
  recheck(): Generator<undefined, boolean>;
}

/** The live page behind the ids of the stream. */
export function createPage(facts: PageFacts): LivePage {
  const { node, sensitive, address, typed, secrets, rules, shown } = facts;
  const mask = joined(rules.mask);
  const block = joined(rules.block);
  const show = joined(rules.show) ?? "";
  const hidden = [MARKED, mask, block].filter(Boolean).join();
  /** Pictures that sheets name, those of them that the viewer may have, and the rules that do. */
  const named = new Set<string>();
  const told = new Set<string>();
  /** By which rules the viewer shows each of them. */
  const standing = new Map<string, Set<string>>();
  const painted = createPainted(
    (element) => element.closest(hidden) !== null || facts.isHidden(element),
  );
  let isMarked = !!(mask || block);
  /** What was found out in this task: a sheet asks for thousands of addresses in a row. */
  let found: Found | null = null;
  const inTask = () => {
    // The page has its turn, and may mark something, only after it.
    if (!found)
      queueMicrotask(() => {
        found = null;
      });
    found ??= { url: null, plain: "", href: "", origin: "" };
    return found;
  };
  const resolve = (url: string): Found => {
    const known = inTask();
    if (known.url === url) return known;
    Object.assign(known, { url, plain: "" });
    try {
      const absolute = new URL(url, document.baseURI);
      if (/^https?:$/.test(absolute.protocol)) known.plain = address(absolute.href);
      absolute.hash = "";
      known.href = absolute.href;
      known.origin = absolute.origin;
    } catch {
      // It is no address.
    }
    return known;
  };
  const hasMark = () => {
    if (isMarked) return true;
    const known = inTask();
    known.isMarked ??= !!document.querySelector(MARKED);
    return known.isMarked;
  };
  const asset = (url: string, isOfSheet: boolean): string => {
    const { plain, href, origin } = resolve(url);
    if (!shown || !plain) return "";
    const isFull = shown.all.size >= SHOWN_MAX;
    if (isFull && isOfSheet && href === plain && !shown.all.has(plain)) return "";
    // A picture may show what its query says.
    if (
      [plain, href, decoded(href)].some((text) => typed.mask(text) !== text || PERSONAL.test(text))
    )
      return "";
    if (!shown.isAll && origin !== location.origin) return "";
    let name = isOfSheet ? plain : `${origin}/~${hash(href + shown.salt)}`;
    if (isOfSheet) {
      // Sheets are alike for everybody: what stands in them has to be, and tells no more than the address may.
      for (
        let other = 1;
        href !== plain && (name === plain || (shown.all.get(name) ?? href) !== href);
        other++
      )
        name = `${plain}~${other}`;
    }
    if (isFull && !shown.all.has(name)) return "";
    shown.all.set(name, href);
    return name;
  };
  return {
    selective: mask !== "" || block !== "" || show !== "",
    unreadable: mask === null || block === null,
    rules(id, reach) {
      // A rule that this browser cannot read might have meant this element.
      if (mask === null || block === null) return MASK;
      const at = node(id);
      const element =
        at?.nodeType === 1 ? (at as Element) : reach === "closest" ? at?.parentElement : null;
      if (!element) return 0;
      const hit = (selector: string) =>
        selector !== "" &&
        (reach === "self" ? element.matches(selector) : within(element, selector));
      return (hit(mask) ? MASK : 0) | (hit(block) ? BLOCK : 0) | (hit(show) ? OWNER : 0);
    },
    sensitive(id) {
      const element = node(id);
      return (
        !element ||
        sensitive.has(element) ||
        (element.nodeType === 1 && autofilled(element as Element))
      );
    },
    keep(id) {
      const field = node(id) as HTMLInputElement | null;
      if (!field) return;
      sensitive.add(field);
      secrets.add(String(field.value), true);
    },
    secret: secrets.mask,
    sheet: (id) => (node(id)?.getRootNode() === document ? "page" : "apart"),
    box(id) {
      const element = node(id) as (HTMLImageElement & HTMLVideoElement) | null;
      if (!element) return "";
      let width = element.naturalWidth || element.videoWidth || 0;
      let height = element.naturalHeight || element.videoHeight || 0;
      if (!width && element.complete) {
        const box = element.getBoundingClientRect?.();
        width = box?.width ?? 0;
        height = box?.height ?? 0;
      }
      return width && height ? `${Math.round(width)}x${Math.round(height)}` : "";
    },
    address: (url) => resolve(url).plain,
    asset(url, isOfSheet, rule) {
      if (FONT.test(url)) return asset(url, isOfSheet);
      // Where anything is masked or left out, a rule of a sheet may be about that.
      const selector = hasMark() ? rule() : null;
      // What an element shows by its own style is about nothing else.
      if (!isOfSheet) return selector === "" ? "" : asset(url, false);
      const name = asset(url, true);
      if (!name) return "";
      named.add(name);
      if (selector === null) return name;
      painted.note(name, selector);
      // Sheets stay alike for everybody: only what the viewer has by its name gets another one.
      if (told.has(name) && !painted.isOpen(selector)) return `${name}~0`;
      standing.set(name, (standing.get(name) ?? new Set()).add(selector));
      return name;
    },
    mark() {
      if (isMarked) return false;
      isMarked = true;
      for (const name of named) shown?.all.delete(name);
      return named.size > 0;
    },
    isShown(name) {
      const href = shown?.all.get(name);
      const isFree =
        href !== undefined && (!named.has(name) || !hasMark() || painted.isFree(name, href));
      if (isFree) told.add(name);
      return isFree;
    },
    again: () => standing.clear(),
    *recheck() {
      for (const [name, selectors] of standing) {
        if (!told.has(name)) continue;
        for (const selector of selectors) {
          if (!painted.isOpen(selector)) return true;
          yield;
        }
      }
      return false;
    },
    picture(id) {
      const element = node(id) as (HTMLImageElement & HTMLVideoElement & SVGImageElement) | null;
      if (!shown || !element) return "";
      const { currentSrc, poster, href, nodeName } = element;
      if (nodeName === "IMG") return element.naturalWidth ? asset(currentSrc, false) : "";
      const url = nodeName === "INPUT" ? element.src : (poster ?? href?.baseVal);
      return url ? asset(url, false) : "";
    },
    typed: typed.mask,
  };
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href.replace(/\+/g, " "));
  } catch {
    return href;
  }
}

/** 53 bits of a text, as cyrb53 makes them: short, and not to be turned round. */
function hash(text: string): string {
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
}

/** Whether an element or one around it matches, out of shadow roots and frames too. */
function within(from: Element, selector: string): boolean {
  for (let at: Element | null | undefined = from; at; ) {
    if (at.closest(selector)) return true;
    const root = at.getRootNode();
    at = (root as ShadowRoot).host ?? (root as Document).defaultView?.frameElement;
  }
  return false;
}

/** One selector of many; null when one of them cannot be read. */
function joined(selectors: string[]): string | null {
  try {
    for (const selector of selectors) document.createDocumentFragment().querySelector(selector);
    return selectors.join(",");
  } catch {
    return null;
  }
}

import { URLS } from "./css-urls";

/** Kinds that a recording may bring; each is shown by a browser without running anything. */
const KINDS = /^(image\/(png|jpeg|gif|webp|avif|x-icon|svg\+xml)|font\/(woff2?|ttf|otf))$/;
const SHOWING = /^(img|input|video|image)$/i;
const NONE = 'url("data:,")';
const FONT_FACE = /@font-face\s*\{[^}]*\}/gi;

/** Pictures and fonts that came with a recording, by what stands for them in it. */
export interface Assets {
  /** Takes one in, as it was recorded. */
  add(payload: Record<string, unknown>): void;
  /** The address of a picture in this browser; empty while it has not come. */
  url(href: string): string;
  /** What stands in a style text where `url("href")` stood: the picture, as soon as it has come. */
  value(href: string): string;
  /** Remembers a style text's fonts, which come into force when their files have come. */
  fonts(css: string): void;
  /** Rules for the beginning of each document: pictures by name, and fonts. Grows. */
  readonly rules: string[];
  /** Puts what has come since into documents and elements that are there by now. */
  dress(nodes: Iterable<Node | null>): void;
  /** Whether something is shown of which the picture or font has not come. */
  lacks(): boolean;
  /** Calls back when something has come. */
  changed: () => void;
  /** Gives the memory back. */
  destroy(): void;
}

/** Nothing has come. `isRule` says whether this browser can read a rule. */
export function createAssets(rules: string[] = [], isRule = readable): Assets {
  const urls = new Map<string, string>();
  const names = new Map<string, number>();
  /** Font rules that wait for a file, by what stands for the file. */
  const faces = new Map<string, Set<string>>();
  /** How many rules a document has. */
  const dressed = new WeakMap<Document, number>();
  /** What was asked for before it came, or never comes. */
  const asked = new Set<string>();
  const url = (href: string) => {
    const known = urls.get(href) ?? "";
    if (href && !known) asked.add(href);
    return known;
  };
  const nameOf = (href: string) => {
    const number = names.get(href) ?? names.size;
    names.set(href, number);
    return `--hm-asset-${number}`;
  };
  const face = (rule: string) =>
    rule.replace(URLS, (all, double?: string, single?: string, bare?: string) => {
      const href = double ?? single ?? bare ?? "";
      return /^data:/i.test(href) ? all : url(href) ? `url("${url(href)}")` : NONE;
    });
  /** A rule that cannot be read would stop a document from being rebuilt. */
  const add = (rule: string) => {
    if (isRule(rule)) rules.push(rule);
  };
  const assets: Assets = {
    rules,
    url,
    lacks: () => [...asked, ...names.keys()].some((href) => !urls.has(href)),
    changed: () => {},
    add({ href, type, data }) {
      if (typeof href !== "string" || urls.has(href) || !KINDS.test(String(type))) return;
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = Uint8Array.from(atob(String(data)), (letter) => letter.charCodeAt(0));
      } catch {
        return;
      }
      const address = URL.createObjectURL(new Blob([bytes], { type: String(type) }));
      urls.set(href, address);
      if (String(type).startsWith("image/")) add(`:root{${nameOf(href)}:url("${address}")}`);
      for (const rule of faces.get(href) ?? []) add(face(rule));
      assets.changed();
    },
    value: (href) => `var(${nameOf(href)},${NONE})`,
    fonts(css) {
      for (const [rule] of css.matchAll(FONT_FACE)) {
        for (const [, double, single, bare] of rule.matchAll(URLS)) {
          const href = double ?? single ?? bare ?? "";
          if (!/^https?:/.test(href)) continue;
          const all = faces.get(href) ?? new Set();
          faces.set(href, all);
          if (url(href) && !all.has(rule)) add(face(rule));
          all.add(rule);
        }
      }
    },
    dress(nodes) {
      for (const node of nodes) {
        if (node?.nodeType === 9) document(node as Document);
        if (node?.nodeType === 1) element(node as Element);
      }
    },
    destroy() {
      for (const address of urls.values()) URL.revokeObjectURL(address);
      urls.clear();
      assets.changed = () => {};
    },
  };
  /** The first style of each document is the replayer's own. */
  const document = (of: Document) => {
    const sheet = of.documentElement?.querySelector<HTMLStyleElement>(":scope > style")?.sheet;
    if (!sheet) return;
    for (const rule of rules.slice(dressed.get(of) ?? 0)) {
      sheet.insertRule(rule, sheet.cssRules.length);
    }
    dressed.set(of, rules.length);
  };
  const element = (of: Element) => {
    const address = url(of.getAttribute("data-hm-asset") ?? "");
    const name = attributeOf(of.nodeName.toLowerCase());
    if (!isShowing(of.nodeName)) return;
    if (address && of.getAttribute(name) !== address) of.setAttribute(name, address);
  };
  return assets;
}

function readable(rule: string): boolean {
  try {
    new CSSStyleSheet().insertRule(rule);
    return true;
  } catch {
    return false;
  }
}

/** Whether elements of this name show a picture. */
export function isShowing(tag: string): boolean {
  return SHOWING.test(tag);
}

/** The attribute by which an element shows its picture. */
export function attributeOf(tag: string): "src" | "poster" | "href" {
  return tag === "video" ? "poster" : tag === "image" ? "href" : "src";
}

import type { Node as Recorded } from "../events";
import type { Context } from "./context";
import { isShown, localName, nodeType } from "./natives";
import { patch } from "./patch";
import { ruleText, sheetText } from "./sheet-text";

/** Rules that a sheet may have to be told of at once, with its element. */
const AT_ONCE_MAX = 200;
/** Rules that scripts may hold to change them; of more nobody looks what they become. */
const HELD_MAX = 300;

type Data = Record<string, unknown>;
type Root = Document | ShadowRoot;

/** Style sheets: of elements, made by scripts, adopted, and what scripts do to their rules. */
export interface Sheets {
  /** Writes the sheet of an element into what is told of it; a large one follows by itself. */
  found(element: Element, recorded: Recorded): void;
  /** The text of an element's sheet, ready to be told, in slices. */
  read(element: Element): Generator<undefined, string[] | null>;
  /** The sheet of an element was loaded or written anew. */
  renew(element: Element): void;
  /** Tells which sheets a document or shadow root has adopted, if that has changed. */
  adopt(root: Root): void;
  /** Watches what the scripts of a window do to sheets. */
  watch(window: Window): () => void;
  /** Tells of what was done to rules, and which sheets were adopted. */
  tell(): void;
  /** Looks which sheets the roots have by now. */
  look(): void;
  /** Nothing was told of any sheet yet. */
  clear(): void;
}

/** `slowly` does a piece of work in slices, `prepare` masks a text in slices before it is told. */
export function createSheets(
  context: Context,
  slowly: (work: Generator<undefined, void>) => void,
  prepare: (pieces: string[], id: number) => Generator<undefined, void>,
): Sheets {
  const { ids } = context;
  let styles = new WeakMap<CSSStyleSheet, number>();
  let last = 0;
  const roots = new Map<Root, readonly CSSStyleSheet[]>();
  let queue: Data[] = [];
  /** Sheets that are being told of in slices, and whether they changed meanwhile. */
  const busy = new Map<CSSStyleSheet, boolean>();
  /** Rules whose declarations a script has, with what they were. */
  const held = new Map<CSSRule, string>();

  const told = (sheet: CSSStyleSheet | null | undefined): Data | null => {
    // One that counts for nothing is told of as empty.
    if (!sheet || sheet.disabled) return null;
    const { ownerNode } = sheet;
    const id = ownerNode ? ids.known(ownerNode) : -1;
    if (busy.has(sheet)) {
      busy.set(sheet, true);
      return null;
    }
    if (id > 0) return { id };
    const styleId = styles.get(sheet);
    return styleId ? { styleId } : null;
  };
  const add = (sheet: CSSStyleSheet | null | undefined, data: Data) => {
    const target = told(sheet);
    if (!target) return;
    const before = queue.at(-1);
    const isSame = before?.id === target.id && before?.styleId === target.styleId;
    if (isSame && before?.adds && data.adds)
      (before.adds as unknown[]).push(...(data.adds as unknown[]));
    else queue.push({ source: 8, ...target, ...data });
    context.wake();
  };
  /** A rule has become another one in its place. */
  const replaced = (of: CSSRule) => {
    // Those of an animation have no place that could be named.
    const rule = "keyText" in of && of.parentRule ? of.parentRule : of;
    const sheet = rule.parentStyleSheet;
    const places = place(rule);
    const index = places[1] === undefined ? places[0] : places;
    add(sheet, { removes: [{ index }] });
    add(sheet, { adds: [{ rule: ruleText(rule, sheet?.href ?? document.baseURI), index }] });
  };
  const hold = (rule: CSSRule) => {
    if (held.size < HELD_MAX && !held.has(rule)) held.set(rule, rule.cssText);
    context.wake();
  };
  /** Whether a sheet can still be seen: one that cannot is told of anew before it can again. */
  const isUsed = (sheet: CSSStyleSheet): boolean => {
    const { ownerNode } = sheet;
    if (ownerNode) return isShown(ownerNode);
    for (const [root, sheets] of roots) if (sheets.includes(sheet) && isShown(root)) return true;
    styles.delete(sheet);
    return false;
  };
  const compare = () => {
    for (const [rule, before] of held) {
      const now = rule.cssText;
      const sheet = rule.parentStyleSheet;
      if (!sheet || !isUsed(sheet)) held.delete(rule);
      else if (now !== before) {
        held.set(rule, now);
        replaced(rule);
      }
    }
  };
  /** A sheet counts, or counts no more. */
  const switched = (of: StyleSheet | Element) => {
    styles.delete(of as CSSStyleSheet);
    const element = ((of as StyleSheet).ownerNode ?? of) as Element;
    if (ids.known(element) > 0) slowly(written(element));
    for (const root of roots.keys()) adopt(root);
  };
  const base = (element: Element) => element.baseURI;
  const sheetOf = (element: Element) => (element as HTMLStyleElement).sheet;

  function* read(element: Element): Generator<undefined, string[] | null> {
    const sheet = sheetOf(element);
    // A link that is switched off has none.
    if (!sheet) return (element as HTMLLinkElement).disabled ? [] : null;
    if (busy.has(sheet)) return null;
    const id = ids.known(element);
    // What was done to it by now is in its text.
    queue = queue.filter((data) => data.id !== id);
    busy.set(sheet, false);
    const pieces = yield* sheetText(sheet, base(element));
    if (pieces) yield* prepare(pieces, id);
    if (busy.get(sheet)) slowly(written(element));
    busy.delete(sheet);
    return sheetOf(element) === sheet ? pieces : null;
  }
  function* written(element: Element): Generator<undefined, void> {
    const pieces = yield* read(element);
    const id = ids.known(element);
    if (pieces && id > 0)
      context.emit({
        source: 0,
        texts: [],
        removes: [],
        adds: [],
        attributes: [{ id, attributes: { _cssText: pieces } }],
      });
  }
  const found = (element: Element, recorded: Recorded) => {
    const sheet = sheetOf(element);
    if (!sheet) return;
    let count: number;
    try {
      count = sheet.cssRules.length;
    } catch {
      return;
    }
    if (count > AT_ONCE_MAX) slowly(written(element));
    else if (recorded.attributes) {
      const work = sheetText(sheet, base(element));
      let step = work.next();
      while (!step.done) step = work.next();
      recorded.attributes._cssText = step.value;
    }
  };
  const adopt = (root: Root) => {
    const sheets = [...(root.adoptedStyleSheets ?? [])].filter(({ disabled }) => !disabled);
    const before = roots.get(root) ?? [];
    roots.set(root, sheets);
    if (sheets.length === before.length && sheets.every((sheet, at) => sheet === before[at]))
      return;
    const id = ids.known(nodeType(root) === 11 ? (root as ShadowRoot).host : root);
    if (id < 0) {
      roots.delete(root);
      return;
    }
    const made: Data[] = [];
    const styleIds = sheets.map((sheet) => {
      const known = styles.get(sheet);
      if (known) return known;
      const styleId = ++last;
      styles.set(sheet, styleId);
      const rules = [...sheet.cssRules].map((rule, index) => ({
        rule: ruleText(rule, root.baseURI),
        index,
      }));
      made.push({ styleId, rules });
      return styleId;
    });
    queue.push({ source: 15, id, styleIds, ...(made.length && { styles: made }) });
    context.wake();
  };
  return {
    found,
    read,
    adopt(root) {
      // It is told of anew, and its sheets with it.
      roots.delete(root);
      adopt(root);
    },
    renew(element) {
      if (ids.known(element) > 0) slowly(written(element));
    },
    watch(window) {
      const ends: (() => void)[] = [];
      /** `kinds` and `names` are lists of words. */
      const on = <Self>(
        kinds: string,
        names: string,
        after: (self: Self, rest: unknown[]) => void,
        how?: "get" | "set",
      ) => {
        for (const kind of kinds.split(" "))
          for (const name of names.split(" ")) {
            const of = (window as unknown as Record<string, { prototype: object } | undefined>)[
              kind
            ];
            ends.push(patch(of?.prototype, name, after as (self: unknown) => void, how));
          }
      };
      on<CSSStyleSheet>("CSSStyleSheet", "insertRule", (self, [rule, index = 0]) =>
        add(self, { adds: [{ rule, index }] }),
      );
      on<CSSStyleSheet>("CSSStyleSheet", "addRule", (self, [selector, style, at]) => {
        const index = at ?? self.cssRules.length - 1;
        add(self, { adds: [{ rule: `${selector}{${style}}`, index }] });
      });
      on<CSSStyleSheet>("CSSStyleSheet", "deleteRule removeRule", (self, [index = 0]) =>
        add(self, { removes: [{ index }] }),
      );
      on<CSSStyleSheet>("CSSStyleSheet", "replace replaceSync", (self, [text]) =>
        add(self, { replaceSync: String(text) }),
      );
      on<CSSRule>("CSSGroupingRule", "insertRule", (self, [rule, index = 0]) =>
        add(self.parentStyleSheet, { adds: [{ rule, index: [...place(self), index] }] }),
      );
      on<CSSRule>("CSSGroupingRule", "deleteRule", (self, [index = 0]) =>
        add(self.parentStyleSheet, { removes: [{ index: [...place(self), index] }] }),
      );
      // What a script does to a declaration that it holds gives no sign.
      on("CSSStyleRule CSSKeyframeRule", "style styleMap", hold, "get");
      on("CSSStyleRule CSSKeyframeRule", "style selectorText", replaced, "set");
      on("CSSKeyframesRule", "appendRule deleteRule", replaced);
      on("StyleSheet HTMLStyleElement HTMLLinkElement", "disabled", switched, "set");
      on("Document ShadowRoot", "adoptedStyleSheets", adopt, "set");
      return () => {
        for (const end of ends) end();
      };
    },
    look() {
      for (const root of roots.keys()) {
        if (isShown(root)) adopt(root);
        else roots.delete(root);
      }
      compare();
    },
    tell() {
      compare();
      const all = queue;
      queue = [];
      for (const data of all) context.emit(data);
    },
    clear() {
      roots.clear();
      styles = new WeakMap();
      queue = [];
      busy.clear();
    },
  };
}

/** Whether an element can bring a style sheet. */
export function isStyle(element: Element): boolean {
  return /^(style|link)$/.test(localName(element));
}

/** Where a rule stands, from the outermost rule in. */
function place(rule: CSSRule): number[] {
  const at: number[] = [];
  for (let one: CSSRule | null = rule; one; one = one.parentRule) {
    const siblings: CSSRuleList | undefined =
      (one.parentRule as CSSGroupingRule | null)?.cssRules ?? one.parentStyleSheet?.cssRules;
    at.unshift(siblings ? Array.prototype.indexOf.call(siblings, one) : 0);
  }
  return at;
}

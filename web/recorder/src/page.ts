import { autofilled } from "./fields";
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
}

/** The live page behind the ids of the stream. */
export function createPage(facts: PageFacts): Page {
  const { node, sensitive, address, typed, secrets, rules } = facts;
  const mask = joined(rules.mask);
  const block = joined(rules.block);
  const show = joined(rules.show) ?? "";
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
    address(url) {
      try {
        const absolute = new URL(url, document.baseURI);
        return /^https?:$/.test(absolute.protocol) ? address(absolute.href) : "";
      } catch {
        return "";
      }
    },
    typed: typed.mask,
  };
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

import type { Attributes } from "../attributes";
import type { Node as Recorded } from "../events";
import {
  getAttribute,
  getAttributeNames,
  localName,
  matches,
  namespaceURI,
  nodeType,
  shadowRoot,
  textContent,
} from "./natives";

const SVG = "http://www.w3.org/2000/svg";
const WRITTEN = /^(checkbox|radio|submit|button|reset|image)$/;
const UNUSUAL = /[^a-z0-9-_:]/;

/** What a node is told with besides itself. */
export interface Telling {
  id: number;
  /** Number of the frame's document that the node is in; none for the page itself. */
  rootId?: number | undefined;
  /** Selector of what is not recorded. */
  block: string;
  /** It was just added, so nobody has scrolled it. */
  isFresh: boolean;
}

/** One node without its children, unmasked, as rrweb writes it. */
export function serialise(node: Node, { id, rootId, block, isFresh }: Telling): Recorded {
  const told: Recorded = { type: 0, id };
  if (rootId) told.rootId = rootId;
  switch (nodeType(node)) {
    case 1:
      told.type = 2;
      element(node as HTMLElement, told, block, isFresh);
      break;
    case 3:
      told.type = 3;
      told.textContent = textContent(node) ?? "";
      break;
    case 9:
      told.childNodes = [];
      if ((node as Document).compatMode !== "CSS1Compat") told.compatMode = "BackCompat";
      break;
    case 10: {
      const { name, publicId, systemId } = node as DocumentType;
      Object.assign(told, { type: 1, name, publicId, systemId });
    }
  }
  return told;
}

function element(node: HTMLElement, told: Recorded, block: string, isFresh: boolean): void {
  const name = localName(node).toLowerCase();
  told.tagName = UNUSUAL.test(name) ? "div" : name;
  told.childNodes = [];
  if (namespaceURI(node) === SVG) told.isSVG = true;
  if (shadowRoot(node)) told.isShadowHost = true;
  if (name.includes("-") && customElements.get(name)) told.isCustom = true;
  if (matches(node, block)) {
    const { width, height } = node.getBoundingClientRect();
    const of = getAttribute(node, "class");
    told.attributes = { rr_width: `${width}px`, rr_height: `${height}px` };
    if (of !== null) told.attributes.class = of;
    return;
  }
  const attributes: Attributes = {};
  for (const each of getAttributeNames(node)) attributes[each] = getAttribute(node, each);
  told.attributes = attributes;
  if (!told.isSVG) special(node, name, attributes);
  if (isPopover(node)) attributes[POPOVER] = "open";
  if (!isFresh) {
    if (node.scrollLeft) attributes.rr_scrollLeft = node.scrollLeft;
    if (node.scrollTop) attributes.rr_scrollTop = node.scrollTop;
  }
}

/** What an element shows that its attributes do not say. */
function special(node: HTMLElement, name: string, attributes: Attributes): void {
  switch (name) {
    case "input":
    case "textarea":
    case "select": {
      const { type, value, checked } = node as HTMLInputElement;
      if (!WRITTEN.test(type)) attributes.value = value || null;
      attributes.checked = checked || null;
      break;
    }
    case "option":
      attributes.selected = (node as HTMLOptionElement).selected || null;
      break;
    case "dialog":
      if ((node as HTMLDialogElement).open) attributes.rr_open_mode = openMode(node);
      break;
    case "iframe":
      delete attributes.src;
      break;
    case "audio":
    case "video": {
      const media = node as HTMLMediaElement;
      delete attributes.autoplay;
      attributes.rr_mediaState = media.paused ? "paused" : "played";
      attributes.rr_mediaCurrentTime = media.currentTime;
    }
  }
}

/** Says that a popover is open: no attribute of the page does. */
export const POPOVER = "data-hm-popover";

/** Says that the inside of an element cannot be seen, why, and how large it is if nothing else says so. */
export const UNSEEN = "data-hm-unseen";

/** Whether an element is a popover that is open. */
export function isPopover(element: Element): boolean {
  // Browsers that know no popovers know no such selector either.
  return !!(element as HTMLElement).popover && matches(element, ":popover-open");
}

/** How a dialog was opened. */
export function openMode(dialog: Element): string {
  return matches(dialog, ":modal") ? "modal" : "non-modal";
}

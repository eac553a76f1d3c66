import { attributes } from "./attributes";
import type { Node } from "./events";
import { flags } from "./flags";
import { BLOCK, type Entry, type Table } from "./table";
import { text } from "./text";

/** Elements of which only the box may remain. */
export const BOXES = /^(object|embed|applet|fencedframe|portal)$/;
const PUBLIC_ID = /^-\/\/(W3C|IETF)\/\/DTD [\w .]+\/\/EN$/;
const SYSTEM_ID = /^(https?:\/\/www\.w3\.org\/[\w./-]+|about:legacy-compat)$/;

/** A node and all below it as they may leave the page, without recursion. */
export function tree(top: Node, table: Table): Node {
  const first = one(top, table.entries.get(top.id)?.parent ?? undefined, table);
  const stack: [Node, Node][] = [[top, first]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [from, to] = next;
    if (!from.childNodes || !to.childNodes) continue;
    const entry = table.entries.get(from.id);
    if (flags(entry) & BLOCK || (entry && BOXES.test(entry.tag))) continue;
    for (const child of from.childNodes) {
      const clean = one(child, entry, table);
      to.childNodes.push(clean);
      if (child.childNodes?.length) stack.push([child, clean]);
    }
  }
  return first;
}

/** One node as it may leave the page, without its children. */
export function one(from: Node, parent: Entry | undefined, table: Table): Node {
  const to: Node = { type: from.type, id: from.id };
  if (from.rootId !== undefined) to.rootId = from.rootId;
  if (from.isShadow) to.isShadow = true;
  if (from.isShadowHost) to.isShadowHost = true;
  switch (from.type) {
    case 0:
      to.childNodes = [];
      if (from.compatMode === "BackCompat") to.compatMode = from.compatMode;
      break;
    case 1:
      to.name = /^[\w:.-]{1,32}$/.test(from.name ?? "") ? from.name : "html";
      to.publicId = PUBLIC_ID.test(from.publicId ?? "") ? from.publicId : "";
      to.systemId = SYSTEM_ID.test(from.systemId ?? "") ? from.systemId : "";
      break;
    case 2:
      element(from, to, table);
      break;
    case 3:
      to.textContent = text(from.textContent ?? "", parent, table);
      if (from.isStyle) to.isStyle = true;
      break;
    default:
      to.textContent = "";
  }
  return to;
}

function element(from: Node, to: Node, table: Table): void {
  const entry = table.entries.get(from.id);
  const tag = from.tagName ?? "div";
  to.tagName = entry && BOXES.test(entry.tag) ? "div" : tag;
  to.attributes = entry
    ? attributes(from.attributes ?? {}, from.id, entry, flags(entry), table)
    : {};
  to.childNodes = [];
  if (from.isSVG) to.isSVG = true;
  if (from.isCustom) to.isCustom = true;
}

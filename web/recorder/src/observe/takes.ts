import { localName, nodeType, parentNode, textContent } from "./natives";

/** Elements whose inside is never seen, or is told by an attribute. */
const CLOSED =
  /^(script|noscript|style|textarea|iframe|object|canvas|video|audio|embed|applet|portal)$/;
/** Elements of a head that say something of the page. */
const OF_HEAD = /^(style|link|title)$/;

/** Whether an element's children are told of: its inside is part of the picture. */
export function isOpen(element: Node): boolean {
  return nodeType(element) !== 1 || !CLOSED.test(localName(element));
}

/**
 * Whether a node that hangs in the page is told of. What stands in the body keeps its place even if
 * it shows nothing, because selectors count siblings.
 */
export function isTold(node: Node): boolean {
  const type = nodeType(node);
  const parent = parentNode(node);
  const within = parent && nodeType(parent) === 1 ? localName(parent) : "";
  switch (type) {
    case 1:
      return within !== "head" || OF_HEAD.test(localName(node));
    case 3:
      return within !== "head" && (within !== "html" || /\S/.test(textContent(node) ?? ""));
  }
  return type === 10;
}

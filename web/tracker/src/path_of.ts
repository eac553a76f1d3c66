/**
 * The path of an element outwards, as that of an event in it would be: what stands in a slot goes
 * through the shadow root around that. By the prototypes, past form fields named like these.
 */
const { get } = Reflect;

export function pathOf(element: Element): EventTarget[] {
  const path: EventTarget[] = [];
  for (let node: Node | null = element; node; ) {
    path.push(node);
    node =
      (node instanceof Element && get(Element.prototype, "assignedSlot", node)) ||
      get(Node.prototype, "parentNode", node) ||
      (node instanceof ShadowRoot ? node.host : null);
  }
  return path;
}

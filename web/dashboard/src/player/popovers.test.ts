import { expect, it } from "vitest";
import { createPopovers, popoversOf } from "./popovers";
import type { RecordedEvent } from "./types";

const event = (type: number, data: Record<string, unknown>): RecordedEvent => ({
  type,
  data,
  timestamp: 1,
});
const element = (id: number, attributes: Record<string, unknown>, childNodes: unknown[] = []) => ({
  type: 2,
  id,
  attributes,
  childNodes,
});

it("finds popovers in pictures, in what is added, and in what changes", () => {
  const open = { popover: "", "data-hm-popover": "open" };
  const found = popoversOf([
    event(2, { node: { type: 0, id: 1, childNodes: [element(2, {}, [element(3, open)])] } }),
    event(3, { source: 0, adds: [{ parentId: 2, node: element(4, {}, [element(5, open)]) }] }),
    event(3, { source: 0, attributes: [{ id: 6, attributes: { "data-hm-popover": null } }] }),
    event(3, { source: 0, attributes: [{ id: 7, attributes: { popover: "" } }] }),
    event(3, { source: 2, id: 8 }),
    event(5, { tag: "hm-page", payload: {} }),
  ]);
  expect(found.sort()).toEqual([3, 5, 6]);
});

/** Elements that are popovers, as far as one is asked here; and how often they were. */
function page(many: number) {
  const shown = new Set<number>();
  let asked = 0;
  const nodes = Array.from({ length: many }, (_, id) => ({
    nodeType: 1,
    wanted: "open",
    getAttribute() {
      asked += 1;
      return this.wanted;
    },
    matches: () => shown.has(id),
    showPopover: () => shown.add(id),
    hidePopover: () => shown.delete(id),
  }));
  const popovers = createPopovers((id) => (nodes[id] as unknown as Node | undefined) ?? null);
  return { nodes, shown, popovers, asked: () => asked };
}

const changed = (id: number) =>
  event(3, { source: 0, attributes: [{ id, attributes: { "data-hm-popover": "open" } }] });

it("opens a hundred at most, and others when those have gone", () => {
  const { nodes, shown, popovers } = page(300);
  popovers.know(nodes.map((_, id) => changed(id)));
  popovers.settle();
  expect(shown.size).toBe(100);
  for (const node of nodes.slice(0, 60)) node.wanted = "";
  // One goes with what it stood in, and nobody says so.
  shown.delete(99);
  popovers.settle();
  expect(shown.size).toBe(100);
  expect(shown.has(0)).toBe(false);
});

it("looks at those only that an event is about", () => {
  const { nodes, shown, popovers, asked } = page(300);
  popovers.know(nodes.map((_, id) => changed(id)));
  popovers.after(changed(7));
  popovers.after(event(3, { source: 1, positions: [] }));
  expect([...shown]).toEqual([7]);
  expect(asked()).toBe(1);
});

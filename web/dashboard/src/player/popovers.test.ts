import { expect, it } from "vitest";
import { popoversOf } from "./popovers";
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

import type { Context } from "./context";
import { later, listen } from "./natives";
import { patch } from "./patch";
import { isWithin, target } from "./watch-pointer";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Properties by which scripts fill fields in. */
const SET: [kind: string, property: string][] = [
  ["HTMLInputElement", "value"],
  ["HTMLInputElement", "checked"],
  ["HTMLTextAreaElement", "value"],
  ["HTMLSelectElement", "value"],
  ["HTMLSelectElement", "selectedIndex"],
  ["HTMLOptionElement", "selected"],
];
const FIELDS = /^(INPUT|TEXTAREA|SELECT)$/;

/** What fields hold: what is typed and chosen, and what scripts put in. */
export function watchInputs(context: Context, document: Document): () => void {
  const { block } = context;
  const last = new WeakMap<Node, string>();
  const waiting = new Set<Field>();
  const look = (field: Field, isAlone = false) => {
    const id = context.id(field);
    if (id < 0 || isWithin(field, block)) return;
    const { type, value, checked, name } = field as HTMLInputElement;
    const isChoice = /^(radio|checkbox)$/.test(type);
    const now = `${isChoice && checked} ${value}`;
    if (last.get(field) === now) return;
    last.set(field, now);
    context.emit({ source: 5, id, text: value, isChecked: isChoice && checked });
    if (type !== "radio" || !checked || !name || isAlone) return;
    // The others of its group went out without an event.
    const root = field.getRootNode() as Document;
    for (const other of root.querySelectorAll<HTMLInputElement>("input[type=radio]"))
      if (other !== field && other.name === name) look(other, true);
  };
  const heard = (node: Node | null) => {
    const field = node?.nodeName === "OPTION" ? (node as Element).closest("select") : node;
    if (!field || !FIELDS.test(field.nodeName)) return;
    if (!waiting.size)
      later(() => {
        context.settle();
        for (const each of waiting) look(each);
        waiting.clear();
      }, 0);
    waiting.add(field as Field);
  };
  const window = document.defaultView as unknown as Record<string, { prototype: object }> | null;
  const ends = [
    listen(document, "change", (event) => heard(target(event))),
    ...SET.map(([kind, property]) =>
      patch(window?.[kind]?.prototype, property, (field) => heard(field as Node), "set"),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

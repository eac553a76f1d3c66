import type { Value } from "./attributes";
import { isClean } from "./clean";
import { createEntry, refresh } from "./entry";
import { FULL_SNAPSHOT, INCREMENTAL, type Mutation, type Node, type RecorderEvent } from "./events";
import { flags } from "./flags";
import { BLOCK, type Entry, MASK, OWNER, type Table } from "./table";
import { tokens } from "./tokens";

/** Brings the table up to date with an event of the stream, before the event is masked. */
export function note(event: RecorderEvent, table: Table): void {
  if (event.type === FULL_SNAPSHOT) {
    table.entries.clear();
    enter(event.data.node as Node, null, table);
    return;
  }
  if (event.type !== INCREMENTAL) return;
  const data = event.data;
  if (table.page.selective) {
    // A selector can begin to match through a change further up, or of no node at all.
    const {
      id,
      texts = [],
      attributes = [],
      adds = [],
    } = data as Partial<Mutation> & { id?: number };
    for (const at of [...texts, ...attributes]) reconsider(at.id, table);
    for (const { parentId } of adds) reconsider(parentId, table);
    if (id !== undefined) reconsider(id, table);
  }
  switch (data.source) {
    case 0:
      mutation(data as unknown as Mutation, table);
      break;
    case 8:
      for (const { rule } of (data.adds ?? []) as { rule: string }[]) tokens(String(rule), table);
      tokens(String(data.replace ?? ""), table);
      tokens(String(data.replaceSync ?? ""), table);
      break;
    case 15:
      for (const { rules } of (data.styles ?? []) as { rules: { rule: string }[] }[]) {
        for (const { rule } of rules) tokens(String(rule), table);
      }
  }
}

function mutation(data: Mutation, table: Table): void {
  const { entries } = table;
  if (data.adds.length || data.attributes.length) table.isTouched = true;
  for (const { id } of data.removes) {
    const entry = entries.get(id);
    if (!entry) continue;
    entry.gone = true;
    entries.delete(id);
  }
  // A child may stand before its parent in the list: enter what can be entered until nothing moves.
  let waiting = data.adds;
  while (waiting.length) {
    const orphans = waiting.filter(({ parentId, node }) => {
      const parent = entries.get(parentId);
      if (parent) enter(node, parent, table);
      return !parent;
    });
    if (orphans.length === waiting.length) break;
    waiting = orphans;
  }
  for (const { id, attributes } of data.attributes) {
    const entry = entries.get(id);
    if (!entry) continue;
    const { own } = entry;
    refresh(entry, id, attributes, table);
    // What is below it was told of as it stood there.
    if (entry.own & ~own & (MASK | BLOCK)) table.isOld = true;
    sheet(attributes._cssText, table);
  }
  for (const { id, value } of data.texts) {
    if (value && entries.get(id)?.parent?.tag === "style") tokens(value, table);
  }
  if (entries.size > table.entriesMax && data.removes.length) sweep(table);
}

/** Enters a node and all below it, without recursion. */
function enter(top: Node, above: Entry | null, table: Table): void {
  const stack: [Node, Entry | null][] = [[top, above]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, parent] = next;
    const entry = enterOne(node, parent, table);
    for (const child of node.childNodes ?? []) stack.push([child, entry]);
  }
}

/** Enters one node, before those below it. */
export function enterOne(node: Node, parent: Entry | null, table: Table): Entry {
  const entry = createEntry(node, parent, table);
  table.entries.set(node.id, entry);
  sheet(node.attributes?._cssText, table);
  if (node.type === 3 && parent?.tag === "style") tokens(node.textContent ?? "", table);
  return entry;
}

function sheet(text: Value | undefined, table: Table): void {
  if (Array.isArray(text) && isClean(text)) return;
  for (const piece of Array.isArray(text) ? text : [text])
    if (typeof piece === "string") tokens(piece, table);
}

/** Asks the page again which rules hold for a node, or for the element that a text stands in. */
function reconsider(id: number, table: Table): void {
  const entry = table.entries.get(id);
  const of = entry?.tag === "#text" ? entry.parent : entry;
  if (!of) return;
  const rules = table.page.rules(id, "closest");
  if (rules & (MASK | BLOCK) & ~flags(of)) table.isOld = true;
  of.own = (of.own & ~OWNER) | rules;
}

/** Forgets entries below removed nodes. Parents stand before their children in the map. */
function sweep(table: Table): void {
  for (const [id, entry] of table.entries) {
    if (entry.parent?.gone) {
      entry.gone = true;
      table.entries.delete(id);
    }
  }
  table.entriesMax = Math.max(table.entriesMax, 2 * table.entries.size);
}

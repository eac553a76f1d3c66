import type { Table } from "./table";

const SELECTOR = /\[\s*([\w-]+)\s*(?:[~|^$*]?=\s*["']?([a-z0-9_-]{1,24})["']?\s*[is]?\s*)?\]/gi;

/** Learns which attributes, and which values of them, the page's style sheets name. */
export function tokens(css: string, table: Table): void {
  for (const [, name, value] of css.matchAll(SELECTOR)) {
    if (!name) continue;
    const key = name.toLowerCase();
    let values = table.tokens.get(key);
    if (!values) {
      values = new Set();
      table.tokens.set(key, values);
      table.grown.add(key);
    }
    if (value && !values.has(value)) {
      values.add(value);
      table.grown.add(key);
    }
  }
}

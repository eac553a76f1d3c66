import { css } from "./css";
import { flags } from "./flags";
import { FIXED, shape } from "./shape";
import { BLOCK, type Entry, MASK, OWNER, SHOW, type Table, TYPED, UNKNOWN } from "./table";

/** Longest text of a node: the server refuses what takes over 4 MiB, and a letter takes up to 3 bytes. */
const TEXT_MAX = 1 << 20;

/** The text of a text node as it may leave the page; cut after it was masked. */
export function text(from: string, parent: Entry | undefined, table: Table): string {
  return whole(from, parent, table).slice(0, TEXT_MAX);
}

function whole(from: string, parent: Entry | undefined, table: Table): string {
  if (!from) return "";
  const all = flags(parent);
  if (!parent || all & UNKNOWN) return shape(from);
  if (all & BLOCK) return "";
  const masked = (all & MASK) !== 0;
  const shown = (all & (SHOW | OWNER)) !== 0 && !masked;
  switch (parent.tag) {
    case "script":
    case "noscript":
    case "template":
    case "object":
      return "";
    case "style":
      return css(from, table.page, masked || (table.maskText && !shown), "apart");
    case "option":
    case "optgroup":
    case "textarea":
      return shown ? table.page.secret(from) : blank(from) ? from : FIXED;
  }
  if (all & TYPED) return shown ? table.page.secret(from) : blank(from) ? " " : FIXED;
  if (masked || (table.maskText && !shown)) return shape(from);
  return table.page.typed(from);
}

function blank(value: string): boolean {
  return !/\S/.test(value);
}

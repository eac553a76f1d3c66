import { masksText } from "./attributes";
import { css } from "./css";
import { flags } from "./flags";
import type { Table } from "./table";
import { tokens } from "./tokens";

const CLEAN = new WeakMap<readonly string[], { masked: boolean; text: string }>();

/**
 * Masks the text of a style sheet before its event is, in slices: it can be longer than all that a
 * task may do. Whoever masks the event takes what is found here.
 */
export function* clean(pieces: readonly string[], id: number, table: Table): Generator<undefined> {
  const masked = masksText(flags(table.entries.get(id)), table);
  const texts: string[] = [];
  for (const piece of pieces) {
    tokens(piece, table);
    texts.push(css(piece, table.page, masked, table.page.sheet(id)));
    yield;
  }
  CLEAN.set(pieces, { masked, text: texts.join("") });
}

/** Whether the text of a style sheet was masked in slices: then all that it names is known. */
export function isClean(pieces: readonly string[]): boolean {
  return CLEAN.has(pieces);
}

/** The text of a style sheet as it may leave the page. */
export function cleaned(
  pieces: string | readonly string[],
  id: number,
  masked: boolean,
  table: Table,
): string {
  const clean = (piece: string) => css(piece, table.page, masked, table.page.sheet(id));
  if (typeof pieces === "string") return clean(pieces);
  const found = CLEAN.get(pieces);
  if (found?.masked === masked) return found.text;
  return pieces.map(clean).join("");
}

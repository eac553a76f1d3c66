/** What stands for a typed value, however long that was. */
export const FIXED = "•••••";

/** Masks page text: letters become `x`, digits `0`; spaces and punctuation keep the layout. */
export function shape(text: string): string {
  return text.replace(/[\p{L}\p{M}]/gu, "x").replace(/\p{N}/gu, "0");
}

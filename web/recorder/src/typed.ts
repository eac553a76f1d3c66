import { FIXED } from "./shape";

/** Values kept, the newest; shorter ones are words of any page. */
export const VALUES_MAX = 200;
const VALUE_LENGTH_MIN = 4;
/** Longer values are looked for by their beginning. */
const VALUE_LENGTH_MAX = 200;
/** States of a value while it was being typed, which a page may show a moment later. */
const PARTIAL_MAX = 40;

/** What was typed on this page, in memory only, so that it can be masked where it turns up. */
export interface Typed {
  /** A field holds `value`; `settled` when the visitor has left it so. */
  add(value: string, settled: boolean): void;
  /** Masks whole words that were typed, ignoring case. */
  mask(text: string): string;
}

/** An empty register of typed values. */
export function createTyped(): Typed {
  const settled = new Map<string, true>();
  const partial = new Map<string, true>();
  let pattern: RegExp | null = null;
  let stale = false;
  return {
    add(raw, isSettled) {
      const value = raw.trim().toLowerCase();
      if (value.length < VALUE_LENGTH_MIN || !/[\p{L}\p{N}]/u.test(value)) return;
      const into = isSettled ? settled : partial;
      into.delete(value);
      into.set(value, true);
      const max = isSettled ? VALUES_MAX : PARTIAL_MAX;
      for (const oldest of into.keys()) {
        if (into.size <= max) break;
        into.delete(oldest);
      }
      stale = true;
    },
    mask(text) {
      if (stale) {
        stale = false;
        const values = [...new Set([...settled.keys(), ...partial.keys()])].sort(
          (a, b) => b.length - a.length,
        );
        pattern = new RegExp(
          `(^|[^\\p{L}\\p{N}]|%[\\da-f]{2})(?:${values.map(source).join("|")})`,
          "giu",
        );
      }
      return pattern && text.length >= VALUE_LENGTH_MIN
        ? text.replace(pattern, `$1${FIXED}`)
        : text;
    },
  };
}

/** A pattern for one value, however its words are joined: in text, in an address, as its slug. */
function source(value: string): string {
  const digits = value.replace(/[\s().+-]/g, "");
  const end = value.length > VALUE_LENGTH_MAX ? "" : "(?![\\p{L}\\p{N}])";
  if (/^\d{8,19}$/.test(digits)) return [...digits].join("[\\s.-]?") + end;
  const words = value.slice(0, VALUE_LENGTH_MAX).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map(encoded).join("(?:[^\\p{L}\\p{N}]|%[\\da-f]{2})+") + end;
}

/** A word, each letter of it as it is or as an address writes it. */
function encoded(word: string): string {
  return word.replace(/[^\w]/gu, (letter) => `(?:${letter}|${encodeURIComponent(letter)})`);
}

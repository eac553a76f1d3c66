/**
 * Remembers what is typed on this page, in memory only, so that it can be masked where it turns up
 * again: in texts, titles and addresses. Words are compared whole, without regard to case and
 * punctuation. While somebody types, the value grows in place, so that its beginnings take no room.
 */
import type { Watched } from "./watched.ts";

/** Typed values that are known, the newest; older ones are not looked for any more. */
const VALUES_MAX = 200;
const CHARACTERS_MIN = 4;
const NOT_TYPED = /^(button|check|color|file|image|radio|range|reset|select|submit)/;

export function watchTyped(on: Watched["on"]): {
  values: string[];
  repeats(text: string): boolean;
  mask(text: string, isAddress?: boolean): string;
} {
  const values: string[] = [];
  let field: unknown;
  const words = (text: string) =>
    ` ${text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim()} `;
  const repeats = (text: string) => {
    const all = words(text);
    return values.some((value) => {
      const wanted = words(value);
      return value.length >= CHARACTERS_MIN && wanted !== "  " && all.includes(wanted);
    });
  };
  const repeatsPart = (part: string) => {
    try {
      return repeats(decodeURIComponent(part));
    } catch {
      return repeats(part);
    }
  };
  on("input", ({ path }) => {
    const target = path[0] as HTMLInputElement;
    if (NOT_TYPED.test(target.type)) return;
    const value = `${target.value ?? target.textContent}`.trim();
    const before = values[values.length - 1] ?? "";
    if (field === target) {
      if (value.startsWith(before)) values.pop();
      else if (before.startsWith(value)) return;
    }
    field = target;
    values.push(value);
    if (values.length > VALUES_MAX) values.shift();
  });
  return {
    values,
    repeats,
    mask(text, isAddress) {
      if (!values.length) return text;
      if (!isAddress) return repeats(text) ? "" : text;
      const [, origin = "", rest = ""] = /^(\w+:\/\/[^/]*)(.*)/.exec(text) ?? [];
      if (!repeatsPart(rest)) return text;
      const masked = rest.replace(/[^/?&=#]+/g, (part) => (repeatsPart(part) ? "*" : part));
      return `${origin}${repeatsPart(masked) ? "/*" : masked}`;
    },
  };
}

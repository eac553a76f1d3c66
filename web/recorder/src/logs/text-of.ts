/** Characters of one argument that are looked at; what is told is shorter. */
const ARGUMENT_MAX = 2000;
/** Places of an error that are told, the innermost. */
const FRAMES_MAX = 8;
/** A place in a script, in the words of all browsers: a name, and an address with line and column. */
const FRAME =
  /^\s*(?:at\s+)?(?:async\s+)?([\w$.<>[\] ]{0,60}?)\s*[@(]?\s*((?:https?:)[^\s()]+:\d+:\d+)\)?$/;

/** What was logged, as text: values that have one, and of all others only what they are. */
export function textOf(values: readonly unknown[]): string {
  const rest = [...values];
  const first = rest[0];
  if (typeof first === "string" && /%[sdifoOc]/.test(first)) {
    rest.shift();
    const filled = first.replace(/%([sdifoOc%])/g, (all, kind: string) => {
      if (kind === "%") return "%";
      if (!rest.length) return all;
      const value = rest.shift();
      return kind === "c" ? "" : one(value);
    });
    rest.unshift(filled);
  }
  return rest.map(one).join(" ");
}

/** An error: its message, and the places that it came from. */
export function errorText(error: unknown): string {
  if (!isError(error)) return one(error);
  const { name, message, stack } = error;
  const places = String(stack ?? "")
    .split("\n")
    .flatMap((line) => {
      const [, of = "", at = ""] = FRAME.exec(line) ?? [];
      return at ? [`    at ${of.trim() ? `${of.trim()} (${at})` : at}`] : [];
    });
  return [`${name}: ${message}`, ...places.slice(0, FRAMES_MAX)].join("\n");
}

function one(value: unknown): string {
  try {
    if (isError(value)) return errorText(value);
    if (Array.isArray(value)) return `Array(${value.length})`;
    // What an object holds is known to the page's code only, and may be about anybody.
    if (typeof value === "object" && value)
      return Object.prototype.toString.call(value).slice(8, -1);
    if (typeof value === "function") return "function";
    return String(value).slice(0, ARGUMENT_MAX);
  } catch {
    return typeof value;
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error || value instanceof DOMException;
}

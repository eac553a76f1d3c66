/** An object of a recording, of which nothing is known yet. */
export type Json = Record<string, unknown>;

/** The objects in a list; none in what is no list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether this is an object, and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

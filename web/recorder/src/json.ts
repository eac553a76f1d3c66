const { stringify } = JSON;

/**
 * The JSON of an event. A page's library may have given arrays a JSON of their own (old Prototype.js
 * makes them texts); then a copy is written whose objects inherit nothing from the page.
 */
export function json(event: unknown): string {
  return stringify("toJSON" in Array.prototype ? bare(event) : event);
}

function bare(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.setPrototypeOf(Array.isArray(value) ? [] : {}, null);
  for (const name of Object.keys(value)) copy[name] = bare(Reflect.get(value, name));
  return copy;
}

/** Reads a property of the document past forms and images that are named like it. */
export function documentValue(name: keyof Document): unknown {
  return Reflect.get(Document.prototype, name, document);
}

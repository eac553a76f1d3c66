type After = (self: unknown, rest: unknown[], result: unknown) => void;

const TOLD = new WeakMap<object, Map<string, Set<After>>>();

/**
 * Calls `after` whenever a function of the page's browser was called without an error, or a property
 * was read (`get`) or assigned (`set`); returns what ends that. A function is wrapped once for good:
 * wrappers that come and go with recordings would pile up where the page has wrapped them in turn.
 */
export function patch(
  of: object | undefined,
  name: string,
  after: After,
  kind: "value" | "get" | "set" = "value",
): () => void {
  const found = of && Object.getOwnPropertyDescriptor(of, name);
  const work = found?.[kind];
  if (!of || typeof work !== "function" || !found?.configurable) return () => {};
  const known = TOLD.get(of) ?? new Map<string, Set<After>>();
  TOLD.set(of, known);
  const key = kind + name;
  let all = known.get(key);
  if (!all) {
    const callbacks = new Set<After>();
    all = callbacks;
    known.set(key, callbacks);
    Object.defineProperty(of, name, {
      ...found,
      [kind]: new Proxy(work, {
        apply(_work, self, rest) {
          const result = Reflect.apply(work, self, rest);
          tell(callbacks, self, rest, result);
          return result;
        },
      }),
    });
  }
  all.add(after);
  return () => all.delete(after);
}

/** What goes wrong in us must not reach the page. */
function tell(all: Set<After>, self: unknown, rest: unknown[], result: unknown): void {
  for (const after of all) {
    try {
      after(self, rest, result);
    } catch {
      // The page's call went well, and that is all it hears.
    }
  }
}

type After = (self: unknown, rest: unknown[], result: unknown) => void;

const TOLD = new WeakMap<object, Map<string, Set<After>>>();

/**
 * Calls `after` whenever a function of the page's browser was called without an error; returns what
 * ends that. A function is wrapped once for good: wrappers that come and go with recordings would
 * pile up where the page has wrapped them in turn.
 */
export function patch(of: object | undefined, name: string, after: After): () => void {
  const functions = of as Record<string, (...rest: unknown[]) => unknown>;
  const before = functions?.[name];
  if (!of || typeof before !== "function") return () => {};
  const known = TOLD.get(of) ?? new Map<string, Set<After>>();
  TOLD.set(of, known);
  let all = known.get(name);
  if (!all) {
    const callbacks = new Set<After>();
    all = callbacks;
    known.set(name, callbacks);
    functions[name] = new Proxy(before, {
      apply(work, self, rest) {
        const result = Reflect.apply(work, self, rest);
        tell(callbacks, self, rest, result);
        return result;
      },
    });
  }
  all.add(after);
  return () => all.delete(after);
}

/** The same for what is assigned to a property. */
export function patchSetter(of: object | undefined, name: string, after: After): () => void {
  const found = of && Object.getOwnPropertyDescriptor(of, name);
  if (!of || !found?.set || !found.configurable) return () => {};
  const key = `set ${name}`;
  const known = TOLD.get(of) ?? new Map<string, Set<After>>();
  TOLD.set(of, known);
  let all = known.get(key);
  if (!all) {
    const callbacks = new Set<After>();
    all = callbacks;
    known.set(key, callbacks);
    const { set } = found;
    Object.defineProperty(of, name, {
      ...found,
      set(value) {
        set.call(this, value);
        tell(callbacks, this, [value], undefined);
      },
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

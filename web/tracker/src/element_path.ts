/**
 * A selector that finds the element again: from the nearest ancestor with an id of its own, a step
 * by `>` for each level and by `>>>` into a shadow root, `tag:nth-of-type(n)` where siblings share
 * a tag. `path` goes from the element outwards. Ids with digits are counters or data, not names.
 */
/** Levels of a path; a deeper one begins further in. */
const LEVELS_MAX = 24;

export function elementPath(path: readonly unknown[]): string {
  let result = "";
  let join = "";
  let isNamed = false;
  path.slice(0, LEVELS_MAX).forEach((node, level) => {
    if (node instanceof ShadowRoot) {
      join = ">>>";
      isNamed = false;
    }
    if (!(node instanceof Element) || isNamed) return;
    const { localName } = node;
    const id = `${Reflect.get(Element.prototype, "id", node)}`;
    isNamed = /^[a-z][a-z_-]*$/i.test(id);
    const parent = path[level + 1];
    const siblings = Reflect.get(
      parent instanceof Element ? Element.prototype : (parent ?? {}),
      "children",
      parent,
    );
    const alike = [...(siblings ?? [])].filter((other) => other.localName === localName);
    const step = isNamed ? `#${id}` : alike[1] ? `:nth-of-type(${alike.indexOf(node) + 1})` : "";
    result = localName + step + join + result;
    join = ">";
  });
  return result;
}

/** Whether an element fits a selector; past form fields named `matches`. Throws on a bad selector. */
const native = Element.prototype.matches;

export function matches(target: unknown, selector: string): target is Element {
  return target instanceof Element && native.call(target, selector);
}

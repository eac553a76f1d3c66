// Events keep their form on pages whose library writes arrays or objects in its own way.
import { expect, test } from "vitest";
import { json } from "../src/json";

const EVENT = {
  type: 2,
  data: { node: { id: 1, childNodes: [{ id: 2, textContent: "a", attributes: {} }, []] } },
  none: undefined,
  nothing: null,
};
const PLAIN = JSON.stringify(EVENT);

test("an event is written as it is", () => {
  expect(json(EVENT)).toBe(PLAIN);
});

for (const owner of [Array, Object]) {
  test(`a toJSON of the page on ${owner.name} changes nothing`, () => {
    Object.defineProperty(owner.prototype, "toJSON", {
      configurable: true,
      enumerable: true,
      value: () => "the page's own",
    });
    const written = [JSON.stringify([]), json(EVENT)];
    Reflect.deleteProperty(owner.prototype, "toJSON");
    expect(written).toEqual(['"the page\'s own"', PLAIN]);
  });
}

// @vitest-environment jsdom
// From row to row of a list by keys, and what they mean at its ends.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goByKey, rowAt } from "./rowKeys.ts";

const ROWS = ["a", "b", "c"];

beforeEach(() => {
  // jsdom lays nothing out.
  vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
  document.body.innerHTML = `<main><button id="far"></button><table><tbody>
    <tr><td>no name</td></tr>
    ${ROWS.map((id) => `<tr><th scope="row"><a href="#" id="${id}"></a></th><td><button id="in-${id}"></button></td></tr>`).join("")}
  </tbody></table><ul><li class="opens"><a class="opener" href="#" id="other"></a></li></ul></main>`;
});
afterEach(() => vi.restoreAllMocks());

const at = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};
const led = (key: string, from: string): string | undefined =>
  rowAt(key, at(from), document.body)?.id;

test("in a row a key leads down and up its list, and no further", () => {
  expect(["j", "ArrowDown"].map((key) => led(key, "a"))).toEqual(["b", "b"]);
  expect(["k", "ArrowUp"].map((key) => led(key, "in-c"))).toEqual(["b", "b"]);
  expect([led("j", "c"), led("k", "a")]).toEqual([undefined, undefined]);
});

test("from elsewhere only J leads to the first row", () => {
  expect(["j", "k", "ArrowDown", "ArrowUp", "x"].map((key) => led(key, "far"))).toEqual([
    "a",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("at the end of a list a key means nothing else, elsewhere it may", () => {
  const pressed = (key: string, from: string): [boolean, string | undefined] => {
    at(from).focus();
    const event = new KeyboardEvent("keydown", { key, cancelable: true });
    goByKey(event, document.body);
    return [event.defaultPrevented, document.activeElement?.id];
  };
  expect(pressed("j", "c")).toEqual([true, "c"]);
  expect(pressed("k", "a")).toEqual([true, "a"]);
  expect(pressed("j", "b")).toEqual([true, "c"]);
  expect(pressed("k", "far")).toEqual([false, "far"]);
});

// @vitest-environment jsdom
import { expect, it } from "vitest";
import { createPage } from "../src/page";
import { createTyped } from "../src/typed";

const HERE = location.origin;

/** A page that shows pictures, as some page load has it. */
function page(salt: string) {
  return createPage({
    node: () => null,
    sensitive: new WeakSet(),
    address: (url) => url.split(/[?#]/)[0] ?? "",
    typed: createTyped(),
    secrets: createTyped(),
    rules: { mask: [], block: [], show: [] },
    shown: { all: new Map(), isAll: false, salt },
  });
}

it("numbers what sheets name, alike for everybody, and tells nothing of a query by it", () => {
  const [one, other] = [page("a"), page("b")];
  const named = (at: ReturnType<typeof page>, urls: string[]) =>
    urls.map((url) => at.asset(url, true));
  const first = named(one, ["/a.png?u=1", "/a.png", "/b.png?u=1", "/a.png?u=2", "/a.png?u=1"]);
  expect(first).toEqual(
    ["/a.png~1", "/a.png", "/b.png~1", "/a.png~2", "/a.png~1"].map((path) => HERE + path),
  );
  expect(named(other, ["/a.png?u=77", "/a.png", "/b.png?u=9", "/a.png?u=0"])).toEqual(
    first.slice(0, 4),
  );
  expect(one.isShown(`${HERE}/a.png~2`)).toBe(true);
  expect(one.isShown(`${HERE}/a.png~3`)).toBe(false);
});

it("takes no picture of a sheet along once something is masked, and calls it otherwise", () => {
  const one = page("a");
  const [name, font] = [one.asset("/a.png", true), one.asset("/a.woff2", true)];
  expect(one.isShown(name)).toBe(true);
  expect(one.mark()).toBe(true);
  // It is told once that there was something.
  expect(one.mark()).toBe(false);
  expect([one.isShown(name), one.isShown(font)]).toEqual([false, true]);
  expect(one.asset("/a.png", true)).toBe(`${name}~0`);
  expect(one.isShown(`${name}~0`)).toBe(false);
  expect([one.asset("/b.png", true), one.asset("/a.woff2", true)]).toEqual(["", font]);
  expect(page("b").mark()).toBe(false);
});

it("names what styles of elements name so that nobody can try addresses out", () => {
  const [one, other] = [page("a"), page("b")];
  const name = one.asset("/a.png?u=1", false);
  expect(name).toMatch(/^http:\/\/[^/]+\/~[a-z0-9]+$/);
  expect(one.asset("/a.png?u=1", false)).toBe(name);
  expect(other.asset("/a.png?u=1", false)).not.toBe(name);
});

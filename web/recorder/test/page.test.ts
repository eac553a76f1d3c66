// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { css } from "../src/css";
import { createPage } from "../src/page";
import { createTyped } from "../src/typed";

const HERE = location.origin;

/** What a rule of no selector says. */
const nowhere = () => "";

/** A page that shows pictures, as some page load has it. */
function page(
  salt: string,
  isHidden = (_: Element) => false,
  mask: string[] = [],
  node = (_: number): Node | null => null,
) {
  return createPage({
    node,
    sensitive: new WeakSet(),
    address: (url) => url.split(/[?#]/)[0] ?? "",
    typed: createTyped(),
    secrets: createTyped(),
    rules: { mask, block: [], show: [] },
    shown: { all: new Map(), isAll: false, salt },
    isHidden,
  });
}

it("numbers what sheets name, alike for everybody, and tells nothing of a query by it", () => {
  const [one, other] = [page("a"), page("b")];
  const named = (at: ReturnType<typeof page>, urls: string[]) =>
    urls.map((url) => at.asset(url, true, nowhere));
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

it("takes no picture along that a rule names which cannot be tried, and calls it otherwise", () => {
  const one = page("a");
  const asset = (url: string) => one.asset(url, true, nowhere);
  const [name, font] = [asset("/a.png"), asset("/a.woff2")];
  expect(one.isShown(name)).toBe(true);
  expect(one.mark()).toBe(true);
  // It is told once that there was something.
  expect(one.mark()).toBe(false);
  expect([one.isShown(name), one.isShown(font)]).toEqual([false, true]);
  // The viewer has it by its name.
  expect(asset("/a.png")).toBe(`${name}~0`);
  expect([asset("/b.png"), asset("/a.woff2")]).toEqual([`${HERE}/b.png`, font]);
  for (const each of [name, `${name}~0`, `${HERE}/b.png`]) expect(one.isShown(each)).toBe(false);
  expect(page("b").mark()).toBe(false);
});

describe("a picture that a rule names, where something is masked", () => {
  const PICTURE = `${HERE}/a.png`;
  beforeEach(() => {
    // Nothing has a place here.
    vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
    const styleOf = getComputedStyle;
    vi.spyOn(globalThis, "getComputedStyle").mockImplementation((element) => styleOf(element));
    document.head.innerHTML = `<style>.seen, .seen::after, .other { background-image: url("${PICTURE}") }</style>`;
    document.body.innerHTML = `<p class="seen here">x</p><p class="other">x</p><div data-hm-mask><p class="apart"><b>x</b></p></div>`;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    document.head.innerHTML = document.body.innerHTML = "";
  });
  const isTaken = (selectors: string[], one = page("a")) => {
    const names = selectors.map((selector) => one.asset(PICTURE, true, () => selector));
    expect(new Set(names)).toEqual(new Set([PICTURE]));
    return one.isShown(PICTURE);
  };

  it.each([".seen", "p.here::before", ".other, .seen", ".seen:not(.x)", ".nobody, .seen"])(
    "is taken along by %s",
    (selector) => expect(isTaken([selector])).toBe(true),
  );

  it.each([
    "",
    "*",
    "p",
    ".apart",
    ".apart b, .seen",
    "[data-hm-mask], .seen",
    ".seen:hover",
    ".seen:not(:hover)",
    ".seen ::before",
    ":host(.seen)",
    ".seen::part(x)",
    "& .seen",
    ".seen >",
    ".nobody",
  ])("is not by %s", (selector) => expect(isTaken([selector])).toBe(false));

  it("is not where another rule is about what is hidden", () => {
    expect(isTaken([".seen", ".apart"])).toBe(false);
    expect(isTaken([".seen", ".other"])).toBe(true);
  });

  it("is not where an owner's rule hides what it is about, or it was told of as hidden", () => {
    expect(isTaken([".seen"], page("a", undefined, [".here"]))).toBe(false);
    expect(
      isTaken(
        [".seen"],
        page("a", ({ className }) => className === "seen here"),
      ),
    ).toBe(false);
  });

  it("is not while nothing that is shown shows it", () => {
    document.head.innerHTML = `<style>.seen { background-image: url("${PICTURE}?u=1") }</style>`;
    expect(isTaken([".seen"])).toBe(false);
  });

  it("is taken along no more once something hidden has it", async () => {
    const one = page("a");
    expect(isTaken([".seen"], one)).toBe(true);
    document.querySelector(".apart")?.classList.add("seen");
    await Promise.resolve();
    expect(one.isShown(PICTURE)).toBe(false);
    // Where the sheet is told anew, the viewer does not find it by its name.
    expect(one.asset(PICTURE, true, () => ".seen")).toBe(`${PICTURE}~0`);
  });

  it("is not where a sheet names it that counts for another tree", () => {
    const host = document.querySelector(".other") as HTMLElement;
    const nodes = [document.head, host.attachShadow({ mode: "open" }), host];
    nodes[1]?.append(document.createElement("style"));
    nodes.push(nodes[1]?.firstChild as HTMLElement);
    const one = page("a", undefined, [], (id) => nodes[id] ?? null);
    const places = nodes.map((_, id) => one.sheet(id));
    expect(places).toEqual(["page", "apart", "page", "apart"]);
    expect(one.sheet(99)).toBe("apart");
    const rule = `.seen{background:url("${PICTURE}")}`;
    css(rule, one, false, "page");
    expect(one.isShown(PICTURE)).toBe(true);
    css(rule, one, false, "apart");
    expect(one.isShown(PICTURE)).toBe(false);
  });

  it("is told of anew where something hidden that comes has it by a rule", async () => {
    const one = page("a");
    const isWrong = () => {
      const work = one.recheck();
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
      }
    };
    one.asset(PICTURE, true, () => ".seen");
    const come = async (where: string) => {
      document.querySelector(where)?.insertAdjacentHTML("beforeend", `<i class="seen">x</i>`);
      await Promise.resolve();
    };
    // The viewer has none yet.
    await come("[data-hm-mask]");
    expect([isWrong(), one.isShown(PICTURE)]).toEqual([false, false]);
    document.querySelector("i")?.remove();
    await come("body");
    expect([one.isShown(PICTURE), isWrong()]).toEqual([true, false]);
    await come("[data-hm-mask]");
    expect(isWrong()).toBe(true);
    // In what is told anew it has another name, so that it is once.
    one.again();
    expect(one.asset(PICTURE, true, () => ".seen")).toBe(`${PICTURE}~0`);
    expect(isWrong()).toBe(false);
    expect(one.asset(PICTURE, true, () => ".other")).toBe(PICTURE);
    expect(isWrong()).toBe(false);
  });

  it("is taken along where an element's own style names it, and not what it hands down", () => {
    const one = page("a");
    expect(one.isShown(one.asset(PICTURE, false, () => "*"))).toBe(true);
    expect(one.asset(PICTURE, false, nowhere)).toBe("");
  });
});

it("names what styles of elements name so that nobody can try addresses out", () => {
  const [one, other] = [page("a"), page("b")];
  const name = one.asset("/a.png?u=1", false, nowhere);
  expect(name).toMatch(/^http:\/\/[^/]+\/~[a-z0-9]+$/);
  expect(one.asset("/a.png?u=1", false, nowhere)).toBe(name);
  expect(other.asset("/a.png?u=1", false, nowhere)).not.toBe(name);
});

import { describe, expect, it } from "vitest";
import { createAssets } from "./assets";
import { box } from "./box";
import { inert } from "./inert";
import { inertCss } from "./inert-css";

const element = (tagName: string, attributes: object, childNodes: object[] = []) => ({
  type: 2,
  id: 7,
  tagName,
  attributes,
  childNodes,
});
const snapshot = (...childNodes: object[]) => ({
  type: 2,
  timestamp: 1,
  data: { node: { type: 0, id: 1, childNodes }, initialOffset: { left: 0, top: 0 } },
});
const mutation = (adds: object[], attributes: object[]) => ({
  type: 3,
  timestamp: 1,
  data: { source: 0, texts: [], removes: [], adds, attributes },
});

const TAGS =
  "img iframe svg video audio source input form a area use image link body div button x-y style object embed base meta script noscript frame portal animate set svg:script SCRIPT".split(
    " ",
  );
const NAMES =
  "src srcset href xlink:href poster data background action formaction ping srcdoc style onerror ONLOAD onfocus content lowsrc codebase manifest cite longdesc rr_dataURL rr_src imagesrcset values to from is".split(
    " ",
  );
const VALUES = [
  "javascript:evil()",
  " \tjava\nscript:evil()",
  "\u0001JavaScript:evil()",
  "vbscript:evil()",
  "data:text/html,<script>evil()</script>",
  "data:image/svg+xml,<svg onload=evil()>",
  "https://evil.example/x",
  "//evil.example/x",
  "blob:evil",
  "url(https://evil.example/x)",
  "background:url(javascript:evil())",
  "a{width:expression(evil())}",
  "@import 'https://evil.example/x'",
];

/** What must not be left of an attribute. */
function forbidden(tag: string, name: string): RegExp {
  // A link shows where it would lead; nobody can follow it there.
  if (/^(a|area)$/.test(tag) && name.endsWith("href")) {
    return /javascript|vbscript|data:|blob:|url\(http/;
  }
  // An address that nothing loads: outside url() in a style, or as a figure of a drawing.
  if (name === "style" || name === "values")
    return /javascript|vbscript|data:text|expression\(|url\(.?http|import/;
  return /evil\.example|javascript|vbscript|data:(text|image\/svg)|expression\(|blob:/;
}

// Many thousand combinations: seconds on a busy machine.
describe("inert", { timeout: 60_000 }, () => {
  it("leaves nothing active of any element, attribute and value", () => {
    let tried = 0;
    const assets = createAssets([], () => true);
    for (const tag of TAGS) {
      for (const name of NAMES) {
        for (const value of VALUES) {
          const hostile = element(tag, { [name]: value }, [
            { type: 3, id: 9, textContent: "evil()" },
          ]);
          const events = [
            snapshot(hostile),
            mutation(
              [{ parentId: 1, nextId: null, node: hostile }],
              [{ id: 7, attributes: { [name]: value } }],
            ),
          ];
          for (const event of events) {
            const text = JSON.stringify(inert(event, assets), (key, inner) =>
              key === "textContent" ? "" : inner,
            ).toLowerCase();
            expect(text, `${tag} ${name} ${value}`).not.toMatch(forbidden(tag, name));
            expect(text).not.toMatch(
              /"(script|noscript|object|embed|base|meta|frame|portal|animate|set|on\w+|srcdoc)"/,
            );
            tried++;
          }
        }
      }
    }
    expect(tried).toBeGreaterThan(15_000);
  }, 120_000);

  it("drops what is no event and kinds that are not played", () => {
    const cyclic: Record<string, unknown> = { type: 2, timestamp: 1 };
    cyclic.data = cyclic;
    for (const event of [
      null,
      1,
      "x",
      [],
      {},
      { type: 3 },
      { type: 3, timestamp: "1", data: {} },
      { type: 3, timestamp: Number.NaN, data: { source: 3 } },
      { type: 6, timestamp: 1, data: {} },
      { type: 3, timestamp: 1, data: { source: 9 } },
      { type: 3, timestamp: 1, data: { source: 10 } },
      { type: 2, timestamp: 1, data: { node: null } },
      { type: 2, timestamp: 1, data: { node: element("p", {}) } },
      cyclic,
      { type: 3, timestamp: 1, data: { source: 1, positions: [] } },
      { type: 3, timestamp: 1, data: { source: 15, id: 1, styleIds: 7 } },
      { type: 3, timestamp: 1, data: { source: 13, id: 1, index: [] } },
      { type: 3, timestamp: 1, data: { source: 16, define: { name: "annotation" } } },
      { type: 3, timestamp: 1, data: { source: 1, positions: "x" } },
      { type: 3, timestamp: 1, data: { source: 14, ranges: [1] } },
    ]) {
      expect(inert(event)).toBeNull();
    }
  });

  it("refuses documents that are too deep, and takes those that are not", () => {
    const deep = (levels: number) => {
      let node: object = { type: 3, id: 1, textContent: "" };
      for (let level = 0; level < levels; level++) node = element("b", {}, [node]);
      return snapshot(node);
    };
    expect(inert(deep(1000))).not.toBeNull();
    expect(inert(deep(50_000))).toBeNull();
  });

  it("keeps what is plain", () => {
    const plain = snapshot(
      element("p", { class: "a", style: "color: red", title: "t" }, [
        { type: 3, id: 9, textContent: "Hello" },
      ]),
    );
    expect(inert(plain)).toEqual(plain);
    const typed = {
      type: 3,
      timestamp: 1,
      data: { source: 5, id: 1, text: "•••••", isChecked: false },
    };
    expect(inert(typed)).toEqual(typed);
  });

  it("takes a document of very many parts apart in no time", () => {
    const parts = (type: number, from: number) =>
      Array.from({ length: 90_000 }, (_, index) => ({ type, id: from + index, tagName: "html" }));
    const node = { type: 0, id: 1, childNodes: [...parts(5, 2), ...parts(3, 100_000)] };
    const data = { node, initialOffset: { left: 0, top: 0 } };
    const out = inert({ type: 2, timestamp: 1, data })?.data.node as { childNodes: unknown[] };
    expect(out.childNodes.length).toBe(90_000);
  });

  it("puts a box where a picture was", () => {
    const out = JSON.stringify(inert(snapshot(element("img", { "data-hm-box": "300x200" }))));
    expect(out).toContain("data:image/svg+xml,");
    expect(decodeURIComponent(box("300x200"))).toContain(">Picture, not recorded<");
    expect(decodeURIComponent(box("100x200"))).toContain(">not recorded<");
    expect(decodeURIComponent(box("60x200"))).not.toContain("<text");
    const named = { "data-hm-box": "300x200", "data-hm-asset": "https://a.example/~1" };
    const taken = JSON.stringify(inert(snapshot(element("img", named)), createAssets()));
    expect(decodeURIComponent(taken)).toContain("Picture, not received");
    for (const size of ["", "x", "0x0", '1x1"><script>', "-1x2", "999999x1"])
      expect(box(size)).toBe("");
  });

  it("keeps why the inside of an element is not there, and nothing else in its place", () => {
    const of = (value: unknown) => {
      const out = inert(mutation([], [{ id: 7, attributes: { "data-hm-unseen": value } }]));
      const all = (out?.data.attributes ?? []) as { attributes: Record<string, unknown> }[];
      const [change] = all;
      const {
        "data-hm-unseen": why,
        "data-hm-wide": wide,
        "data-hm-high": high,
      } = change?.attributes ?? {};
      return [why, wide, high];
    };
    expect(of("frame")).toEqual(["frame", null, null]);
    expect(of("shadow 300x200")).toEqual(["shadow", "300", "200"]);
    for (const other of [null, "", "words", "shadow 300x200 url(x)", 'frame"', "shadow 999999x1"])
      expect(of(other)).toEqual([null, null, null]);
  });

  it("takes addresses out of styles and leaves images that lie in them", () => {
    expect(inertCss("a{background:url(https://a.example/x.png)}")).toBe(
      'a{background:url("data:,")}',
    );
    expect(inertCss("a{background:url('data:image/png;base64,AA==')}")).toContain(
      "data:image/png;base64,AA==",
    );
    expect(inertCss('@import "https://a.example/x.css"; a{}')).toBe("  a{}");
    expect(inertCss("a{fill:url(#g)}")).toBe("a{fill:url(#g)}");
    expect(inertCss("a{color:red}")).toBe("a{color:red}");
    // What would stop a reader of the whole sheet, and with it all that is shown under the mouse.
    const smooth = "a{scroll-behavior:smooth;overscroll-behavior:contain}a:hover{color:red}";
    expect(inertCss(smooth)).toBe(smooth);
    expect(inertCss("a{scroll-\ufffd smooth}a:hover{color:red}")).toBe(
      "a{--gone: smooth}a:hover{color:red}",
    );
    expect(inertCss("a{behavior:url(x.htc)}")).not.toMatch(/behavior|htc/);
    // Drawings have the address of their namespace in them, in quotes of either kind.
    for (const drawn of [
      `a{background:url("data:image/svg+xml,<svg xmlns=\\"http://www.w3.org/2000/svg\\"/>")} b{color:red}`,
      `a{background:url("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>")} b{color:red}`,
      `a{background:URL( 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>' )} b{color:red}`,
    ])
      expect(inertCss(drawn)).toBe(drawn);
    expect(inertCss('.a::before{content:"\\f101"} .md\\:b{}')).toBe(
      '.a::before{content:"\\f101"} .md\\:b{}',
    );
  });

  it("finds addresses however they are written", () => {
    for (const css of [
      "a{background:\\75rl(https://evil.example/x)}",
      "a{background:\\000075rl(https://evil.example/x)}",
      "a{background:u\\72 l(https://evil.example/x)}",
      "a{background:\\url(https://evil.example/x)}",
      'a{background:image-set("/evil" 1x)}',
      "a{background:-webkit-image-set('evil.png' 1x, url(evil2.png) 2x)}",
      'a{background:\\69mage-set("h\\74tps:\\2f\\2f evil.example" 1x)}',
      'a{background:image("evil.png", red)}',
      'a{background:image\\2dset("evil.png" 1x)}',
      'a{background:image\\-set("evil.png" 1x)}',
      'a{background:image\\00002d\\73 et("evil.png" 1x)}',
      "a{background:\\-webkit\\2d cross\\2d\\66 ade('evil.png', 'evil2.png', 50%)}",
      'a{background:image-set(/*)*/ "evil.png" 1x)}',
      `a{background:image-set(/*'data:image/png,*/ "evil.png" /*'*/ 1x)}`,
      'a{background:image-set(/* " */ "evil.png" 1x /* " */)}',
      'a{background:image-set("h\\74tps\\3a\\2f\\2f evil.example" 1x)}',
      '@font-face{font-family:x;src:src("evil.woff")}',
      '@\\69mport "evil.css";',
      'a{background:url("evil.png',
      "a{background:url(evil.png",
      // What only looks like an image in the text: in a comment, and over the end of a line.
      `a{--x:1/* url("data:image/png, */;background:unknown("//evil.example")/* ") */}`,
      `a{--x:url("data:image/png,\n" "//evil.example")}`,
    ]) {
      expect(inertCss(css), css).not.toMatch(/evil/);
    }
    // What a string comes to elsewhere.
    for (const name of ["var(--x)", "--own(1)", "env(x)", "attr(data-x)"])
      expect(inertCss(`a{--x:"\\2f\\2f evil";background:image-set(${name} 1x)}`)).toContain(
        "none(",
      );
    const drawn = "a{background:image-set(linear-gradient(rgb(0 0 0), red) 1x)}";
    expect(inertCss(drawn)).toBe(drawn);
    // Names that need their escapes keep them, those in comments and strings too.
    for (const plain of [
      ".w-1\\/2{color:red} .md\\:b{color:red} .\\-{color:red} .\\2d 5{color:red}",
      "/* don't */ .md\\:b{color:red} /* it's */",
      ".a::before{content:'\\2d 1'}",
      ".a::before{content:'\\110000'}",
    ])
      expect(inertCss(plain)).toBe(plain);
    expect(inertCss('@im@import x;port "evil.css";')).not.toMatch(/@import/);
    const own = 'a{background:image-set("data:image/png;base64,AA==" type("image/png"))}';
    expect(inertCss(own)).toBe(own);
  });
});

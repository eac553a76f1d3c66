// Recordings that are no recordings: of the wrong shape, too much, too deep, cut off, or about nodes
// that are not there. By name.
import { lines, type Maker, mutation, RUN, visit } from "./visit.ts";

type Make = (maker: Maker) => readonly string[];

/** An id that no node has. */
const NOWHERE = 987_654_321;
const WRONG: readonly unknown[] = [null, true, -1, 1e308, "x", [], [null], {}, { id: {} }];

/** A page with something in it, and events that are changed after it. */
function after(make: (maker: Maker, body: { id: number }) => readonly object[]): Make {
  return (maker) => {
    const place = maker.element("section", {}, maker.element("p", {}, "text"));
    const all = make(maker, place);
    return visit(maker, [], [place], all);
  };
}

/** A page whose body has a part. */
const within =
  (make: (maker: Maker) => unknown): Make =>
  (maker) =>
    visit(maker, [], [make(maker) as never]);

/** Elements within each other, written by hand: no JSON is made of so many by recursion. */
const deep =
  (levels: number): Make =>
  (maker) => {
    const core = maker.text("deep");
    let node = JSON.stringify(core);
    for (let level = 1; level <= levels; level += 1) {
      node = `{"type":2,"id":${level + 1e6},"tagName":"b","attributes":{},"childNodes":[${node}]}`;
    }
    return visit(maker, [], [core]).map((line) => line.replace(JSON.stringify(core), node));
  };

/** Something wrong in each member of an event of each source. */
function wrongMembers(): Record<string, Make> {
  const sources: Record<number, object> = {
    0: mutation({}),
    1: { positions: [{ x: 1, y: 1, id: 1, timeOffset: 0 }] },
    2: { type: 2, id: 1, x: 1, y: 1 },
    3: { id: 1, x: 1, y: 1 },
    4: { width: 1, height: 1 },
    5: { id: 1, text: "x", isChecked: true },
    6: { positions: [{ x: 1, y: 1, id: 1, timeOffset: 0 }] },
    7: { type: 0, id: 1, currentTime: 1 },
    8: { id: 1, adds: [{ rule: "p{}", index: 0 }], removes: [{ index: 0 }], replace: "" },
    9: { id: 1, type: 0, commands: [{ property: "constructor", args: [RUN] }] },
    10: { family: "x", fontSource: "url(x)", buffer: false },
    11: { level: "log", payload: ["x"], trace: [] },
    12: { positions: [{ x: 1, y: 1, id: 1, timeOffset: 0 }] },
    13: { id: 1, index: [0], set: { property: "color", value: "red" }, remove: { property: "x" } },
    14: { ranges: [{ start: 1, startOffset: 0, end: 1, endOffset: 9 }] },
    15: { id: 1, styleIds: [1], styles: [{ styleId: 1, rules: [{ rule: "p{}" }] }] },
    16: { define: { name: "x-y" } },
    17: { id: 1, x: 1 },
  };
  const all: Record<string, Make> = {};
  for (const [source, data] of Object.entries(sources)) {
    const whole = { ...data, source: Number(source) };
    all[`source ${source} with wrong members`] = after((_maker, place) =>
      Object.keys(data).flatMap((key) => [
        ...WRONG.map((wrong) => ({ ...whole, [key]: wrong })),
        { ...whole, [key]: undefined },
        { ...whole, id: place.id },
      ]),
    );
    all[`source ${source} about nothing`] = after(() => [
      { ...whole, id: NOWHERE, styleId: NOWHERE },
      { ...whole, id: -1, parentId: 0 },
    ]);
  }
  return all;
}

const add = (parentId: unknown, node: unknown, more: object = {}) =>
  mutation({ adds: [{ parentId, nextId: null, node, ...more }] });

export const malformed: Record<string, Make> = {
  ...wrongMembers(),
  "nothing at all": () => [""],
  "no JSON": () => ["no json", "{", "]", "\u0000", '{"type":2'],
  "wrong tops": () => WRONG.map((wrong) => JSON.stringify(wrong)),
  "a snapshot of nothing": () => lines(null, []),
  "a snapshot of an element": (maker) => lines(maker.element("p", {}, "x"), []),
  "a snapshot of an empty document": () => lines({ type: 0, id: 1, childNodes: [] }, []),
  "a snapshot without children": () => lines({ type: 0, id: 1 }, []),
  "a snapshot without html": ({ element }) =>
    lines({ type: 0, id: 1, childNodes: [element("p", {}, "x")] }, []),
  "a document with text in it": ({ element, text }) =>
    lines({ type: 0, id: 900, childNodes: [text("x"), element("html", {}, element("body"))] }, []),
  "a document with two of everything": ({ element }) => {
    const type = { type: 1, id: 901, name: "html", publicId: "", systemId: "" };
    const html = () => element("html", {}, element("head"), element("body", {}, "x"));
    return lines({ type: 0, id: 900, childNodes: [type, html(), type, html()] }, []);
  },
  "a document within a document": within(({ page, element }) => page([], element("body", {}, "x"))),
  "a document within a shadow root": within(({ page, element }) => ({
    ...element("div"),
    isShadowHost: true,
    childNodes: [{ ...page([], element("body")), isShadow: true }],
  })),
  "a doctype in the body": within(() => ({
    type: 1,
    id: 902,
    name: "x",
    publicId: "",
    systemId: "",
  })),
  "a doctype of markup": ({ element }) => {
    const type = {
      type: 1,
      id: 901,
      name: `html><script>${RUN}</script>`,
      publicId: '">',
      systemId: "'>",
    };
    return lines(
      { type: 0, id: 900, childNodes: [type, element("html", {}, element("body"))] },
      [],
    );
  },
  "nodes of kinds that do not exist": within(({ element }) => ({
    ...element("div"),
    childNodes: [{ type: 9, id: 1 }, { type: -1, id: 2 }, { type: "2", id: 3 }, { id: 4 }],
  })),
  "names that are no names": within(({ element }) =>
    element(
      "div",
      {},
      ...[
        "",
        " ",
        "1a",
        "a b",
        `a><script>${RUN}</script>`,
        "a:b:c",
        "xml:x",
        "-",
        "constructor",
        "x".repeat(99),
        "é",
        "a\u0000",
      ].map((name) =>
        element(name, { "": "x", " ": "y", "a b": "z", "=": "q", 'x"': "w" }, "text"),
      ),
    ),
  ),
  "attributes that are no texts": within(({ element }) =>
    element("img", {
      src: {},
      alt: [],
      title: 1,
      class: null,
      style: [1],
      id: true,
      href: { a: 1 },
    }),
  ),
  "attributes named as what objects have": within(({ element }) =>
    element(
      "div",
      JSON.parse('{"__proto__":{"x":1},"constructor":"x","toString":"y","hasOwnProperty":1}'),
    ),
  ),
  "custom elements that are none": within(({ element }) =>
    element(
      "div",
      {},
      ...["div", "script", "annotation-xml", "font-face", "X-Y", "x-"].map(
        (name) => ({ ...element(name), isCustom: true }) as never,
      ),
    ),
  ),
  "shadow roots where none may be": within(({ element, svg }) =>
    element(
      "div",
      {},
      ...["img", "input", "a", "video", "select", "button", "table"].map(
        (name) =>
          ({
            ...element(name),
            isShadowHost: true,
            childNodes: [{ ...element("p", {}, "x"), isShadow: true }],
          }) as never,
      ),
      { ...svg("svg"), isShadowHost: true } as never,
    ),
  ),
  "shadow roots that come late where none may be": after(({ element }, place) => {
    const picture = element("img");
    return [add(place.id, picture), add(picture.id, { ...element("p", {}, "x"), isShadow: true })];
  }),
  "children of elements that have none": within(({ element }) =>
    element(
      "div",
      {},
      ...["br", "img", "input", "hr", "wbr"].map((name) =>
        element(name, {}, element("p", {}, "x")),
      ),
    ),
  ),
  "all nodes with one id": ({ element, text }) => {
    const one = (node: object) => ({ ...node, id: 7 });
    const body = one({
      ...element("body"),
      childNodes: [one(text("x")), one(element("p", {}, "y"))],
    });
    return lines(one({ type: 0, childNodes: [one({ ...element("html"), childNodes: [body] })] }), [
      add(7, one(element("p", {}, "z"))),
    ]);
  },
  "ids that are no whole numbers": within(({ element }) =>
    element(
      "div",
      {},
      ...[0, -5, 0.5, 1e300, 2 ** 53].map((id) => ({ ...element("p", {}, "x"), id }) as never),
    ),
  ),
  "nodes added to themselves": after(({ element }, place) => {
    const part = element("p", {}, "x");
    return [add(part.id, part), add(place.id, { ...part, id: place.id }), add(1, part)];
  }),
  "parents put into their children": after(({ element }, place) => {
    const inner = element("i");
    const outer = element("b", {}, inner);
    return [
      add(place.id, outer),
      add(inner.id, outer),
      add(inner.id, { ...outer, childNodes: [] }),
    ];
  }),
  "additions that wait for each other": after(({ element }) => {
    const [one, other] = [element("p"), element("p")];
    return [
      mutation({
        adds: [
          { parentId: other.id, nextId: null, node: one },
          { parentId: one.id, nextId: null, node: other },
          { parentId: NOWHERE, nextId: one.id, node: element("p") },
        ],
      }),
    ];
  }),
  "siblings that are not there": after(({ element }, place) => [
    add(place.id, element("p"), { nextId: NOWHERE }),
    add(place.id, element("p"), { previousId: NOWHERE, nextId: place.id }),
    add(place.id, element("p"), { nextId: 1 }),
  ]),
  "a document added where no frame is": after(({ page, element }, place) => [
    { ...(add(place.id, page([], element("body"))) as object), isAttachIframe: true },
    add(1, page([], element("body"))),
    { ...(add(NOWHERE, page([], element("body"))) as object), isAttachIframe: true },
  ]),
  "the page taken away": after((_maker, place) => [
    mutation({
      removes: [
        { parentId: 1, id: 3 },
        { parentId: NOWHERE, id: place.id },
        { parentId: place.id, id: 1 },
      ],
    }),
    mutation({ removes: [{ parentId: place.id, id: place.id, isShadow: true }] }),
    ...[1, 2, 3, 4, 5, 6].map((id) => mutation({ removes: [{ parentId: 1, id }] })),
  ]),
  "texts put in place of everything": after(() =>
    [1, 2, 3, 4, 5, 6].map((id) => mutation({ texts: [{ id, value: `<script>${RUN}</script>` }] })),
  ),
  "attributes for what has none": after(() =>
    [1, 2, NOWHERE, -1].map((id) =>
      mutation({ attributes: [{ id, attributes: { style: { color: "red" }, class: "x" } }] }),
    ),
  ),
  "no positions": after(() => [1, 6, 12].map((source) => ({ source, positions: [] }))),
  "sheets that are no list": after(() => [
    { source: 15, id: 1, styleIds: 5 },
    { source: 15, id: 1, styleIds: { length: 9 } },
    { source: 15, id: NOWHERE, styleIds: [NOWHERE] },
  ]),
  "rules at places that are none": after(({ element }, place) => {
    const sheet = element("style", {}, "p { color: red }");
    const index = (of: unknown) => ({
      source: 8,
      id: sheet.id,
      adds: [{ rule: "p{}", index: of }],
    });
    return [
      add(place.id, sheet),
      ...[99, -1, 1e9, [0, 0, 0], [], [9, 9], "x"].map(index),
      { source: 8, id: sheet.id, removes: [{ index: 99 }, { index: [5, 5] }] },
      { source: 8, id: sheet.id, adds: [{ rule: "}}} no rule {{{", index: 0 }] },
      ...[[0], [9], [0, 0]].map((at) => ({
        source: 13,
        id: sheet.id,
        index: at,
        set: { property: "x y", value: "z" },
      })),
    ];
  }),
  "selections of nothing": after(() => [
    { source: 14, ranges: [{ start: NOWHERE, startOffset: 1, end: 1, endOffset: 1e9 }] },
    { source: 14, ranges: [{ start: 1, startOffset: -1, end: 1, endOffset: -1 }] },
  ]),
  "windows without end": after(() => [
    { source: 4, width: 1e9, height: 1e9 },
    { source: 4, width: -5, height: 0 },
  ]),
  "elements defined as what they may not be": after(() =>
    ["annotation-xml", "font-face", "x-y", "x-y", `x-"><script>${RUN}</script>`, "X-Y"].map(
      (name) => ({
        source: 16,
        define: { name },
      }),
    ),
  ),
  "times in any order": (maker) =>
    visit(maker, [], [maker.element("p")]).map((line, index) =>
      line.replace(
        /"timestamp":\d+/,
        `"timestamp":${Date.now() - 50_000 - [0, 900, -900, 40][index % 4]!}`,
      ),
    ),
  "times that are none": (maker) => [
    ...visit(maker, [], [maker.element("p")]),
    '{"type":3,"timestamp":1e400,"data":{"source":3,"id":1,"x":0,"y":0}}',
    '{"type":3,"timestamp":null,"data":{"source":3,"id":1,"x":0,"y":0}}',
    '{"type":3,"timestamp":"5","data":{"source":3,"id":1,"x":0,"y":0}}',
    '{"type":3,"timestamp":-9e15,"data":{"source":3,"id":1,"x":0,"y":0}}',
  ],
  "members twice": (maker) =>
    visit(maker, [], [maker.element("img", { src: "x" })]).map((line) =>
      line.replace('"src":"x"', `"src":"x","src":"${maker.at("twice")}","onerror":"${RUN}"`),
    ),
  "remarks of the server's own": (maker) => [
    JSON.stringify({ type: 5, timestamp: 1, data: { tag: "hm-keyframe", payload: { lines: 99 } } }),
    ...visit(maker, [], [maker.element("p")]),
    JSON.stringify({
      type: 5,
      timestamp: Date.now(),
      data: { tag: "hm-keyframe", payload: { lines: -1 } },
    }),
    JSON.stringify({ type: 5, timestamp: Date.now(), data: { tag: RUN, payload: null } }),
    JSON.stringify({ type: 6, timestamp: Date.now(), data: { plugin: RUN, payload: {} } }),
  ],
  "halves of letters": within(({ element }) =>
    element("p", { title: "\ud800", class: "\udfff" }, "\ud83d x \udc00 \u0000 \u202e"),
  ),
  "cut in the middle": (maker) =>
    visit(maker, [], [maker.element("p", {}, "text")]).map((line, index) =>
      index === 2 ? line.slice(0, 40) : line,
    ),
  "snapshots one after the other": (maker) => {
    const one = visit(maker, [], [maker.element("p", {}, "x")]);
    return [...one, ...one, ...one.slice(1), ...one];
  },
  "five hundred levels": deep(500),
  "as deep as may be": deep(1000),
  "deeper than may be": deep(5000),
  wide: within(({ element }) =>
    element("div", {}, ...Array.from({ length: 20_000 }, () => element("b"))),
  ),
  "a text of three megabytes": within(({ element }) => element("p", {}, "x".repeat(3 << 20))),
  "attributes without end": within(({ element }) =>
    element(
      "div",
      Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`data-a${index}`, "x"])),
    ),
  ),
  "a change for each of many moments": after((_maker, place) =>
    Array.from({ length: 3000 }, (_, index) =>
      mutation({ attributes: [{ id: place.id, attributes: { class: `c${index}` } }] }),
    ),
  ),
  "a style of a megabyte": (maker) =>
    visit(
      maker,
      [maker.element("style", {}, "((((".repeat(1 << 18))],
      [maker.element("p", {}, "x")],
    ),
  "styles that never end": (maker) =>
    visit(
      maker,
      [
        maker.element("style", {}, `p { background: ${"image-set(".repeat(9000)}`),
        maker.element("style", {}, `${"url(".repeat(20_000)}`),
        maker.element("style", {}, '"\\'.repeat(20_000)),
      ],
      [maker.element("p", {}, "x")],
    ),
};

/** The choke point without a browser: one event in, what may leave out. */
import { describe, expect, it } from "vitest";
import type { Node, RecorderEvent } from "../src/events";
import { mask } from "../src/mask";
import { note } from "../src/note";
import { settle } from "../src/settle";
import { createTable, MASK, OWNER, type Page, type Table } from "../src/table";
import { createTyped } from "../src/typed";

const SECRET = "hunter2secret";

function pageWith(over: Partial<Page> = {}): Page {
  return {
    selective: false,
    mark: () => false,
    rules: () => 0,
    sensitive: () => false,
    box: () => "",
    sheet: () => "page",
    asset: () => "",
    picture: () => "",
    isShown: () => false,
    address: (url) => new URL(url, "https://shop.example/a/").href.replace(/[?#].*/, ""),
    typed: (text) => text,
    secret: (text) => text,
    keep: () => {},
    unreadable: false,
    ...over,
  };
}

let nextId = 1;
const text = (content: string): Node => ({ type: 3, id: nextId++, textContent: content });
const element = (
  tagName: string,
  attributes: Node["attributes"] = {},
  childNodes: Node[] = [],
): Node => ({
  type: 2,
  id: nextId++,
  tagName,
  attributes,
  childNodes,
});
const snapshot = (...body: Node[]): RecorderEvent => ({
  type: 2,
  timestamp: 1,
  data: {
    node: { type: 0, id: nextId++, childNodes: [element("html", {}, [element("body", {}, body)])] },
    initialOffset: { top: 0, left: 0 },
  },
});
const change = (data: Record<string, unknown>): RecorderEvent => ({ type: 3, timestamp: 2, data });
const mutation = (over: Record<string, unknown>) =>
  change({ source: 0, texts: [], attributes: [], removes: [], adds: [], ...over });

function pass(table: Table, event: RecorderEvent): string {
  const before = JSON.stringify(event);
  note(event, table);
  const out = mask(event, table);
  expect(JSON.stringify(event)).toBe(before);
  return JSON.stringify(out);
}
const table = (over?: Partial<Page>, maskText = false) => createTable(pageWith(over), maskText);

describe("snapshots", () => {
  const hidden: [string, () => Node][] = [
    ["a text value", () => element("input", { type: "text", value: SECRET })],
    ["a value without type", () => element("input", { value: SECRET })],
    ["a hidden value", () => element("input", { type: "hidden", value: SECRET })],
    ["a password", () => element("input", { type: "password", value: SECRET })],
    [
      "a choice's value",
      () => element("input", { type: "checkbox", value: SECRET, checked: true }),
    ],
    ["a button's value", () => element("button", { value: SECRET })],
    ["a submit label", () => element("input", { type: "submit", value: SECRET })],
    ["a textarea", () => element("textarea", { value: SECRET }, [text(SECRET)])],
    [
      "an option",
      () =>
        element("select", { value: SECRET }, [
          element("option", { value: SECRET, label: SECRET }, [text(SECRET)]),
        ]),
    ],
    ["a datalist", () => element("datalist", {}, [element("option", { value: SECRET })])],
    ["a placeholder", () => element("input", { placeholder: SECRET })],
    ["a title", () => element("p", { title: SECRET })],
    [
      "an alternative text",
      () => element("img", { alt: SECRET, src: `/i?${SECRET}`, srcset: `/i?${SECRET} 2x` }),
    ],
    ["labels", () => element("p", { "aria-label": SECRET, "aria-description": SECRET })],
    ["data attributes", () => element("p", { "data-user": SECRET, [`data-${SECRET}`]: "x" })],
    [
      "a custom element",
      () => element("user-card", { user: SECRET, width: SECRET, value: SECRET }),
    ],
    ["a script", () => element("script", { src: `/x?${SECRET}` }, [text(SECRET)])],
    ["a noscript", () => element("noscript", {}, [text(SECRET)])],
    ["a meta", () => element("meta", { name: "csrf", content: SECRET })],
    ["a comment", () => ({ type: 5, id: nextId++, textContent: SECRET })],
    [
      "a link",
      () => element("a", { href: `/a?token=${SECRET}#${SECRET}`, ping: SECRET, target: SECRET }),
    ],
    ["an address to write to", () => element("a", { href: `mailto:${SECRET}@x.example` })],
    ["a script address", () => element("a", { href: `javascript:${SECRET}` })],
    [
      "a frame",
      () =>
        element("iframe", { srcdoc: SECRET, src: `/f?${SECRET}`, rr_src: SECRET, name: SECRET }),
    ],
    ["a form", () => element("form", { action: `/f?${SECRET}`, name: SECRET })],
    ["an object", () => element("object", { data: SECRET, type: SECRET }, [text(SECRET)])],
    ["a style address", () => element("p", { style: `background:url(/x?${SECRET})` })],
    [
      "a style sheet",
      () => element("style", { _cssText: `a{background:url("/x?${SECRET}")} /* ${SECRET} */` }),
    ],
    [
      "a raw style sheet",
      () => element("style", {}, [text(`a{b:url( '/x?${SECRET}' )}/* ${SECRET}`)]),
    ],
    [
      "an unfinished style sheet",
      () => element("style", {}, [text(`a{b:url(https://x.example/?${SECRET}`)]),
    ],
    ["an import", () => element("style", {}, [text(`@import "/x.css?${SECRET}";`)])],
    [
      "masked text",
      () =>
        element("div", { "data-hm-mask": "" }, [
          element("b", { "data-hm-show": "" }, [text(SECRET)]),
        ]),
    ],
    ["blocked text", () => element("div", { "data-hm-block": "" }, [text(SECRET)])],
    [
      "editable text",
      () => element("div", { contenteditable: "true" }, [element("p", {}, [text(SECRET)])]),
    ],
    ["a text box by role", () => element("div", { role: "textbox" }, [text(SECRET)])],
    [
      "drawings",
      () => ({
        ...element("svg", { fill: `url(/x?${SECRET})`, "data-a": SECRET, href: `/s?${SECRET}#a` }),
        isSVG: true,
      }),
    ],
    [
      "unknown attributes of rrweb",
      () => element("canvas", { rr_dataURL: `data:image/png,${SECRET}`, rr_note: SECRET }),
    ],
    [
      "a secret that is shown",
      () => element("input", { type: "password", value: SECRET, "data-hm-show": "" }),
    ],
    [
      "a card that is shown",
      () => element("input", { autocomplete: "cc-number", value: SECRET, "data-hm-show": "" }),
    ],
    [
      "a code that is shown",
      () => element("input", { name: "otp", value: SECRET, "data-hm-show": "" }),
    ],
  ];
  for (const [what, node] of hidden) {
    it(`hides ${what}`, () => expect(pass(table(), snapshot(node()))).not.toContain(SECRET));
  }

  it("shows the page's own text, and plain values where that is asked for", () => {
    const shown = snapshot(
      element("p", { class: "a b", id: "c", style: "color:red" }, [text("Hello")]),
      element("label", { "data-hm-show": "" }, [
        element("input", { value: "plain", type: "text" }),
      ]),
    );
    const out = pass(table(), shown);
    for (const part of ["Hello", '"class":"a b"', '"id":"c"', "color:red", "plain"])
      expect(out).toContain(part);
  });

  it("masks all text by a switch, keeping the shape of words but for what is shown", () => {
    const out = pass(
      table({}, true),
      snapshot(
        element("p", {}, [text("Jane Doe, 42")]),
        element("p", { "data-hm-show": "" }, [text("Open")]),
      ),
    );
    expect(out).toContain("xxxx xxx, 00");
    expect(out).toContain("Open");
    expect(out).not.toContain("Jane");
  });

  it("gives typed values one length", () => {
    const out = (value: string) => {
      nextId = 1;
      return pass(table(), snapshot(element("input", { value })));
    };
    expect(out("a")).toBe(out("a much longer value"));
  });

  it("keeps attribute values only as tokens that a sheet names", () => {
    const sheet = element("style", {
      _cssText: '[data-state="open"]{} [data-x] {} [data-long~="abc"]{}',
    });
    const out = pass(
      table(),
      snapshot(
        element("p", { "data-state": "open", "data-x": "Jane" }),
        element("p", { "data-state": "Jane" }),
        sheet,
      ),
    );
    expect(out).toContain('"data-state":"open","data-x":""');
    expect(out).toContain('{"data-state":""}');
    expect(out).not.toContain("Jane");
  });

  it("never keeps for the sheets' sake what a field has", () => {
    const sheet = element("style", {
      _cssText: '[data-state="checked"]{} [aria-checked="true"]{}',
    });
    const out = pass(
      table(),
      snapshot(
        sheet,
        element("b", { role: "checkbox", "data-state": "checked", "aria-checked": "true" }),
      ),
    );
    expect(out).toContain('{"role":"checkbox"}');
  });

  it("keeps the name of a slot, without which its content is not shown, and no other name", () => {
    const out = pass(
      table(),
      snapshot(element("slot", { name: "title" }), element("form", { name: SECRET })),
    );
    expect(out).toContain('"name":"title"');
    expect(out).not.toContain(SECRET);
  });

  it("tells where a page masks, and nothing of what it says there", () => {
    const out = pass(table(), snapshot(element("p", { "data-hm-mask": SECRET }, [text(SECRET)])));
    expect(out).toContain('{"data-hm-mask":""}');
    expect(out).not.toContain(SECRET);
  });

  it("replaces what only acts by its box", () => {
    const out = pass(
      table(),
      snapshot(element("embed", { rr_width: "10px", rr_height: "20px", src: "/x" })),
    );
    expect(out).toContain('"tagName":"div","attributes":{"rr_width":"10px","rr_height":"20px"}');
  });

  it("tells the size of a picture and not where it is", () => {
    const out = pass(
      table({ box: () => "30x20" }),
      snapshot(element("img", { src: "/i.png?a", "data-hm-box": "x" })),
    );
    expect(out).toContain('{"data-hm-box":"30x20"}');
  });

  it("obeys the owner's selectors", () => {
    const masked = table({ selective: true, rules: () => MASK });
    expect(pass(masked, snapshot(element("p", {}, [text(SECRET)])))).not.toContain(SECRET);
    const shown = table({ selective: true, rules: () => OWNER });
    expect(pass(shown, snapshot(element("p", { title: "A title" })))).toContain("A title");
    expect(
      pass(shown, snapshot(element("input", { type: "password", value: SECRET, title: SECRET }))),
    ).not.toContain(SECRET);
  });

  it("masks a document as deep as browsers make them", () => {
    let deep = text("bottom");
    for (let level = 0; level < 5000; level++) deep = element("div", {}, [deep]);
    const event = snapshot(deep);
    const at = table();
    note(event, at);
    expect(mask(event, at)).not.toBeNull();
  });
});

describe("changes", () => {
  const input: Node = {
    type: 2,
    id: 900,
    tagName: "input",
    attributes: { type: "text" },
    childNodes: [],
  };
  const box: Node = {
    type: 2,
    id: 901,
    tagName: "input",
    attributes: { type: "checkbox" },
    childNodes: [],
  };
  const masked: Node = {
    type: 2,
    id: 902,
    tagName: "p",
    attributes: { "data-hm-mask": "" },
    childNodes: [{ type: 3, id: 903, textContent: "" }],
  };
  const style: Node = {
    type: 2,
    id: 904,
    tagName: "style",
    attributes: {},
    childNodes: [{ type: 3, id: 905, textContent: "" }],
  };
  const open: Node = {
    type: 2,
    id: 906,
    tagName: "p",
    attributes: {},
    childNodes: [{ type: 3, id: 907, textContent: "" }],
  };
  const editor: Node = {
    type: 2,
    id: 908,
    tagName: "div",
    attributes: { contenteditable: "" },
    childNodes: [{ type: 3, id: 909, textContent: "" }],
  };
  const blocked: Node = {
    type: 2,
    id: 910,
    tagName: "div",
    attributes: { "data-hm-block": "" },
    childNodes: [],
  };
  const shown: Node = {
    type: 2,
    id: 911,
    tagName: "input",
    attributes: { "data-hm-show": "", type: "text" },
    childNodes: [],
  };
  const started = (over?: Partial<Page>) => {
    const at = table(over);
    note(snapshot(input, box, masked, style, open, editor, blocked, shown), at);
    return at;
  };
  const hidden: [string, RecorderEvent][] = [
    ["typing", change({ source: 5, id: 900, text: SECRET, isChecked: false })],
    ["a choice", change({ source: 5, id: 901, text: SECRET, isChecked: true })],
    [
      "typing into an unknown field",
      change({ source: 5, id: 77777, text: SECRET, isChecked: false }),
    ],
    ["masked text", mutation({ texts: [{ id: 903, value: SECRET }] })],
    ["text of an unknown node", mutation({ texts: [{ id: 77777, value: SECRET }] })],
    ["editable text", mutation({ texts: [{ id: 909, value: SECRET }] })],
    [
      "a value attribute",
      mutation({
        attributes: [
          { id: 900, attributes: { value: SECRET, title: SECRET, placeholder: SECRET } },
        ],
      }),
    ],
    [
      "attributes of an unknown node",
      mutation({ attributes: [{ id: 77777, attributes: { class: SECRET } }] }),
    ],
    [
      "style text",
      mutation({ texts: [{ id: 905, value: `a{b:url(/x?${SECRET})}/*${SECRET}*/` }] }),
    ],
    [
      "a style attribute",
      mutation({
        attributes: [
          {
            id: 906,
            attributes: {
              style: { background: `url(/x?${SECRET})`, color: [`url(/y?${SECRET})`, "important"] },
            },
          },
        ],
      }),
    ],
    [
      "an added field",
      mutation({
        adds: [{ parentId: 906, nextId: null, node: element("input", { value: SECRET }) }],
      }),
    ],
    [
      "an added text in a mask",
      mutation({ adds: [{ parentId: 902, nextId: null, node: text(SECRET) }] }),
    ],
    [
      "an added text in a block",
      mutation({ adds: [{ parentId: 910, nextId: null, node: text(SECRET) }] }),
    ],
    [
      "an added text in nothing known",
      mutation({ adds: [{ parentId: 77777, nextId: null, node: text(SECRET) }] }),
    ],
    [
      "a rule",
      change({ source: 8, id: 904, adds: [{ rule: `a{b:url(/x?${SECRET})}`, index: 0 }] }),
    ],
    [
      "a replaced sheet",
      change({
        source: 8,
        styleId: 1,
        replaceSync: `a{b:url(/x?${SECRET})}`,
        replace: `/*${SECRET}*/`,
      }),
    ],
    [
      "a declaration",
      change({
        source: 13,
        id: 904,
        index: [0],
        set: { property: "background", value: `url(/x?${SECRET})` },
      }),
    ],
    [
      "an adopted sheet",
      change({
        source: 15,
        id: 1,
        styleIds: [1],
        styles: [{ styleId: 1, rules: [{ rule: `a{b:url(/x?${SECRET})}` }] }],
      }),
    ],
    [
      "a canvas",
      change({ source: 9, id: 1, type: 0, commands: [{ property: "fillText", args: [SECRET] }] }),
    ],
    ["a font", change({ source: 10, family: SECRET, fontSource: SECRET })],
    ["a log", change({ source: 11, payload: [SECRET] })],
    ["an unknown kind of change", change({ source: 99, text: SECRET })],
    ["an element's name", change({ source: 16, define: { name: `x-${SECRET.toUpperCase()}` } })],
    ["a plugin", { type: 6, timestamp: 1, data: { plugin: "x", payload: SECRET } }],
    ["a custom event", { type: 5, timestamp: 1, data: { tag: "hm-cost", payload: SECRET } }],
    ["an asset", { type: 7, timestamp: 1, data: { url: SECRET } }],
    ["a note", { type: 8, timestamp: 1, data: { text: SECRET } }],
    ["an unknown kind", { type: 42, timestamp: 1, data: { text: SECRET } }],
    [
      "the address",
      {
        type: 4,
        timestamp: 1,
        data: {
          href: `https://shop.example/?q=${SECRET}#${SECRET}`,
          width: 1,
          height: 1,
          more: SECRET,
        },
      },
    ],
    ["more members", change({ source: 2, id: 906, type: 2, x: 1, y: 1, text: SECRET })],
    [
      "more members of moves",
      change({ source: 1, positions: [{ x: 1, y: 1, id: 1, timeOffset: 0, text: SECRET }] }),
    ],
  ];
  for (const [what, event] of hidden) {
    it(`hide ${what}`, () => expect(pass(started(), event)).not.toContain(SECRET));
  }

  it("pass what is plain", () => {
    const at = started();
    expect(pass(at, mutation({ texts: [{ id: 907, value: "Hello" }] }))).toContain("Hello");
    expect(pass(at, change({ source: 3, id: 906, x: 1, y: 2 }))).toContain('"y":2');
    expect(pass(at, change({ source: 5, id: 911, text: "plain", isChecked: false }))).toContain(
      "plain",
    );
    expect(pass(at, change({ source: 4, width: 3, height: 4 }))).toContain('"height":4');
    expect(
      pass(
        at,
        change({ source: 14, ranges: [{ start: 907, startOffset: 1, end: 907, endOffset: 2 }] }),
      ),
    ).toContain('"endOffset":2');
    expect(pass(at, change({ source: 16, define: { name: "x-y" } }))).toContain("x-y");
  });

  it("never show a field that was a password once", () => {
    const at = started();
    pass(at, mutation({ attributes: [{ id: 911, attributes: { type: "password" } }] }));
    pass(at, mutation({ attributes: [{ id: 911, attributes: { type: "text" } }] }));
    expect(pass(at, change({ source: 5, id: 911, text: SECRET, isChecked: false }))).not.toContain(
      SECRET,
    );
    pass(
      at,
      mutation({
        removes: [{ parentId: 1, id: 911 }],
        adds: [{ parentId: 906, nextId: null, node: { ...shown, id: 911 } }],
      }),
    );
    expect(pass(at, change({ source: 5, id: 911, text: SECRET, isChecked: false }))).not.toContain(
      SECRET,
    );
  });

  it("never show a field that the browser filled in", () => {
    const at = started({ sensitive: (id) => id === 911 });
    expect(pass(at, change({ source: 5, id: 911, text: SECRET, isChecked: false }))).not.toContain(
      SECRET,
    );
  });

  it("take what was typed into a password out of a field that is shown", () => {
    const secrets = createTyped();
    secrets.add(SECRET, true);
    const at = started({ secret: secrets.mask });
    const copied = { ...shown, id: 990, attributes: { ...shown.attributes, value: SECRET } };
    const out =
      pass(at, change({ source: 5, id: 911, text: SECRET, isChecked: false })) +
      pass(at, mutation({ attributes: [{ id: 911, attributes: { value: SECRET } }] })) +
      pass(at, mutation({ adds: [{ parentId: 906, nextId: null, node: copied }] }));
    expect(out).not.toContain(SECRET);
    expect(pass(at, change({ source: 5, id: 911, text: "plain", isChecked: false }))).toContain(
      "plain",
    );
  });

  it("are masked where a rule begins to match through a change elsewhere", () => {
    let begun = false;
    const at = started({
      selective: true,
      rules: (_id, reach) => (begun && reach === "closest" ? MASK : OWNER),
    });
    const events = [
      mutation({ texts: [{ id: 907, value: SECRET }] }),
      mutation({
        adds: [{ parentId: 906, nextId: null, node: { type: 3, id: 991, textContent: SECRET } }],
      }),
      change({ source: 5, id: 911, text: SECRET, isChecked: false }),
    ];
    for (const event of events) expect(pass(at, event)).toContain(SECRET);
    begun = true;
    for (const event of events) expect(pass(at, event)).not.toContain(SECRET);
  });

  it("tell nothing of the length of what was typed", () => {
    const at = started();
    expect(mask(change({ source: 3, id: 900, x: 40, y: 0 }), at)).toBeNull();
    expect(
      pass(
        at,
        change({ source: 14, ranges: [{ start: 909, startOffset: 0, end: 909, endOffset: 13 }] }),
      ),
    ).toContain('"ranges":[]');
    const sent = new Set<number>();
    const events = ["a", "ab", "abc", "abcd"].flatMap((value) => [
      change({ source: 5, id: 900, text: value, isChecked: false }),
      mutation({ texts: [{ id: 909, value }] }),
      mutation({ attributes: [{ id: 900, attributes: { value } }] }),
    ]);
    const left = events
      .map((event) => settle(mask(event, at) as RecorderEvent, sent))
      .filter(Boolean);
    expect(left).toHaveLength(2);
  });

  it("mask below what was removed, since its place is unknown", () => {
    const at = started();
    pass(at, mutation({ removes: [{ parentId: 1, id: 906 }] }));
    expect(pass(at, mutation({ texts: [{ id: 907, value: SECRET }] }))).not.toContain(SECRET);
  });

  it("mask what is typed elsewhere, as text and in addresses", () => {
    const typed = createTyped();
    typed.add(" Jane.Roe@mail.example ", true);
    typed.add("4111 1111 1111 1111", true);
    typed.add("abc", true);
    const at = started({ typed: typed.mask });
    const out = pass(
      at,
      mutation({
        texts: [
          {
            id: 907,
            value: "Hi JANE.ROE@mail.example, card 4111-1111-1111-1111, abc, 41111111111111119",
          },
        ],
      }),
    );
    expect(out).toContain("Hi •••••, card •••••, abc, 41111111111111119");
    const meta = {
      type: 4,
      timestamp: 1,
      data: { href: "https://shop.example/u/jane.roe%40mail.example/x", width: 1, height: 1 },
    };
    expect(pass(at, meta)).toContain("https://shop.example/u/•••••/x");
    expect(typed.mask("xjane.roe@mail.example")).toBe("xjane.roe@mail.example");
  });

  it("forget the oldest typed value after two hundred", () => {
    const typed = createTyped();
    for (let index = 0; index <= 200; index++) typed.add(`value${index}x`, true);
    expect(typed.mask("value0x value1x value200x")).toBe("value0x ••••• •••••");
  });
});

it("a picture that is taken along waits while something told of before is hidden", () => {
  const known = table({ isShown: () => true });
  const asset = {
    type: 5,
    timestamp: 1,
    data: { tag: "hm-asset", payload: { href: "/a", type: "image/png", data: "QQ==" } },
  };
  expect(pass(known, asset)).toContain("QQ==");
  known.isOld = true;
  expect(pass(known, asset)).toBe("null");
});

/** Log lines as text, and what may leave of them. */
import { describe, expect, it } from "vitest";
import { errorText, textOf } from "../src/logs/text-of";
import { mask } from "../src/mask";
import { note } from "../src/note";
import { BLOCK, createTable, MASK, type Page, TYPED } from "../src/table";
import { createTyped } from "../src/typed";

const BODY = 3;
const CANVAS = 4;

function tableOf({ maskText = false, bodyMasked = false, over = {} as Partial<Page> } = {}) {
  const page: Page = {
    selective: false,
    mark: () => false,
    rules: () => 0,
    sensitive: () => false,
    box: () => "",
    sheet: () => "page",
    asset: () => "",
    picture: () => "",
    isShown: () => false,
    address: (url) => (/^https?:/.test(url) ? url.replace(/[?#].*/, "") : ""),
    typed: (text) => text,
    secret: (text) => text,
    keep: () => {},
    unreadable: false,
    ...over,
  };
  const table = createTable(page, maskText);
  const canvas = { type: 2, id: CANVAS, tagName: "canvas", attributes: {}, childNodes: [] };
  const body = { type: 2, id: BODY, tagName: "body", attributes: {}, childNodes: [canvas] };
  const html = { type: 2, id: 2, tagName: "html", attributes: {}, childNodes: [body] };
  note({ type: 2, timestamp: 0, data: { node: { type: 0, id: 1, childNodes: [html] } } }, table);
  const entry = table.entries.get(BODY);
  if (entry && bodyMasked) entry.own |= MASK;
  return table;
}
const payloadOf = (tag: string, payload: object, table = tableOf()) =>
  mask({ type: 5, timestamp: 1, data: { tag, payload, body: BODY } }, table)?.data.payload as
    | Record<string, unknown>
    | undefined;
const line = (text: string, table = tableOf()) =>
  payloadOf("hm-console", { level: "log", text }, table)?.text;

describe("what was logged, as text", () => {
  const cases: [string, unknown[], string][] = [
    ["plain values", ["a", 1, true, null, undefined, 2n], "a 1 true null undefined 2"],
    ["a text that is filled", ["%s has %d%%, %o", "it", 7, {}], "it has 7%, Object"],
    ["styles", ["%cbig%c", "font-size: 20px", ""], "big"],
    ["too few values", ["%s and %s", "one"], "one and %s"],
    [
      "objects by what they are",
      [{ a: 1 }, [1, 2], new Map(), () => 1],
      "Object Array(2) Map function",
    ],
    ["a symbol", [Symbol("x")], "Symbol(x)"],
  ];
  for (const [name, values, text] of cases) it(name, () => expect(textOf(values)).toBe(text));

  it("objects whose own code fails", () => {
    const hostile = {
      get [Symbol.toStringTag](): string {
        throw new Error("no");
      },
    };
    expect(textOf([hostile, "after"])).toBe("object after");
  });

  it("errors with the places they came from, in the words of all browsers", () => {
    const error = new TypeError("no such thing");
    error.stack = `TypeError: no such thing
    at Basket.add (https://shop.example/a.js?v=2:10:5)
    at async https://shop.example/b.js:1:99
add@https://shop.example/c.js:3:4
    at somewhere that is no place`;
    expect(errorText(error)).toBe(`TypeError: no such thing
    at Basket.add (https://shop.example/a.js?v=2:10:5)
    at https://shop.example/b.js:1:99
    at add (https://shop.example/c.js:3:4)`);
  });
});

describe("what may leave of a log line", () => {
  const cases: [string, string, string][] = [
    ["plain words stay", "basket has 3 items", "basket has 3 items"],
    ["queries go", "GET https://a.example/x?t=1#y failed", "GET https://a.example/x failed"],
    ["of relative addresses too", "see /x/y?t=1 and a/b?c=d", "see /x/y and a/b"],
    ["names in addresses go", "ws://ada:pw@a.example/x", "ws://a.example/x"],
    ["e-mail addresses go", "sent to ada.l+x@mail.example.org now", "sent to ••••• now"],
    ["what is named a password goes", "password: hunter2, next", "password: •••••, next"],
    ["in JSON too", '{"token":"abc","n":1}', '{"token":"•••••","n":1}'],
    ["headers go", "Authorization: Bearer abc.def", "Authorization: •••••"],
    ["bearers go", "with bearer abc.def", "with bearer •••••"],
    ["keys go", "id 3f9a7c52e1d84b06a9c1 ok", "id ••••• ok"],
    ["long numbers go", "card 4111 1111 1111 1111, tel +49 30 1234567", "card •••••, tel •••••"],
    ["short ones stay", "took 1234 ms at 10:30", "took 1234 ms at 10:30"],
  ];
  for (const [name, from, to] of cases) it(name, () => expect(line(from)).toBe(to));

  it("places of errors keep line and column, and lose their query", () => {
    const text =
      "Error: x\n    at add (https://a.example/a.js?v=2:10:5)\n    at https://a.example/b.js:1:9";
    expect(line(text)).toBe(
      "Error: x\n    at add (https://a.example/a.js:10:5)\n    at https://a.example/b.js:1:9",
    );
  });

  it("typed values go", () => {
    const typed = createTyped();
    typed.add("Ada Lovelace", true);
    expect(line("hello ada lovelace", tableOf({ over: { typed: typed.mask } }))).toBe(
      "hello •••••",
    );
  });

  it("all words go where all text is masked, where the body is, and where nothing is known", () => {
    expect(line("Ada 1", tableOf({ maskText: true }))).toBe("xxx 0");
    expect(line("Ada 1", tableOf({ bodyMasked: true }))).toBe("xxx 0");
    const unknown = mask(
      {
        type: 5,
        timestamp: 1,
        data: { tag: "hm-console", payload: { level: "log", text: "Ada" } },
      },
      tableOf(),
    );
    expect(unknown?.data.payload).toEqual({ level: "log", text: "xxx" });
  });

  it("is at most 500 characters long, an error with its places 1,500", () => {
    expect(String(line("word ".repeat(1000)))).toHaveLength(500);
    const places = "\n    at https://a.example/b.js:1:9".repeat(100);
    expect(String(line(`Error: x${places}`))).toHaveLength(1500);
  });
});

describe("what may leave of a request", () => {
  const request = {
    method: "GET",
    href: "https://a.example/x?t=1",
    status: 200,
    duration_ms: 3,
    bytes: 9,
    kind: "fetch",
  };
  it("its figures and its address", () => {
    expect(payloadOf("hm-network", { ...request, body: "secret", headers: {} })).toEqual({
      ...request,
      href: "https://a.example/x",
    });
  });
  it("no method that a page made up, and no address that is none", () => {
    expect(payloadOf("hm-network", { ...request, method: "SECRET" })?.method).toBe("OTHER");
    expect(payloadOf("hm-network", { ...request, href: "data:text/plain,secret" })).toBeUndefined();
  });
  it("no other event of the page's own", () => {
    expect(payloadOf("page", { text: "secret" })).toBeUndefined();
  });
});

describe("what a canvas showed", () => {
  const drawn = { id: CANVAS, type: "image/webp", data: "UklGRg==" };

  it("leaves with these members and no others", () => {
    expect(payloadOf("hm-canvas", { ...drawn, href: "https://a.example/", text: "Ada" })).toEqual(
      drawn,
    );
  });

  it("never leaves where anything masks it, nor in the name of another node", () => {
    const under = (flag: number) => {
      const table = tableOf();
      const entry = table.entries.get(BODY);
      if (entry) entry.own |= flag;
      return table;
    };
    for (const table of [tableOf({ maskText: true }), ...[MASK, BLOCK, TYPED].map(under)])
      expect(payloadOf("hm-canvas", drawn, table)).toBeUndefined();
    for (const id of [BODY, 99]) expect(payloadOf("hm-canvas", { ...drawn, id })).toBeUndefined();
  });
});

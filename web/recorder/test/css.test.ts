/** What style text keeps: never addresses' queries, and its words as the page's text. */
import { describe, expect, it } from "vitest";
import { css } from "../src/css";
import type { RecorderEvent } from "../src/events";
import { mask } from "../src/mask";
import { note } from "../src/note";
import { createTable, type Page, type Table } from "../src/table";
import { createTyped } from "../src/typed";

const SECRET = "hunter";
const typed = createTyped();
typed.add("blue whale", true);

const page: Page = {
  selective: false,
  mark: () => false,
  unreadable: false,
  rules: () => 0,
  sensitive: () => false,
  keep: () => {},
  secret: (text) => text,
  box: () => "",
  sheet: () => "page",
  asset: () => "",
  picture: () => "",
  isShown: () => false,
  address: (url) => url.replace(/[?#].*/, ""),
  typed: typed.mask,
};

describe("masked style text", () => {
  it.each([
    ["content", `a::before{content:"${SECRET}"}`],
    [
      "content after an address",
      `@import url("https://a.de/x.css");a::before{content:"${SECRET}"}`,
    ],
    ["a custom property", `a{--note:"${SECRET}"}`],
    ["a custom property of other letters", `a{--né:"${SECRET}"}`],
    ["quotes", `a{quotes:"${SECRET}" "x"}`],
    ["a list's sign", `a{list-style-type:'${SECRET}'}`],
    ["what stands for cut text", `a{text-overflow:"${SECRET}"}`],
    ["a counter's signs", `@counter-style a{symbols:"${SECRET}";suffix:"${SECRET}"}`],
    ["a picture", `a{background:url("data:image/svg+xml,<text>${SECRET}</text>")}`],
  ])("hides %s", (_what, text) => {
    expect(css(text, page, true, "page")).not.toContain(SECRET);
  });

  it.each([
    `a{font-family:"Open Sans"}`,
    `@font-face{src:url("/a.woff2") format("woff2")}`,
    `a{grid-template-areas:"head head" "side main"}`,
    `a:not([data-state="open"]):hover{color:red}`,
    `@property --x{syntax:"<length>"}`,
    `a{background:url("/a.png")}`,
  ])("keeps %s, which the layout needs", (text) => {
    expect(css(text, page, true, "page")).toBe(text);
  });

  it("hides what was typed elsewhere, also where nothing else is masked", () => {
    const text = `a{--said:blue whale;color:blue}b::before{content:"no Blue-Whale found"}`;
    expect(css(text, page, false, "page")).toBe(
      `a{--said:•••••;color:blue}b::before{content:"no ••••• found"}`,
    );
  });
});

const change = (data: Record<string, unknown>): RecorderEvent => ({ type: 3, timestamp: 2, data });

function pass(table: Table, event: RecorderEvent): string {
  note(event, table);
  return JSON.stringify(mask(event, table));
}

/** A page with a style under a mark (4), one without (5), and a masked host (6). */
function started(): Table {
  const table = createTable(page, false);
  const element = (id: number, tagName: string, attributes = {}, childNodes: unknown[] = []) => ({
    type: 2,
    id,
    tagName,
    attributes,
    childNodes,
  });
  const children = [
    element(4, "style", { "data-hm-mask": "" }),
    element(5, "style"),
    element(6, "div", { "data-hm-mask": "" }),
    element(7, "div"),
  ];
  const node = { type: 0, id: 1, childNodes: [element(2, "html", {}, children)] };
  pass(table, { type: 2, timestamp: 1, data: { node, initialOffset: {} } });
  return table;
}

describe("rules of a sheet", () => {
  const rule = `a::before{content:"${SECRET}"}`;

  it("are masked where its element is", () => {
    for (const [id, isShown] of [
      [4, false],
      [5, true],
    ] as const) {
      const at = started();
      const out = pass(at, change({ source: 8, id, adds: [{ rule }] }));
      expect(out.split(SECRET)).toHaveLength(isShown ? 2 : 1);
    }
  });

  it("are masked where a masked root adopts it, also later ones", () => {
    for (const [id, isShown] of [
      [6, false],
      [7, true],
    ] as const) {
      const at = started();
      const styles = [{ styleId: 1, rules: [{ rule }] }];
      const out =
        pass(at, change({ source: 15, id, styleIds: [1], styles })) +
        pass(at, change({ source: 8, styleId: 1, adds: [{ rule }], replace: rule }));
      expect(out.split(SECRET)).toHaveLength(isShown ? 4 : 1);
    }
  });

  it("are masked when nobody knows who adopts it", () => {
    expect(pass(started(), change({ source: 8, styleId: 9, adds: [{ rule }] }))).not.toContain(
      SECRET,
    );
  });
});

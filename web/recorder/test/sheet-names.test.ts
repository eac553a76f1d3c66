/** Names of style sheets that the server has: what is put in their place, and what never is. */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCost } from "../src/cost";
import { nameSheets as namedIn } from "../src/sheet-names";

const TEXT = `.a::before { content: "\\"\\\\"; }`.repeat(60);
const RULES = Array.from({ length: 60 }, (_, index) => ({ rule: `b [c="]"] { d: {e} }`, index }));

const nameSheets = (all: string, known: ReadonlySet<string>) =>
  namedIn(all, known, (work) => work());
const name = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64").slice(0, 20);
const named = (value: unknown) => ({ sheet: name(value) });

/** A picture of a page that loads a sheet, an adopted one, and a change of the first. */
const lines = (text: unknown, rules: unknown, words = "") =>
  [
    { type: 2, data: { node: { id: 1, attributes: { _cssText: text } }, text: words } },
    { type: 3, data: { source: 15, id: 1, styles: [{ styleId: 1, rules }], styleIds: [1] } },
    { type: 3, data: { source: 0, attributes: [{ id: 1, attributes: { _cssText: text } }] } },
  ]
    .map((event) => JSON.stringify(event))
    .join("\n");

describe("names of style sheets", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("stand where the server has the sheet", async () => {
    const all = lines(TEXT, RULES);
    expect(await nameSheets(all, new Set([name(TEXT), name(RULES)]))).toBe(
      lines(named(TEXT), named(RULES)),
    );
    expect(await nameSheets(all, new Set([name(RULES)]))).toBe(lines(TEXT, named(RULES)));
    expect(await nameSheets(all, new Set([name("other")]))).toBe(all);
  });

  it("stand for nothing that a page says", async () => {
    const known = new Set([name(TEXT), name(RULES)]);
    for (const words of [
      `"_cssText":${JSON.stringify(TEXT)}`,
      JSON.stringify({ _cssText: TEXT, rules: RULES }),
      `\\"rules":${JSON.stringify(RULES)}`,
      TEXT,
    ]) {
      const all = lines("", [], words);
      expect(await nameSheets(all, known)).toBe(all);
    }
  });

  it("stand for no short sheet, whatever the server says", async () => {
    const all = lines("a{b:c}", [{ rule: "a{b:c}", index: 0 }]);
    expect(await nameSheets(all, new Set([name("a{b:c}")]))).toBe(all);
  });

  it("are left alone where nothing computes them", async () => {
    vi.stubGlobal("crypto", {});
    const all = lines(TEXT, RULES);
    expect(await nameSheets(all, new Set([name(TEXT)]))).toBe(all);
  });

  it("cost what the page's thread does for them, before and after their digests", async () => {
    let now = 0;
    const cost = createCost(() => now++);
    await namedIn(lines(TEXT, RULES), new Set([name(TEXT)]), cost.during);
    expect(cost.report(0)).toMatchObject({ total_ms: 2, longest_ms: 1 });
  });

  it("end with what they are taken from", async () => {
    for (const broken of [`"_cssText":"a`, `"_cssText":"a\\"`, `"rules":[{"a":["`, `"rules":[`])
      expect(await nameSheets(broken, new Set([name(TEXT)]))).toBe(broken);
  });
});

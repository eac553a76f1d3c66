import { describe, expect, it } from "vitest";
import { createAssets } from "./assets";
import { inert } from "./inert";
import { inertCss } from "./inert-css";
import { events } from "./lines";

const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const HREF = "https://shop.example/~k3";
const made = () => createAssets([], () => true);
const element = (tagName: string, attributes: object) => {
  const node = { type: 2, id: 7, tagName, attributes, childNodes: [] };
  const data = { node: { type: 0, id: 1, childNodes: [node] } };
  return { type: 2, timestamp: 1, data };
};
const attributesOf = (event: unknown) =>
  ((event as { data: { node: { childNodes: { attributes: Record<string, unknown> }[] } } }).data
    .node.childNodes[0]?.attributes ?? {}) as Record<string, unknown>;

describe("pictures and fonts of a recording", () => {
  it("stand where they are named, whether they came before or after", () => {
    for (const tag of ["img", "input", "video", "image"]) {
      const assets = made();
      const name = tag === "video" ? "poster" : tag === "image" ? "href" : "src";
      const picture = attributesOf(
        inert(element(tag, { "data-hm-asset": HREF, "data-hm-box": "30x20" }), assets),
      );
      expect(String(picture[name])).toMatch(/^data:image\/svg/);
      assets.add({ href: HREF, type: "image/png", data: PNG });
      expect(String(picture[name])).toMatch(/^blob:/);
      const later = attributesOf(inert(element(tag, { "data-hm-asset": HREF }), assets));
      expect(later[name]).toBe(picture[name]);
    }
  });

  it("are never the address of what is no picture", () => {
    const assets = made();
    assets.add({ href: HREF, type: "image/svg+xml", data: PNG });
    for (const tag of ["iframe", "script", "embed", "object", "a", "link", "source", "audio"]) {
      const kept = JSON.stringify(inert(element(tag, { "data-hm-asset": HREF }), assets));
      expect(kept).not.toContain("blob:");
    }
  });

  it("are of a few kinds only", () => {
    const assets = made();
    for (const type of ["text/html", "application/pdf", "image/svg+xml;x", "", 7])
      assets.add({ href: HREF, type, data: PNG });
    assets.add({ href: HREF, type: "image/png", data: "no base64!" });
    assets.add({ href: 7, type: "image/png", data: PNG });
    expect(assets.url(HREF)).toBe("");
    expect(assets.rules).toEqual([]);
  });

  it("stand in style texts by a name, which gets its picture when that comes", () => {
    const assets = made();
    const css = inertCss(`.a { background: url("${HREF}") no-repeat }`, assets);
    expect(css).toBe('.a { background: var(--hm-asset-0,url("data:,")) no-repeat }');
    assets.add({ href: HREF, type: "image/png", data: PNG });
    expect(assets.rules).toEqual([`:root{--hm-asset-0:url("${assets.url(HREF)}")}`]);
    expect(inertCss(`a{b:url(${HREF})}`, assets)).toContain("--hm-asset-0");
    expect(inertCss('a{b:url("//evil.example/x")}', assets)).not.toContain("evil");
  });

  it("bring fonts into force, before or after the style that names them", () => {
    const face = (of: string) =>
      `@font-face { font-family: Own; src: url("${of}") format("woff2") }`;
    for (const isFirst of [true, false]) {
      const assets = made();
      const come = () => assets.add({ href: HREF, type: "font/woff2", data: PNG });
      if (isFirst) come();
      const css = inertCss(`${face(HREF)} .a { color: red }`, assets);
      if (!isFirst) come();
      expect(css).toBe(`${face("data:,")} .a { color: red }`);
      expect(assets.rules).toEqual([face(assets.url(HREF))]);
    }
  });

  it("leave out rules that cannot be read, which would stop a page from being rebuilt", () => {
    const assets = createAssets([], (rule) => !rule.includes("@font-face"));
    inertCss(`@font-face { src: url("${HREF}") }`, assets);
    assets.add({ href: HREF, type: "font/woff", data: PNG });
    expect(assets.rules).toEqual([]);
  });

  it("are no events for the replayer", () => {
    const assets = made();
    const payload = { href: HREF, type: "image/png", data: PNG };
    const lines = [
      { type: 5, timestamp: 1, data: { tag: "hm-asset", payload } },
      { type: 5, timestamp: 2, data: { tag: "hm-page", payload: { href: "/x" } } },
    ];
    const found = events(lines.map((line) => JSON.stringify(line)).join("\n"), undefined, assets);
    expect(found.map(({ data }) => data.tag)).toEqual(["hm-page"]);
    expect(assets.url(HREF)).toMatch(/^blob:/);
  });
});

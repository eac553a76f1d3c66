// Hostile recordings, each with a name that says what is wrong with it: every element, attribute,
// scheme, way to write a style and kind of change, and whatever is malformed, huge, deep, or points
// where nothing is. Each asks for addresses of its own, so that what gets out says where it was.
import { type Node, nodeMaker } from "../support/recorded.ts";
import { ATTRIBUTES, DRAWN, RELATIONS, SCHEMES, STYLES, TAGS } from "./lists.ts";
import { malformed } from "./malformed.ts";
import { type Maker, mutation, RUN, visit } from "./visit.ts";

export interface Hostile {
  readonly name: string;
  /** Recorder events, one a line, or what passes for them. */
  readonly lines: readonly string[];
}

/** The one that asks for a picture that lies in the folder of a page that it is saved as. */
export const BESIDE = { name: "a picture beside the page", file: "beside.png" };

/** All of them. `sink` is the port of whoever hears what they ask for. */
export function corpus(sink: number): Hostile[] {
  const all: Hostile[] = [];
  const add = (name: string, make: (maker: Maker) => readonly string[]) => {
    const host = `h${all.length}.localhost:${sink}`;
    const at = (place: string) => `http://${host}/${encodeURIComponent(place)}`;
    all.push({ name, lines: make({ ...nodeMaker(), at, host }) });
  };
  for (const tag of TAGS) add(`element ${tag}`, (maker) => ofElement(maker, tag, maker.element));
  for (const tag of DRAWN) add(`drawn ${tag}`, (maker) => ofElement(maker, tag, maker.svg));
  for (const name of ATTRIBUTES) add(`attribute ${name}`, (maker) => ofAttribute(maker, name));
  for (const scheme of SCHEMES) add(`scheme ${scheme}`, (maker) => ofScheme(maker, scheme));
  for (const rel of RELATIONS) add(`link ${rel}`, (maker) => ofLink(maker, rel.replace(",", " ")));
  for (const css of STYLES) add(`style ${css}`, (maker) => ofStyle(maker, css));
  for (const [name, make] of Object.entries(malformed)) add(name, make);
  add(BESIDE.name, beside);
  return all;
}

function everything({ at }: Maker, place: string): Record<string, unknown> {
  const all: Record<string, unknown> = { rel: "stylesheet", type: "image", autoplay: true };
  for (const name of ATTRIBUTES) {
    if (/^on/i.test(name)) all[name] = RUN;
    else if (name === "srcdoc") all[name] = `<script>${RUN}</script><img src="${at(place)}">`;
    else if (name === "http-equiv") all[name] = "refresh";
    else if (name === "content") all[name] = `0;url=${at(`${place} content`)}`;
    else if (name === "style") all[name] = `background: url("${at(`${place} style`)}")`;
    else if (name === "_cssText") all[name] = `p { background: url("${at(`${place} css`)}") }`;
    else if (/^(fill|stroke|filter|mask|clip-path|marker|cursor)/.test(name))
      all[name] = `url("${at(`${place} ${name}`)}#x")`;
    else if (!/^(rel|as|loading|id|name|is|data-hm-box|rr_width)$/.test(name))
      all[name] = at(`${place} ${name}`);
  }
  return all;
}

type Make = Maker["element"];

/** A picture by a relative address, wherever one can stand. */
function beside(maker: Maker): string[] {
  const { element, svg } = maker;
  const { file } = BESIDE;
  const url = `url("${file}")`;
  const image = element("img");
  return visit(
    maker,
    [element("style", { _cssText: `p { background: ${url}; content: ${url} }` })],
    [
      element("img", { src: file, srcset: `${file} 1x`, "data-hm-asset": file }),
      element("p", { style: `background: ${url}`, background: file }, "text"),
      svg("image", { href: file, "xlink:href": file }),
      element("object", { data: file }),
      element("iframe", { src: file }),
      image,
    ],
    [mutation({ attributes: [{ id: image.id, attributes: { src: file } }] })],
  );
}

/** An element with everything: in the page, in a shadow root, in a frame, and added later. */
function ofElement(maker: Maker, tag: string, make: Make): string[] {
  const { element, at } = maker;
  const planted = (place: string) =>
    make(
      tag,
      everything(maker, place),
      `${RUN}; p { background: url(${at(`${place} text`)}) }`,
      make(tag, { src: at(`${place} inner`), href: at(`${place} inner`), style: RUN }),
    );
  const shadow = { ...planted("shadow"), isShadow: true };
  const host = { ...element("div"), isShadowHost: true, childNodes: [shadow] };
  const frame = element("iframe");
  const late = element("section");
  const inner = maker.page([planted("frame head")], element("body", {}, planted("frame")));
  const bare = make(tag);
  return visit(
    maker,
    [planted("head")],
    [element("p", {}, "text"), planted("body"), host, frame, late, bare],
    [
      mutation({ adds: [{ parentId: frame.id, nextId: null, node: inner }], isAttachIframe: true }),
      mutation({ adds: [{ parentId: late.id, nextId: null, node: planted("late") }] }),
      mutation({ attributes: [{ id: bare.id, attributes: everything(maker, "changed") }] }),
    ],
  );
}

/** An attribute on elements that know it, from the start and later, however its name is written. */
function ofAttribute(maker: Maker, name: string): string[] {
  const { element, svg, at } = maker;
  const tags =
    "img a link iframe input button form video object body table area track source".split(" ");
  const drawn = "image use feImage a script rect style".split(" ");
  const value = everything(maker, name)[name] ?? at(name);
  const each = (attributes: Record<string, unknown>) => [
    ...tags.map((tag) => element(tag, attributes)),
    ...drawn.map((tag) => svg(tag, { width: "9", height: "9", ...attributes })),
  ];
  const later = each({ rel: "preconnect" });
  return visit(
    maker,
    [],
    [...each({ [name]: value }), ...each({ [name.toUpperCase()]: value }), ...later],
    [
      mutation({ attributes: later.map(({ id }) => ({ id, attributes: { [name]: value } })) }),
      mutation({
        attributes: later.map(({ id }) => ({ id, attributes: { [name]: { x: value } } })),
      }),
    ],
  );
}

/** An address of a scheme wherever an element takes one. */
function ofScheme(maker: Maker, scheme: string): string[] {
  const { element, svg, host } = maker;
  const runs = /script|mocha|data:(text|app|image)/i.test(scheme);
  const rest = runs ? `<script>${RUN}</script>${RUN}` : `//${host}/scheme`;
  const forms = [
    `${scheme}${rest}`,
    ` \t${scheme}${rest}`,
    `\u0001${scheme.slice(0, 2)}\n${scheme.slice(2)}${rest}`,
  ];
  const all = forms.flatMap((url) => [
    element("a", { href: url, target: "_top", ping: url }, "go"),
    element("img", { src: url, srcset: `${url} 2x` }),
    element("iframe", { src: url }),
    element("link", { rel: "stylesheet", href: url }),
    element("form", { action: url }, element("button", { formaction: url })),
    element("object", { data: url }),
    element("input", { type: "image", src: url }),
    element("div", { style: `background: url("${url}")` }),
    svg(
      "svg",
      {},
      svg("use", { href: url }),
      svg("image", { "xlink:href": url }),
      svg("a", { href: url }),
    ),
  ]);
  const changed = all
    .slice(0, 4)
    .map(({ id }) => ({ id, attributes: { href: forms[0], src: forms[0] } }));
  return visit(maker, [element("base", { href: forms[0] })], all, [
    mutation({ attributes: changed }),
  ]);
}

function ofLink(maker: Maker, rel: string): string[] {
  const { element, svg, at } = maker;
  const link = (place: string) =>
    element("link", {
      rel,
      as: "image",
      href: at(place),
      imagesrcset: `${at(place)} 1x`,
      crossorigin: "",
    });
  const late = element("link");
  const dressed = element("link", { rel });
  return visit(
    maker,
    [
      link("head"),
      svg("link", { rel, href: at("drawn") }),
      element("LINK", { REL: rel, HREF: at("large") }),
    ],
    [link("body"), late, dressed],
    [
      mutation({ attributes: [{ id: late.id, attributes: { rel, href: at("late") } }] }),
      mutation({ attributes: [{ id: dressed.id, attributes: { href: at("dressed") } }] }),
    ],
  );
}

/** A style text as a sheet, an attribute, a rule, a declaration, an adopted sheet, and a text. */
function ofStyle(maker: Maker, pattern: string): string[] {
  const { element, svg, text, at, host } = maker;
  const css = (place: string) => pattern.replaceAll("AT", at(place)).replaceAll("HOST", host);
  const value = (place: string) => /\{[^:{}]*:(.*?)[;}]/s.exec(css(place))?.[1] ?? css(place);
  const sheet = element("style", {}, "p { color: red }");
  const content = (sheet.childNodes as Node[])[0];
  const empty = element("style");
  const drawn = svg("style", {}, css("drawn"));
  const paragraph = element("p", { style: `background: ${value("attribute")}` }, "text");
  const shadow = { ...element("style", {}, css("shadow")), isShadow: true };
  const host_ = { ...element("div"), isShadowHost: true, childNodes: [shadow] };
  const added = { ...text(css("added")), isStyle: true };
  return visit(
    maker,
    [
      element("style", {}, css("sheet")),
      element("style", { _cssText: css("text") }),
      element("link", { rel: "stylesheet", _cssText: css("link") }),
      sheet,
      empty,
    ],
    [
      paragraph,
      svg("svg", {}, drawn, svg("rect", { fill: value("fill"), filter: value("filter") })),
      host_,
    ],
    [
      { source: 8, id: sheet.id, adds: [{ rule: css("rule"), index: 0 }] },
      { source: 8, id: sheet.id, replace: css("replace") },
      { source: 8, id: sheet.id, replaceSync: css("replaced") },
      {
        source: 13,
        id: sheet.id,
        index: [0],
        set: { property: "background", value: value("set") },
      },
      {
        source: 15,
        id: 1,
        styleIds: [1],
        styles: [{ styleId: 1, rules: [{ rule: css("adopted") }] }],
      },
      mutation({ texts: [{ id: content?.id, value: css("changed") }] }),
      mutation({ adds: [{ parentId: empty.id, nextId: null, node: added }] }),
      mutation({ adds: [{ parentId: empty.id, nextId: null, node: text(css("plain")) }] }),
      mutation({
        attributes: [{ id: paragraph.id, attributes: { style: { background: value("style") } } }],
      }),
      mutation({ attributes: [{ id: empty.id, attributes: { _cssText: css("late") } }] }),
    ],
  );
}

import { type Assets, attributeOf } from "./assets";
import { box } from "./box";
import { inertCss } from "./inert-css";
import type { RecordedEvent } from "./types";

type Json = Record<string, unknown>;

/** Elements that act, load or redirect: their place stays, as an element that shows nothing. */
const ACTIVE_TAGS = new Set(
  "script noscript object embed applet base meta animate animatemotion animatetransform animatecolor set handler listener frame frameset portal fencedframe param bgsound plaintext xmp noembed noframes webview annotation-xml".split(
    " ",
  ),
);
const ACTIVE_ATTRIBUTES = new Set(
  "srcdoc formaction action ping http-equiv content codebase classid archive manifest integrity nonce rel target download attributename from to by begin sandbox allow csp autofocus is rr_src rr_dataurl rr_mediastate srcset imagesrcset background data lowsrc dynsrc cite longdesc profile usemap icon xml:base".split(
    " ",
  ),
);
/** Kinds of incremental events that are played. Media have no bytes here that could be played. */
const SOURCES = new Set([0, 1, 2, 3, 4, 5, 6, 8, 12, 13, 14, 15, 16]);
const TAG = /^[a-z][a-z0-9_.:-]{0,99}$/i;
const NAME = /^[a-z0-9_.:@-]{1,200}$/i;
/** Elements that show a picture; of a change nobody knows here whose it is. */
const PICTURES = /^(img|input|video|image|)$/;
const DEPTH_MAX = 1024;
const NODES_MAX = 200_000;

/**
 * The last look at a recorded event before it is rebuilt. Everything was sanitised when it came in;
 * this holds even if it was not. Pure: gives a new event, or null for one that is not played.
 */
export function inert(event: unknown, assets?: Assets): RecordedEvent | null {
  if (!isObject(event)) return null;
  const { type, timestamp, data } = event;
  if (typeof timestamp !== "number" || !Number.isFinite(timestamp) || !isObject(data)) return null;
  switch (type) {
    case 0:
    case 1:
      return { type, timestamp, data: {} };
    case 2: {
      const node = tree(data.node, assets);
      const at = isObject(data.initialOffset) ? data.initialOffset : {};
      const initialOffset = { left: number(at.left), top: number(at.top) };
      return node && node.type === 0 ? { type, timestamp, data: { node, initialOffset } } : null;
    }
    case 3: {
      const clean = incremental(data, assets);
      return clean && { type, timestamp, data: clean };
    }
    case 4:
      return {
        type,
        timestamp,
        data: {
          href: String(data.href ?? ""),
          width: number(data.width),
          height: number(data.height),
        },
      };
    case 5:
      return {
        type,
        timestamp,
        data: { tag: String(data.tag), payload: isObject(data.payload) ? data.payload : {} },
      };
  }
  return null;
}

function incremental(data: Json, assets?: Assets): Json | null {
  const { source } = data;
  if (typeof source !== "number" || !SOURCES.has(source)) return null;
  switch (source) {
    case 0:
      return mutation(data, assets);
    case 8:
    case 15:
      return styles(data, assets) as Json;
    case 13: {
      const set = isObject(data.set) ? data.set : null;
      const remove = isObject(data.remove) ? { property: String(data.remove.property) } : undefined;
      if (!set) return { ...data, set: undefined, remove };
      const value = typeof set.value === "string" ? inertCss(set.value, assets) : null;
      const priority = set.priority === "important" ? "important" : undefined;
      return { ...data, set: { property: String(set.property), value, priority }, remove };
    }
    case 5:
      return {
        source,
        id: number(data.id),
        text: String(data.text ?? ""),
        isChecked: data.isChecked === true,
      };
    case 1:
    case 6:
    case 12:
      return Array.isArray(data.positions) && data.positions.every(isObject) ? data : null;
    case 14:
      return Array.isArray(data.ranges) && data.ranges.every(isObject) ? data : null;
    case 16: {
      const name = isObject(data.define) ? String(data.define.name) : "";
      return /^[a-z][a-z0-9._-]*-[a-z0-9._-]*$/.test(name) ? { source, define: { name } } : null;
    }
  }
  return data;
}

/** Style rules at any place of an event: each text in it is style text. */
function styles(value: unknown, assets?: Assets): unknown {
  if (typeof value === "string") return inertCss(value, assets);
  if (Array.isArray(value)) return value.map((each) => styles(each, assets));
  if (!isObject(value)) return value;
  const kept: Json = {};
  for (const key of [
    "source",
    "id",
    "styleId",
    "styleIds",
    "styles",
    "rules",
    "rule",
    "index",
    "adds",
    "removes",
    "replace",
    "replaceSync",
  ]) {
    if (key in value) kept[key] = styles(value[key], assets);
  }
  return kept;
}

function mutation(data: Json, assets?: Assets): Json {
  const texts = objects(data.texts).map(({ id, value }) => ({
    id: number(id),
    value: value === null ? null : String(value),
  }));
  const changed = objects(data.attributes).map((change) => ({
    id: number(change.id),
    attributes: isObject(change.attributes) ? attributes(change.attributes, "", assets) : {},
  }));
  const removes = objects(data.removes).map(({ parentId, id, isShadow }) => ({
    parentId: number(parentId),
    id: number(id),
    ...(isShadow === true && { isShadow }),
  }));
  const adds = objects(data.adds).flatMap((add) => {
    const node = tree(add.node, assets);
    const { previousId } = add;
    const nextId = typeof add.nextId === "number" ? add.nextId : null;
    if (!node) return [];
    return [
      {
        parentId: number(add.parentId),
        nextId,
        ...((typeof previousId === "number" || previousId === null) && { previousId }),
        node,
      },
    ];
  });
  const attached = data.isAttachIframe === true && { isAttachIframe: true };
  return { source: 0, texts, attributes: changed, removes, adds, ...attached };
}

/** A node and all below it, without recursion; null when it is none or too large. */
function tree(top: unknown, assets?: Assets): Json | null {
  const first = node(top, "", assets);
  if (!first || !isObject(top)) return null;
  const stack: [Json, Json, number][] = [[top, first, 1]];
  let count = 1;
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [from, to, depth] = next;
    const children = to.childNodes;
    if (!Array.isArray(children) || to.tagName === "template") continue;
    for (const child of objects(from.childNodes)) {
      const clean = node(child, String(to.tagName ?? ""), assets);
      if (!clean) continue;
      if (++count > NODES_MAX || depth >= DEPTH_MAX) return null;
      children.push(clean);
      stack.push([child, clean, depth + 1]);
    }
  }
  return first;
}

function node(from: unknown, parent: string, assets?: Assets): Json | null {
  if (!isObject(from) || typeof from.id !== "number" || typeof from.type !== "number") return null;
  const to: Json = { type: from.type, id: from.id };
  if (typeof from.rootId === "number") to.rootId = from.rootId;
  if (from.isShadow === true) to.isShadow = true;
  if (from.isShadowHost === true) to.isShadowHost = true;
  switch (from.type) {
    case 0:
      if (from.compatMode === "BackCompat") to.compatMode = from.compatMode;
      to.childNodes = [];
      return to;
    case 1:
      to.name = "html";
      to.publicId = /^[\w\s./-]*$/.test(String(from.publicId)) ? String(from.publicId) : "";
      to.systemId = /^[\w:./-]*$/.test(String(from.systemId)) ? String(from.systemId) : "";
      return to;
    case 2: {
      const tag = String(from.tagName);
      const local = tag.toLowerCase().split(":").at(-1) ?? "";
      const active = !TAG.test(tag) || ACTIVE_TAGS.has(local);
      to.tagName = active ? "template" : tag;
      to.attributes =
        active || !isObject(from.attributes) ? {} : attributes(from.attributes, local, assets);
      to.childNodes = [];
      if (from.isSVG === true) to.isSVG = true;
      if (from.isCustom === true) to.isCustom = true;
      return to;
    }
    case 3: {
      const text = String(from.textContent ?? "");
      to.textContent =
        parent.toLowerCase() === "style" || from.isStyle === true ? inertCss(text, assets) : text;
      if (from.isStyle === true) to.isStyle = true;
      return to;
    }
    case 4:
    case 5:
      to.textContent = "";
      return to;
  }
  return null;
}

function attributes(from: Json, tag: string, assets?: Assets): Json {
  const kept: Json = {};
  for (const [name, value] of Object.entries(from)) {
    const lower = name.toLowerCase();
    if (!NAME.test(name) || /^(on|rr_media)/.test(lower) || ACTIVE_ATTRIBUTES.has(lower)) continue;
    if (lower === "style" || lower === "_csstext") {
      kept[name] = style(value, assets);
    } else if (typeof value === "string") {
      if (passes(lower, value, tag))
        kept[name] = /^(class|id)$/.test(lower) ? value : inertCss(value);
    } else if (value === null || typeof value === "number" || typeof value === "boolean") {
      kept[name] = value;
    }
  }
  const empty = box(String(from["data-hm-box"] ?? ""));
  const href = String(from["data-hm-asset"] ?? "");
  const name = attributeOf(tag);
  if (empty) kept[name] = empty;
  // Looked up when it is built, which may be again and again: it comes later than what names it.
  if (href && assets && PICTURES.test(tag))
    Object.defineProperty(kept, name, {
      enumerable: true,
      get: () => assets.url(href) || empty || null,
    });
  return kept;
}

function passes(name: string, value: string, tag: string): boolean {
  // A browser takes blanks and controls out of an address before it reads the scheme.
  const plain = value.replace(/[^\x21-\x7e]/g, "").toLowerCase();
  if (name === "href" || name === "xlink:href") {
    return (
      plain.startsWith("#") ||
      ((tag === "a" || tag === "area" || tag === "") && /^(https?:\/\/|\/)/.test(plain))
    );
  }
  if (name === "src" || name === "poster") {
    return tag !== "iframe" && /^data:image\/(png|jpeg|gif|webp|avif)[;,]/.test(plain);
  }
  return !/^(javascript|vbscript|livescript|data|file|blob|filesystem|about|view-source|jar):/.test(
    plain,
  );
}

function style(value: unknown, assets?: Assets): unknown {
  if (typeof value === "string") return inertCss(value, assets);
  if (!isObject(value)) return null;
  const kept: Json = {};
  for (const [property, to] of Object.entries(value)) {
    if (!/^[\w-]+$/.test(property)) continue;
    if (typeof to === "string") kept[property] = inertCss(to, assets);
    else if (Array.isArray(to))
      kept[property] = [inertCss(String(to[0]), assets), to[1] === "important" ? "important" : ""];
    else if (to === false) kept[property] = false;
  }
  return kept;
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

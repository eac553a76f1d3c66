import { type Assets, attributeOf } from "./assets";
import { box } from "./box";
import { inertCss } from "./inert-css";
import { adoptedSheets, styleDeclaration, styleRules } from "./inert-styles";
import { isObject, type Json, objects } from "./json";
import { MEDIA_TAG } from "./media";
import type { RecordedEvent } from "./types";
import { unseen } from "./unseen";

/** Elements that act, load or redirect: their place stays, as an element that shows nothing. */
const ACTIVE_TAGS = new Set(
  "script noscript object embed applet base meta animate animatemotion animatetransform animatecolor set handler listener frame frameset portal fencedframe param bgsound plaintext xmp noembed noframes webview annotation-xml".split(
    " ",
  ),
);
const ACTIVE_ATTRIBUTES = new Set(
  "srcdoc formaction action ping http-equiv content codebase classid archive manifest integrity nonce rel target download attributename from to by begin sandbox allow csp autofocus autoplay is rr_src rr_dataurl rr_mediastate srcset imagesrcset background data lowsrc dynsrc cite longdesc profile usemap icon xml:base".split(
    " ",
  ),
);
/** Kinds of incremental events that are played. */
const SOURCES = new Set([0, 1, 2, 3, 4, 5, 6, 8, 12, 13, 14, 15, 16]);
/** Changes of videos and sounds: there is nothing to play, only to say where they stood. */
const MEDIA = 7;
const TAG = /^[a-z][a-z0-9_.:-]{0,99}$/i;
const NAME = /^[a-z0-9_.:@-]{1,200}$/i;
/** Elements that show a picture; of a change nobody knows here whose it is. */
const PICTURES = /^(img|input|video|image|)$/;
/** Names of custom elements, and those of others that may hold a shadow root. */
const CUSTOM = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/;
const HOSTS = new Set(
  "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(
    " ",
  ),
);
/** Kinds of nodes. */
const DOCUMENT = 0;
const DOCTYPE = 1;
const ELEMENT = 2;
const COMMENT = 5;
/** Side of a viewport in pixels; a larger one is drawn so large. */
const SIZE_MAX = 16_384;
/** Nodes inside each other; a deeper picture cannot be shown, and says so. */
const DEPTH_MAX = 1024;
/** Nodes of one picture; a larger one cannot be shown, and says so. */
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
      if (data.source === MEDIA) return media(data, timestamp);
      const clean = incremental(data, assets);
      return clean && { type, timestamp, data: clean };
    }
    case 4:
      return {
        type,
        timestamp,
        data: {
          href: String(data.href ?? ""),
          width: size(data.width),
          height: size(data.height),
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

function media(data: Json, timestamp: number): RecordedEvent {
  const payload = {
    id: number(data.id),
    kind: number(data.type),
    position_s: number(data.currentTime),
    ...(Number.isFinite(data.playbackRate) && { rate: data.playbackRate }),
  };
  return { type: 5, timestamp, data: { tag: MEDIA_TAG, payload } };
}

/** Whether elements with this name may hold a shadow root. */
export function isHost(tag: string): boolean {
  return CUSTOM.test(tag) || HOSTS.has(tag);
}

function incremental(data: Json, assets?: Assets): Json | null {
  const { source } = data;
  if (typeof source !== "number" || !SOURCES.has(source)) return null;
  switch (source) {
    case 0:
      return mutation(data, assets);
    case 8:
      return styleRules(data, assets);
    case 13:
      return styleDeclaration(data, assets);
    case 15:
      return adoptedSheets(data, assets);
    case 2:
    case 3:
      return numbers(data);
    case 4:
      return { source, width: size(data.width), height: size(data.height) };
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
      return list(data, "positions");
    case 14:
      return list(data, "ranges");
    case 16: {
      const name = isObject(data.define) ? String(data.define.name) : "";
      return CUSTOM.test(name) ? { source, define: { name } } : null;
    }
  }
  return null;
}

/** Those members that are numbers. */
function numbers(data: Json): Json {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => Number.isFinite(value)));
}

/** With a list of objects that hold numbers; null when there is none in it. */
function list(data: Json, name: "positions" | "ranges"): Json | null {
  const found = objects(data[name]).map(numbers);
  const isWhole = Array.isArray(data[name]) && found.length === data[name].length;
  return isWhole && found.length ? { source: data.source, [name]: found } : null;
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
    const before = { element: false, doctype: false };
    for (const child of objects(from.childNodes)) {
      const clean = node(child, String(to.tagName ?? ""), assets);
      if (!clean || !holds(to, clean, before)) continue;
      if (++count > NODES_MAX || depth >= DEPTH_MAX) return null;
      children.push(clean);
      stack.push([child, clean, depth + 1]);
    }
  }
  return first;
}

/** Whether a browser lets a node hold another one, after those it has; of a document these are told. */
function holds(parent: Json, child: Json, before: { element: boolean; doctype: boolean }): boolean {
  if (child.type === DOCUMENT) return false;
  if (parent.type !== DOCUMENT) return child.type !== DOCTYPE;
  if (child.type === COMMENT) return true;
  if (before.element || (child.type === DOCTYPE && before.doctype)) return false;
  before.element = child.type === ELEMENT;
  before.doctype ||= child.type === DOCTYPE;
  return before.element || child.type === DOCTYPE;
}

function node(from: unknown, parent: string, assets?: Assets): Json | null {
  if (!isObject(from) || typeof from.id !== "number" || typeof from.type !== "number") return null;
  const to: Json = { type: from.type, id: from.id };
  if (typeof from.rootId === "number") to.rootId = from.rootId;
  if (from.isShadow === true) to.isShadow = true;
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
      if (from.isSVG === true || active) return to;
      if (local === "video" && isObject(from.attributes)) {
        const { rr_mediaState: state, rr_mediaCurrentTime: at } = from.attributes;
        if (state) to.media = { playing: state === "played", position_s: number(at) };
      }
      if (from.isCustom === true && CUSTOM.test(tag)) to.isCustom = true;
      if (from.isShadowHost === true && isHost(tag)) to.isShadowHost = true;
      return to;
    }
    case 3: {
      const text = String(from.textContent ?? "");
      to.textContent = isStyle(parent) || from.isStyle === true ? inertCss(text, assets) : text;
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

/** Whether an element's text is style text, whatever comes before its name. */
function isStyle(tag: string): boolean {
  return tag.toLowerCase().split(":").at(-1) === "style";
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
  // A place that was left out, as pages themselves mark it.
  if (from.rr_width !== undefined) kept["data-hm-block"] = "";
  if ("data-hm-unseen" in from) Object.assign(kept, unseen(from["data-hm-unseen"]));
  const href = String(from["data-hm-asset"] ?? "");
  // What has a name was taken along.
  const empty = box(String(from["data-hm-box"] ?? ""), href ? "not received" : "not recorded");
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
      plain.startsWith("#") || ((tag === "a" || tag === "area") && /^(https?:\/\/|\/)/.test(plain))
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

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Of a viewport, in CSS pixels: no larger than a browser draws. */
function size(value: unknown): number {
  return Math.min(Math.max(0, number(value)), SIZE_MAX);
}

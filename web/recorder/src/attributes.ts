import { cleaned } from "./clean";
import { css } from "./css";
import { FIXED, shape } from "./shape";
import { BLOCK, type Entry, MASK, OWNER, SHOW, type Table, UNKNOWN } from "./table";

export type Value = string | number | boolean | null | Record<string, unknown> | readonly string[];
export type Attributes = Record<string, Value>;

const words = (text: string): Set<string> => new Set(text.split(" "));

/** What the layout of HTML needs. Their values are still checked for being plain. */
const LAYOUT = words(
  "role dir lang width height size rows cols colspan rowspan span align valign border cellpadding cellspacing " +
    "bgcolor color hidden disabled readonly required multiple open start reversed wrap nowrap noshade tabindex " +
    "controls loop muted inert popover draggable contenteditable slot part exportparts media is face charset " +
    "frameborder scrolling marginwidth marginheight hspace vspace clear type for xmlns shadowrootmode",
);
/** What custom elements may keep of it: the rest is theirs to fill with anything. */
const GLOBAL = words(
  "role dir lang hidden tabindex inert popover contenteditable slot part exportparts is",
);
const VECTOR = words(
  "x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points viewbox preserveaspectratio transform fill fill-opacity " +
    "fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-opacity " +
    "stroke-miterlimit opacity clip-path clip-rule clippathunits mask maskunits maskcontentunits filter filterunits " +
    "primitiveunits gradientunits gradienttransform spreadmethod offset stop-color stop-opacity patternunits " +
    "patterntransform patterncontentunits markerwidth markerheight refx refy orient marker-start marker-mid " +
    "marker-end text-anchor dominant-baseline alignment-baseline font-size font-family font-weight font-style " +
    "letter-spacing word-spacing vector-effect overflow display visibility pathlength stddeviation result in in2 " +
    "mode operator k1 k2 k3 k4 values flood-color flood-opacity rotate textlength lengthadjust startoffset " +
    "shape-rendering color version baseprofile",
);
const ARIA_STATES = words(
  "aria-expanded aria-hidden aria-disabled aria-busy aria-current aria-haspopup aria-invalid aria-modal " +
    "aria-orientation aria-pressed aria-readonly aria-required aria-sort aria-level aria-selected",
);
const ARIA_VALUE =
  /^(true|false|mixed|page|step|location|date|time|menu|listbox|tree|grid|dialog|grammar|spelling|horizontal|vertical|ascending|descending|none|other|undefined|\d)?$/;
/** Shown only where an owner's rule shows them. */
const WORDS = words(
  "title alt label aria-label aria-description aria-placeholder aria-roledescription aria-valuetext",
);
const CHOICE = /^(checkbox|radio)$/;
const BUTTON = /^(submit|button|reset)$/;
const PLAIN = /^[\w .,%#()+:;/*!<>=-]{0,128}$/;
const PICTURE = words("img video input image");

/** Attributes of one element as they may leave the page; an empty object when nothing may. */
export function attributes(
  from: Attributes,
  id: number,
  entry: Entry,
  all: number,
  table: Table,
): Attributes {
  const kept: Attributes = {};
  if (all & (BLOCK | UNKNOWN) && !("rr_width" in from)) return kept;
  for (const [name, value] of Object.entries(from)) {
    const clean = attribute(name.toLowerCase(), value, id, entry, all, table);
    if (clean !== undefined) kept[name] = clean;
  }
  if (PICTURE.has(entry.tag) && (entry.tag !== "input" || entry.type === "image")) {
    const box = table.page.box(id);
    if (box) kept["data-hm-box"] = box;
    // A picture can show words.
    const picture = masksText(all, table) ? "" : table.page.picture(id);
    if (picture) kept["data-hm-asset"] = picture;
  }
  return kept;
}

/** One attribute; `undefined` when it may not leave the page at all. */
function attribute(
  name: string,
  value: Value,
  id: number,
  entry: Entry,
  all: number,
  table: Table,
): Value | undefined {
  const { tag, svg } = entry;
  if (name.startsWith("rr_")) return recorded(name, value, entry);
  if (name === "_csstext") {
    const isStyle = tag === "style" || tag === "link";
    return isStyle && (typeof value === "string" || Array.isArray(value))
      ? cleaned(value, id, masksText(all, table), table)
      : undefined;
  }
  if (name.startsWith("on") || tag === "meta" || tag === "base") {
    return name === "charset" && PLAIN.test(String(value)) ? value : undefined;
  }
  if (name === "class" || name === "id") return value;
  // Where the page masks is shown to who sets the rules.
  if (name === "data-hm-mask") return "";
  if (name === "data-hm-popover") return value === "open" || value === null ? value : undefined;
  if (name === "data-hm-unseen")
    return value === null || /^(frame|shadow [\dx]{3,11})$/.test(String(value)) ? value : undefined;
  // Which part of its host's children a slot shows; a name of the page's code.
  if (name === "name" && tag === "slot") return PLAIN.test(String(value)) ? value : undefined;
  if (name === "style") return style(value, all, table);
  if (name === "value") return fieldValue(value, id, entry, all, table);
  if (name === "checked" || name === "selected") return shown(id, all, table) ? value : undefined;
  if (name === "href" || name === "xlink:href") {
    if (svg && tag !== "a") return /^#[\w:.-]+$/.test(String(value)) ? value : undefined;
    if (tag !== "a" && tag !== "area") return undefined;
    if (value === null) return null;
    return /^\s*(https?:|[/?#.])/i.test(String(value))
      ? table.page.typed(table.page.address(String(value)))
      : "#";
  }
  const owned = (all & OWNER) !== 0 && shown(id, all, table);
  if (name === "placeholder" && value !== null) {
    return owned ? table.page.typed(String(value)) : shape(String(value));
  }
  if (WORDS.has(name) && value !== null && owned) return table.page.typed(String(value));
  const text = value === null || value === true ? "" : String(value);
  if (svg && VECTOR.has(name)) {
    const drawn = name === "d" || name === "points" || name === "values" || name === "transform";
    if (drawn ? /^[\d\s.,eE+\-a-zA-Z()]*$/.test(text) : PLAIN.test(text)) return value;
    return text.includes("url(") ? css(text, table.page, true, "element") : undefined;
  }
  if ((entry.custom ? GLOBAL : LAYOUT).has(name)) return PLAIN.test(text) ? value : undefined;
  if (ARIA_STATES.has(name) && !(entry.field && name === "aria-selected")) {
    return ARIA_VALUE.test(text) ? value : undefined;
  }
  const named = entry.field ? undefined : table.tokens.get(name);
  if (!named || name === "src" || name === "srcset" || name === "srcdoc") return undefined;
  if (value === null) return null;
  return named.has(text) && !masks(all) ? text : "";
}

/** Attributes that rrweb adds itself. */
function recorded(name: string, value: Value, { tag }: Entry): Value | undefined {
  switch (name) {
    case "rr_width":
    case "rr_height":
      return /^[\d.]+px$/.test(String(value)) ? value : undefined;
    case "rr_scrollleft":
    case "rr_scrolltop":
      // How far a field is scrolled tells how long its text is.
      return typeof value === "number" && !/^(input|textarea)$/.test(tag) ? value : undefined;
    case "rr_open_mode":
    case "rr_mediastate":
      return /^(modal|non-modal|played|paused)$/.test(String(value)) ? value : undefined;
  }
  const media =
    name.startsWith("rr_media") && (typeof value === "number" || typeof value === "boolean");
  return media ? value : undefined;
}

function style(value: Value, all: number, table: Table): Value {
  const masked = masksText(all, table);
  if (typeof value === "string") return css(value, table.page, masked, "element");
  if (value === null || typeof value !== "object") return null;
  const kept: Record<string, unknown> = {};
  for (const [property, to] of Object.entries(value)) {
    if (!/^[\w-]+$/.test(property)) continue;
    if (typeof to === "string") kept[property] = declaration(property, to, masked, table);
    else if (Array.isArray(to))
      kept[property] = [
        declaration(property, String(to[0]), masked, table),
        to[1] === "important" ? to[1] : "",
      ];
    else if (to === false) kept[property] = false;
  }
  return kept;
}

function declaration(property: string, value: string, masked: boolean, table: Table): string {
  const prefix = `${property}:`;
  return css(prefix + value, table.page, masked, "element").slice(prefix.length);
}

function fieldValue(
  value: Value,
  id: number,
  entry: Entry,
  all: number,
  table: Table,
): Value | undefined {
  const { tag, type } = entry;
  const text = value === null ? "" : String(value);
  if (tag === "input" && BUTTON.test(type)) {
    return shown(id, all, table) ? table.page.typed(text) : shape(text);
  }
  const plain =
    tag === "textarea" ||
    tag === "select" ||
    (tag === "input" && type !== "hidden" && type !== "image");
  if (!plain) return undefined;
  if (shown(id, all, table)) return typeof value === "string" ? table.page.secret(value) : value;
  // A masked list stands on its first entry: a value that no entry has would leave it blank.
  return tag === "select" || CHOICE.test(type) ? undefined : text && FIXED;
}

function masks(all: number): boolean {
  return (all & (MASK | BLOCK | UNKNOWN)) !== 0;
}

/** Whether the texts of a style sheet are masked that stands at such a node. */
export function masksText(all: number, table: Table): boolean {
  return masks(all) || (table.maskText && !(all & (SHOW | OWNER)));
}

function shown(id: number, all: number, table: Table): boolean {
  return (
    (all & (SHOW | OWNER)) !== 0 &&
    !masks(all) &&
    !table.secrets.has(id) &&
    !table.page.sensitive(id)
  );
}

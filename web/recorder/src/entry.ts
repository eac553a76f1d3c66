import { SECRET_AUTOCOMPLETE, SECRET_NAME } from "../../tracker/src/secret_names";
import type { Attributes } from "./attributes";
import type { Node } from "./events";
import { BLOCK, type Entry, MASK, OWNER, SHOW, type Table, TYPED } from "./table";

const FIELD_ROLE =
  /^(checkbox|radio|switch|option|menuitemcheckbox|menuitemradio|slider|spinbutton|textbox|searchbox|combobox|listbox)$/;
const TAGS_OF_FIELDS = /^(input|textarea|select|option)$/;

/** The entry of a node that has just entered the stream. */
export function createEntry(node: Node, parent: Entry | null, table: Table): Entry {
  const isElement = node.type === 2;
  const tag = isElement
    ? (node.tagName ?? "").toLowerCase()
    : node.type === 0
      ? "#document"
      : "#text";
  const entry: Entry = {
    tag,
    parent,
    own: 0,
    type: "",
    field: TAGS_OF_FIELDS.test(tag),
    svg: node.isSVG === true,
    custom: node.isCustom === true || /-|^(object|embed|applet|portal)$/.test(tag),
    gone: false,
  };
  if (isElement) refresh(entry, node.id, node.attributes ?? {}, table);
  return entry;
}

/** Brings an entry up to date with new attributes. What was masked or secret once stays so. */
export function refresh(entry: Entry, id: number, attributes: Attributes, table: Table): void {
  const shown = attributes["data-hm-show"];
  if (shown !== undefined) entry.own = shown === null ? entry.own & ~SHOW : entry.own | SHOW;
  const has = (name: string) => name in attributes && attributes[name] !== null;
  if (has("data-hm-mask")) entry.own |= MASK;
  if (has("data-hm-block")) entry.own |= BLOCK;
  if ((has("data-hm-mask") || has("rr_width")) && table.page.mark()) table.isOld = true;
  const editable = attributes.contenteditable;
  if (editable !== undefined && editable !== null && editable !== "false" && editable !== false) {
    entry.own |= TYPED;
  }
  if (typeof attributes.role === "string" && FIELD_ROLE.test(attributes.role)) {
    entry.field = true;
    if (/box$/.test(attributes.role) && /^(text|search)/.test(attributes.role)) entry.own |= TYPED;
  }
  if (table.page.selective) entry.own = (entry.own & ~OWNER) | table.page.rules(id, "self");
  if (!/^(input|textarea|select)$/.test(entry.tag)) return;
  if (typeof attributes.type === "string") entry.type = attributes.type.toLowerCase();
  const names = ["name", "id", "autocomplete", "data-rr-is-password", "aria-label", "placeholder"];
  const secret =
    entry.type === "password" ||
    has("data-rr-is-password") ||
    SECRET_AUTOCOMPLETE.test(String(attributes.autocomplete ?? "")) ||
    names.some((name) => SECRET_NAME.test(String(attributes[name] ?? "")));
  if (secret) {
    table.secrets.add(id);
    table.page.keep(id);
  }
}

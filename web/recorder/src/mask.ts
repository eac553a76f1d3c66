import { attributes, masksText } from "./attributes";
import { css } from "./css";
import {
  CUSTOM,
  DOM_CONTENT_LOADED,
  FULL_SNAPSHOT,
  INCREMENTAL,
  LOAD,
  META,
  type Mutation,
  type Node,
  type RecorderEvent,
} from "./events";
import { flags } from "./flags";
import { inputValue } from "./input-value";
import { said } from "./said";
import { BLOCK, MASK, type Table, TYPED, UNKNOWN } from "./table";
import { text } from "./text";
import { tree } from "./tree";

type Data = Record<string, unknown>;

const METHODS = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;

/**
 * The choke point: everything the recorder saw passes through here before it leaves the page, and
 * only what is named here does. Pure: it reads the table, which `note` has brought up to date with
 * this event, and returns a new event, or null for one of which nothing may leave.
 */
export function mask(event: RecorderEvent, table: Table): RecorderEvent | null {
  const data = masked(event, table);
  return data && { type: event.type, timestamp: event.timestamp, data };
}

function masked({ type, data }: RecorderEvent, table: Table): Data | null {
  switch (type) {
    case DOM_CONTENT_LOADED:
    case LOAD:
      return {};
    case FULL_SNAPSHOT:
      return {
        node: tree(data.node as Node, table),
        initialOffset: numbers(data.initialOffset as Data, "top left"),
      };
    case META:
      return {
        href: table.page.typed(table.page.address(String(data.href))),
        ...numbers(data, "width height"),
      };
    case INCREMENTAL:
      return incremental(data, table);
    case CUSTOM:
      return remarked(data, table);
    default:
      // Plugins, assets, annotations: the page could put anything into them.
      return null;
  }
}

/** What the page logged and asked of the network, and what was taken along: the tags that there are, and no other members. */
function remarked({ tag, payload, body }: Data, table: Table): Data | null {
  const { level, text, href, method, kind } = payload as Record<string, string>;
  if (tag === "hm-console")
    return { tag, payload: { level, text: said(String(text), Number(body), table) } };
  const { type, data, digest } = payload as Record<string, string>;
  if (tag === "hm-canvas") {
    const { id } = payload as { id: number };
    const entry = table.entries.get(id);
    const isHidden = table.maskText || flags(entry) & (MASK | BLOCK | TYPED | UNKNOWN);
    return entry?.tag === "canvas" && !isHidden ? { tag, payload: { id, type, data } } : null;
  }
  // What is hidden by now, and told of as shown still, may be what it is of.
  if (tag === "hm-asset" && !table.isOld && table.page.isShown(String(href)))
    return { tag, payload: digest ? { href, type, digest } : { href, type, data } };
  const address = tag === "hm-network" && table.page.typed(table.page.address(String(href)));
  if (!address) return null;
  const figures = numbers(payload as Data, "status duration_ms bytes");
  const known = METHODS.test(String(method)) ? method : "OTHER";
  return { tag, payload: { method: known, href: address, ...figures, kind } };
}

function incremental(data: Data, table: Table): Data | null {
  const { source } = data;
  const id = Number(data.id);
  const all = flags(table.entries.get(id));
  const apart = (all & (UNKNOWN | BLOCK)) !== 0;
  switch (source) {
    case 0:
      return mutation(data as unknown as Mutation, table);
    case 1: // mouse move
    case 6: // touch move
    case 12: // drag
      return {
        source,
        positions: (data.positions as Data[]).map((at) => numbers(at, "x y id timeOffset")),
      };
    case 2: // mouse interaction
      return apart ? null : { source, ...numbers(data, "type id x y pointerType") };
    case 3: // scroll
      // How far a field is scrolled tells how long its text is.
      return apart || all & TYPED || table.entries.get(id)?.field
        ? null
        : { source, ...numbers(data, "id x y") };
    case 4: // viewport resize
      return { source, ...numbers(data, "width height") };
    case 5:
      return inputValue(data, table);
    case 7: // media
      return apart
        ? null
        : {
            source,
            ...numbers(data, "type id currentTime volume playbackRate"),
            ...booleans(data, "muted loop"),
          };
    case 8:
      return sheetRules(data, table);
    case 14: // selection
      return {
        source,
        ranges: (data.ranges as Data[])
          .filter((range) => selectable(range, table))
          .map((range) => numbers(range, "start startOffset end endOffset")),
      };
    case 15:
      return adopted(data, table);
    case 16: {
      const name = (data.define as { name?: string } | undefined)?.name ?? "";
      return /^[a-z][a-z0-9._-]{0,63}$/.test(name) ? { source, define: { name } } : null;
    }
  }
  return null;
}

function mutation(data: Mutation, table: Table): Data | null {
  const { entries } = table;
  const reachable = (id: number) => !(flags(entries.get(id)) & BLOCK);
  const texts = data.texts
    .filter(({ id }) => entries.has(id) && reachable(id))
    .map(({ id, value }) => ({
      id,
      value: value === null ? null : text(value, entries.get(id)?.parent ?? undefined, table),
    }));
  const changed = data.attributes.flatMap(({ id, attributes: from }) => {
    const entry = entries.get(id);
    if (!entry || !reachable(id)) return [];
    const kept = attributes(from, id, entry, flags(entry), table);
    return Object.keys(kept).length ? [{ id, attributes: kept }] : [];
  });
  const adds = data.adds
    .filter(({ parentId }) => reachable(parentId))
    .map(({ parentId, nextId, previousId, node }) => ({
      parentId,
      ...(previousId !== undefined && { previousId }),
      nextId,
      node: tree(node, table),
    }));
  const removes = data.removes.map(({ parentId, id, isShadow }) => ({
    parentId,
    id,
    ...(isShadow && { isShadow: true }),
  }));
  if (!texts.length && !changed.length && !adds.length && !removes.length) return null;
  return {
    source: 0,
    texts,
    attributes: changed,
    removes,
    adds,
    ...(data.isAttachIframe && { isAttachIframe: true }),
  };
}

function sheetRules(data: Data, table: Table): Data {
  const masked = masksSheet(data, table);
  const clean = (rule: unknown) =>
    css(String(rule), table.page, masked, table.page.sheet(Number(data.id)));
  const kept: Data = { source: 8, ...numbers(data, "id styleId") };
  if (data.removes) kept.removes = (data.removes as Data[]).map(index);
  if (data.adds)
    kept.adds = (data.adds as Data[]).map((add) => ({ rule: clean(add.rule), ...index(add) }));
  if (data.replace !== undefined) kept.replace = clean(data.replace);
  if (data.replaceSync !== undefined) kept.replaceSync = clean(data.replaceSync);
  return kept;
}

function adopted(data: Data, table: Table): Data {
  const kept: Data = { source: 15, ...numbers(data, "id"), styleIds: list(data.styleIds) };
  const masked = masksText(flags(table.entries.get(Number(data.id))), table);
  for (const id of list(data.styleIds))
    table.sheets.set(id, masked || table.sheets.get(id) === true);
  const styles = data.styles as { styleId: number; rules: Data[] }[] | undefined;
  if (styles) {
    kept.styles = styles.map(({ styleId, rules }) => ({
      styleId,
      rules: rules.map((rule) => ({
        rule: css(String(rule.rule), table.page, masked, "apart"),
        ...index(rule),
      })),
    }));
  }
  return kept;
}

/** Whether the texts of a sheet are masked: that of a style element, or one that was adopted. */
function masksSheet(data: Data, table: Table): boolean {
  const owner = Number(data.id);
  return owner > 0
    ? masksText(flags(table.entries.get(owner)), table)
    : (table.sheets.get(Number(data.styleId)) ?? true);
}

/** Offsets into what was typed would tell how long it is. */
function selectable(range: Data, table: Table): boolean {
  return [range.start, range.end].every((id) => {
    const entry = table.entries.get(Number(id));
    return (
      entry !== undefined && !entry.field && !(flags(entry) & (MASK | BLOCK | TYPED | UNKNOWN))
    );
  });
}

function numbers(from: Data, names: string): Data {
  const kept: Data = {};
  for (const name of names.split(" ")) if (typeof from[name] === "number") kept[name] = from[name];
  return kept;
}

function booleans(from: Data, names: string): Data {
  const kept: Data = {};
  for (const name of names.split(" ")) if (typeof from[name] === "boolean") kept[name] = from[name];
  return kept;
}

function index(from: Data): Data {
  if (Array.isArray(from.index)) return { index: list(from.index) };
  return typeof from.index === "number" ? { index: from.index } : {};
}

function list(from: unknown): number[] {
  return Array.isArray(from) ? from.filter((item): item is number => typeof item === "number") : [];
}

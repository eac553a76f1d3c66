import type { Attributes } from "./attributes";

/** Kinds of recorder events, as rrweb numbers them. */
export const DOM_CONTENT_LOADED = 0;
export const LOAD = 1;
export const FULL_SNAPSHOT = 2;
export const INCREMENTAL = 3;
export const META = 4;
export const CUSTOM = 5;

/** A node of the recorded page as rrweb writes it. */
export interface Node {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Attributes;
  childNodes?: Node[];
  textContent?: string;
  isStyle?: boolean;
  isSVG?: boolean;
  isCustom?: boolean;
  isShadow?: boolean;
  isShadowHost?: boolean;
  rootId?: number;
  compatMode?: string;
  name?: string;
  publicId?: string;
  systemId?: string;
}

export interface Mutation {
  source: 0;
  texts: { id: number; value: string | null }[];
  attributes: { id: number; attributes: Attributes }[];
  removes: { parentId: number; id: number; isShadow?: boolean }[];
  adds: { parentId: number; nextId: number | null; previousId?: number | null; node: Node }[];
  isAttachIframe?: boolean;
}

/** Any event of the recorder. Only `mask` decides which of its members leave the page. */
export interface RecorderEvent {
  type: number;
  timestamp: number;
  data: Record<string, unknown>;
}

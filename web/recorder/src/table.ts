/**
 * What the choke point knows of the recorded page: for each node id its parent, its tag and what
 * was decided about it, the attribute tokens of the page's style sheets, and the site's rules.
 * It is built from the stream itself (`note.ts`); `Page` answers what the stream cannot know.
 */

/** Under `data-hm-mask` or a mask rule: text keeps its shape, nothing else is kept. */
export const MASK = 1;
/** Under `data-hm-show`: plain values and text may be shown. */
export const SHOW = 2;
/** Under one of the owner's show rules: attributes that carry words may be shown too. */
export const OWNER = 4;
/** Under `data-hm-block` or a block rule: not recorded. */
export const BLOCK = 8;
/** Editable by typing: its text is a typed value. */
export const TYPED = 16;
/** The chain of parents does not reach the document: everything is masked. */
export const UNKNOWN = 32;

/** Nodes that are known before those of removed ones are looked for and forgotten. */
const ENTRIES_MAX = 20_000;

/** One node of the recorded page. */
export interface Entry {
  /** `#document` and `#text` for nodes that are no elements. */
  tag: string;
  parent: Entry | null;
  /** What was decided for this node itself; descendants inherit it. */
  own: number;
  /** Attribute `type` in lower case. */
  type: string;
  /** A field by its role: attributes of its own are never kept for the sheets' sake. */
  field: boolean;
  svg: boolean;
  custom: boolean;
  /** Removed from the page: what still hangs on it is unknown. */
  gone: boolean;
}

/** What only the live page knows of a node. */
export interface Page {
  /** Rules whose selectors match this element (or one it lies in), as a mix of MASK, OWNER, BLOCK. */
  rules(id: number, reach: "self" | "closest"): number;
  /** Whether the rules hold any selector, so that `rules` is worth asking again. */
  readonly selective: boolean;
  /** One of the rules cannot be read, and might have meant anything. */
  readonly unreadable: boolean;
  /** Autofilled, or seen as a password field or another secret one. */
  sensitive(id: number): boolean;
  /** Remembers that a field is a secret one, whatever it becomes and however often recording begins. */
  keep(id: number): void;
  /** Takes out what was typed into secret fields; the page may have copied it into a plain one. */
  secret(text: string): string;
  /** Where the style sheet of an element counts: for the page's own tree, or another one. */
  sheet(id: number): "page" | "apart";
  /** Own width and height of an image or video in CSS pixels, when it has one by now. */
  box(id: number): string;
  /** The address rule, for absolute and relative addresses. */
  address(url: string): string;
  /**
   * A picture or font that is shown may be taken along: what stands for it in the recording; empty
   * for one that may not. What a style sheet names is numbered among those of one plain address.
   * `rule` gives the selector of the rule that names it, empty where that is not plain.
   */
  asset(url: string, isOfSheet: boolean, rule: () => string): string;
  /**
   * Something is masked or left out from now on: whether pictures that style sheets name were told of
   * before. They are taken along no more until the sheets are told anew, because one of them may belong to it.
   */
  mark(): boolean;
  /** What stands for the picture that an image shows; empty where it has none that may be taken. */
  picture(id: number): string;
  /** Whether that stands for a picture or font which may be taken along. */
  isShown(href: string): boolean;
  /** Replaces what was typed on this page by a fixed mask. */
  typed(text: string): string;
}

export interface Table {
  readonly page: Page;
  /** All text is masked. */
  readonly maskText: boolean;
  readonly entries: Map<number, Entry>;
  /** Ids of fields that must never be shown, whatever they become later. */
  readonly secrets: Set<number>;
  /** Style sheets without an element, by their id: whether what adopted them masks their texts. */
  readonly sheets: Map<number, boolean>;
  /** Attribute name to the values that the page's style sheets name for it. */
  readonly tokens: Map<string, Set<string>>;
  /** Attribute names whose tokens grew since the last look. */
  readonly grown: Set<string>;
  /** Something is masked now that was told of before: a new picture is due. */
  isOld: boolean;
  /** Elements came or changed since it was looked whether what sheets name is about anything hidden. */
  isTouched: boolean;
  /** Entries that may pile up before those of removed nodes are swept out. */
  entriesMax: number;
}

/** An empty table. */
export function createTable(page: Page, maskText: boolean): Table {
  return {
    page,
    maskText,
    entries: new Map(),
    secrets: new Set(),
    sheets: new Map(),
    tokens: new Map(),
    grown: new Set(),
    isOld: false,
    isTouched: false,
    entriesMax: ENTRIES_MAX,
  };
}

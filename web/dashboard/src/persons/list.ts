// Lists of persons and accounts: what the address says of them, the question, the rows, and a file
// of them. Which columns there are stands here once; each knows whether the list can be ordered by it.
import type { Answer, Cell, PersonListQuestion, PersonOrder, Unit } from "@hitmetrix/wire";
import { csvOf } from "../csv.ts";
import type { Seen } from "../explore/seen.ts";
import { count, plural, shortId } from "../format.ts";
import { type Asking, ownValue, questionOf, withOwn } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";

export type ListedBy = "persons" | "accounts";

/** Rows of a page. */
export const ROWS = 50;
/** Rows that can be reached, and that a file has. */
export const MOST_ROWS = 10_000;
/** Properties that a list has as columns. */
const MOST_PROPERTIES = 20;
const PROPERTY = "property.";

export interface ListColumn {
  /** The column of the answer. */
  name: string;
  title: string;
  unit: Unit;
  /** What the list is ordered by when its head is pressed. */
  order?: PersonOrder;
  /** The dimension that a cell filters by. */
  filter?: "country" | "device" | "browser" | "system" | "channel" | "source";
  of: "both" | ListedBy;
}

export const COLUMNS: readonly ListColumn[] = [
  { name: "persons", title: "Persons", unit: "count", order: "persons", of: "accounts" },
  { name: "last_seen", title: "Last seen", unit: "time_ms", order: "last_seen", of: "both" },
  {
    name: "first_seen_in_period",
    title: "First in period",
    unit: "time_ms",
    order: "first_seen",
    of: "both",
  },
  { name: "first_seen", title: "First seen ever", unit: "time_ms", of: "persons" },
  { name: "sessions", title: "Sessions", unit: "count", order: "sessions", of: "both" },
  { name: "events", title: "Events", unit: "count", order: "events", of: "both" },
  { name: "pageviews", title: "Pages", unit: "count", order: "pageviews", of: "both" },
  { name: "errors", title: "Errors", unit: "count", order: "errors", of: "both" },
  { name: "engaged_time", title: "Engaged", unit: "ms", of: "both" },
  { name: "orders", title: "Orders", unit: "count", order: "orders", of: "both" },
  { name: "value", title: "Value of orders", unit: "ratio", order: "value", of: "both" },
  { name: "account", title: "Account", unit: "text", of: "persons" },
  { name: "country", title: "Country", unit: "text", filter: "country", of: "persons" },
  { name: "device", title: "Device", unit: "text", filter: "device", of: "persons" },
  { name: "browser", title: "Browser", unit: "text", filter: "browser", of: "persons" },
  { name: "system", title: "System", unit: "text", filter: "system", of: "persons" },
  { name: "channel", title: "Channel", unit: "text", filter: "channel", of: "persons" },
  { name: "source", title: "Source", unit: "text", filter: "source", of: "persons" },
  { name: "last_page", title: "Last page", unit: "text", of: "persons" },
  { name: "visitors", title: "Browsers", unit: "count", of: "persons" },
];

const USUAL: Record<ListedBy, readonly string[]> = {
  persons: [
    "last_seen",
    "sessions",
    "pageviews",
    "errors",
    "account",
    "country",
    "device",
    "source",
  ],
  accounts: ["persons", "last_seen", "sessions", "pageviews", "errors"],
};

/** What counts as an order, and its property with the value. */
export interface Worth {
  event: string;
  property: string;
}

export const USUAL_WORTH: Worth = { event: "purchase", property: "value" };

const ORDERS = ["purchase", "order", "order_completed", "checkout_completed", "sale", "payment"];
const VALUES = ["value", "revenue", "total", "amount", "price"];

/** What most likely is an order here, by what was really seen. */
export function guessedWorth({ events, properties }: Pick<Seen, "events" | "properties">): Worth {
  const event = ORDERS.find((name) => events.some(({ value }) => value === name));
  const numbers = properties.filter(({ numeric }) => numeric);
  const property = VALUES.find((name) => numbers.some((each) => each.name === name));
  return {
    event: event ?? USUAL_WORTH.event,
    property: property ?? USUAL_WORTH.property,
  };
}

export interface Listing {
  by: ListedBy;
  find: string;
  /** Names of columns, those of properties with `property.` before. */
  columns: readonly string[];
  order: PersonOrder;
  ascending: boolean;
  offset: number;
  worth: Worth;
}

/** The columns that can be chosen. */
export function columnsOf(by: ListedBy): readonly ListColumn[] {
  return COLUMNS.filter(({ of }) => of === "both" || of === by);
}

/** A column that is shown, a property too. */
export function shownColumn(name: string): ListColumn | null {
  if (name.startsWith(PROPERTY))
    return { name, title: factTitle(name.slice(PROPERTY.length)), unit: "text", of: "both" };
  return COLUMNS.find((column) => column.name === name) ?? null;
}

/** An account's name as a part of a path. With a point in it the server would take it for a file. */
export const inPath = (account: string): string =>
  encodeURIComponent(account).replaceAll(".", "%2E");

/** A property as people say it: without what tells it from the names of events. */
export function factTitle(name: string): string {
  return name.startsWith("traits.") ? name.slice("traits.".length) : name;
}

export const propertyColumn = (property: string): string => PROPERTY + property;

export function readListing(asking: Asking, by: ListedBy): Listing {
  const known = columnsOf(by).map(({ name }) => name);
  const chosen = ownValue(asking, "columns");
  const columns = (chosen ? chosen.split(",") : USUAL[by]).filter(
    (name) => known.includes(name) || name.startsWith(PROPERTY),
  );
  const rank = ownValue(asking, "rank");
  const ascending = rank.startsWith("-");
  const named = ascending ? rank.slice(1) : rank;
  const order = columnsOf(by).find((column) => column.order === named)?.order ?? "last_seen";
  const [event = "", property = ""] = ownValue(asking, "worth").split("!");
  const from = Number(ownValue(asking, "after"));
  return {
    by,
    find: ownValue(asking, "find"),
    columns: columns.length > 0 ? columns : USUAL[by],
    order,
    ascending,
    offset: Number.isInteger(from) && from > 0 && from < MOST_ROWS ? from : 0,
    worth: event && property ? { event, property } : USUAL_WORTH,
  };
}

/** The address with another list; it begins at its first row unless another one is said. */
export function withListing(asking: Asking, change: Partial<Listing>): Asking {
  let next = withOwn(asking, "after", change.offset ? String(change.offset) : "");
  if (change.find !== undefined) next = withOwn(next, "find", change.find.trim());
  if (change.columns) next = withOwn(next, "columns", change.columns.join(","));
  if (change.order) {
    const rank = `${change.ascending ? "-" : ""}${change.order}`;
    next = withOwn(next, "rank", rank === "last_seen" ? "" : rank);
  }
  if (change.worth) {
    const { event, property } = change.worth;
    const usual = event === USUAL_WORTH.event && property === USUAL_WORTH.property;
    next = withOwn(next, "worth", usual ? "" : `${event}!${property}`);
  }
  return next;
}

export function listQuestion(
  asking: Asking,
  listing: Listing,
  rows: { limit: number; offset: number } = { limit: ROWS, offset: listing.offset },
): PersonListQuestion {
  const properties = listing.columns
    .filter((name) => name.startsWith(PROPERTY))
    .map((name) => name.slice(PROPERTY.length))
    .slice(0, MOST_PROPERTIES);
  const ofOrders = ["orders", "value"];
  const values =
    ofOrders.includes(listing.order) || listing.columns.some((name) => ofOrders.includes(name));
  return {
    question: questionOf(asking, { kind: "sessions", limit: rows.limit, compare: "none" }),
    list: {
      by: listing.by,
      order: listing.order,
      ...(listing.ascending && { ascending: true }),
      ...(rows.offset > 0 && { offset: rows.offset }),
      ...(listing.find && { search: listing.find }),
      ...(properties.length > 0 && { properties }),
      ...(values && { value: listing.worth }),
    },
  };
}

export interface ListRow {
  /** The key of a person, the name of an account. */
  id: string;
  name: string;
  row: Cell[];
}

/** What a person is called: the site's own name, else what tells it from others. */
export function personName(user: string, person: string): string {
  return user || `Visitor ${shortId(person)}`;
}

export function listRows(answer: Answer, by: ListedBy): ListRow[] {
  const user = columnOf(answer, "user");
  return answer.rows.map((row) => {
    const id = textAt(row, 0);
    return { id, name: by === "accounts" ? id : personName(textAt(row, user), id), row };
  });
}

/** What the title of a list says. */
export function findingOf(answer: Answer, listing: Listing): { title: string; proof: string } {
  const total = answer.rows_total;
  const many =
    listing.by === "accounts"
      ? plural(total, "account", "accounts")
      : plural(total, "person", "persons");
  const title = listing.find
    ? total === 0
      ? `Nobody found for “${listing.find}”`
      : `${many} found for “${listing.find}”`
    : total === 0
      ? listing.by === "accounts"
        ? "No account in this period"
        : "Nobody in this period"
      : many;
  const errors = columnOf(answer, "errors");
  const hurt = answer.rows.filter((row) => (numberAt(row, errors) ?? 0) > 0).length;
  const shown = answer.rows.length;
  const proof =
    hurt > 0 ? `${count(hurt)} of the ${count(shown)} shown met an error in this period.` : "";
  return { title, proof };
}

const asTime = (ms: number | null): string => (ms === null ? "" : new Date(ms).toISOString());

/** The rows as a file, with the columns that are shown. */
export function listCsv(answer: Answer, listing: Listing): string {
  const shown = listing.columns.map(shownColumn).filter((column) => column !== null);
  const first = listing.by === "accounts" ? ["account"] : ["person", "user"];
  const places = first.map((name) => columnOf(answer, name));
  const head = [...first, ...shown.map(({ name }) => name)];
  const lines = answer.rows.map((row) => [
    ...places.map((place) => textAt(row, place)),
    ...shown.map(({ name, unit }) => {
      const place = columnOf(answer, name);
      if (unit === "time_ms") return asTime(numberAt(row, place));
      return unit === "text" ? textAt(row, place) : numberAt(row, place);
    }),
  ]);
  return csvOf([head, ...lines]);
}

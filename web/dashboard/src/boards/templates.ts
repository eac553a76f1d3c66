// Boards to begin with, made of what visitors really did: nobody types in a step that was seen. A
// template says what it will hold before it is made, and what it lacks.
import type { InsightDraft, Panel, PanelDisplay, PanelShows } from "@hitmetrix/wire";
import { questionFor } from "../explore/asked.ts";
import { buyingSteps, manyName } from "../explore/buying.ts";
import { type Explore, USUAL_LINE, usualExplore } from "../explore/explore.ts";
import { addressToSave } from "../explore/insight.ts";
import type { Seen } from "../explore/seen.ts";
import { ANY, eventSelection, type Selection, selectionName } from "../explore/selection.ts";
import { type Asking, USUAL } from "../question.ts";
import { isOwnEvent } from "../words.ts";
import { type Common, NOTHING_IN_COMMON } from "./inCommon.ts";

export type TemplateName = "blank" | "acquisition" | "checkout" | "content" | "product";

/** An insight that the template makes, with how it is shown. */
interface Part {
  name: string;
  explore: Explore;
  display: PanelDisplay;
}

type Shown = { part: Part } | { shows: PanelShows };

export interface Placed {
  what: Shown;
  width: number;
  height: number;
}

export interface Template {
  name: TemplateName;
  title: string;
  /** The questions that it answers. */
  about: string;
  common: Common;
  placed: Placed[];
  /** What it found, in words; empty where it needs nothing. */
  found: string;
  /** Why it cannot be made, in words; empty when it can. */
  lacks: string;
}

const WITH_PERIOD: Common = {
  ...NOTHING_IN_COMMON,
  period: { last: "30d" },
  compare: "previous",
};

const AMOUNT = /^(value|amount|total|revenue|price|sum|order_value)$/i;

// ---------- parts ----------

const line = (selection: Selection, aggregate: "persons" | "count" | "sum", property = "") => ({
  ...USUAL_LINE,
  ...selection,
  aggregate,
  property,
});

function trend(
  name: string,
  lines: Explore["trend"]["lines"],
  split: Explore["split"] = [],
  display: PanelDisplay = "chart",
): Part {
  const explore = usualExplore("trend");
  explore.trend.lines = lines;
  explore.split = split;
  return { name, explore, display };
}

function funnel(
  name: string,
  steps: readonly Selection[],
  split: Explore["split"] = [],
  display: PanelDisplay = "chart",
): Part {
  const explore = usualExplore("funnel");
  explore.funnel.steps = steps.map((each) => ({ ...each, optional: false }));
  explore.split = split;
  return { name, explore, display };
}

function distribution(
  name: string,
  dimension:
    | "page"
    | "entry_page"
    | "exit_page"
    | "source"
    | "campaign"
    | "country"
    | "event"
    | "device",
  events: Selection = ANY,
): Part {
  const explore = usualExplore("distribution");
  explore.distribution = { ...explore.distribution, fact: { dimension }, events };
  // A map has room for all of them.
  if (dimension === "country") explore.distribution = { ...explore.distribution, drawn: "map" };
  return { name, explore, display: "chart" };
}

function kind(name: string, which: "retention" | "stickiness" | "lifecycle" | "paths"): Part {
  return { name, explore: usualExplore(which), display: "chart" };
}

const number = (
  measure:
    | "persons"
    | "sessions"
    | "pageviews"
    | "bounce_rate"
    | "engaged_time"
    | "pages_per_session",
  width = 3,
): Placed => ({
  what: { shows: { measure } },
  width,
  height: 4,
});
const wide = (part: Part, height = 10): Placed => ({ what: { part }, width: 12, height });
const half = (part: Part, height = 10): Placed => ({ what: { part }, width: 6, height });
const small = (part: Part): Placed => ({
  what: { part: { ...part, display: "number" } },
  width: 3,
  height: 4,
});

// ---------- templates ----------

function acquisition(): Template {
  return {
    name: "acquisition",
    title: "Acquisition",
    about: "Where do visitors come from, on which page do they begin, and do they stay?",
    common: WITH_PERIOD,
    found: "",
    lacks: "",
    placed: [
      number("persons"),
      number("sessions"),
      number("bounce_rate"),
      number("engaged_time"),
      wide(trend("Persons by channel", [line(ANY, "persons")], [{ dimension: "channel" }])),
      half(distribution("Pageviews by source", "source", eventSelection("pageview"))),
      half(distribution("Pageviews by campaign", "campaign", eventSelection("pageview"))),
      half(distribution("Pageviews by entry page", "entry_page", eventSelection("pageview"))),
      half(distribution("Pageviews by country", "country", eventSelection("pageview"))),
    ],
  };
}

function checkout(seen: Seen): Template {
  const steps = buyingSteps(seen);
  const last = steps.at(-1);
  const amount = seen.properties.find(({ name, numeric }) => numeric && AMOUNT.test(name));
  const lacks =
    steps.length >= 2
      ? ""
      : "Nothing was seen in the last 90 days that looks like buying: no pages of products, no cart, no checkout, no order. Build the funnel in Explore and save it.";
  const placed: Placed[] = [];
  if (!lacks && last) {
    const many = manyName(last);
    placed.push(
      small(funnel("Checkout conversion", steps)),
      small(trend(many, [line(last, "count")])),
      ...(amount && last.events.length > 0 && last.where.length === 0
        ? [small(trend(`Value of ${many.toLowerCase()}`, [line(last, "sum", amount.name)]))]
        : []),
      number("sessions"),
      wide(funnel("Checkout", steps), 11),
      wide(funnel("Checkout by device", steps, [{ dimension: "device" }]), 11),
      half(trend(`${many} by channel`, [line(last, "count")], [{ dimension: "channel" }])),
      half(funnel("Checkout by browser", steps, [{ dimension: "browser" }], "table")),
    );
  }
  return {
    name: "checkout",
    title: "Checkout",
    about: "How many who look buy, where are they lost, and is it the device or the browser?",
    common: WITH_PERIOD,
    found: steps.map(selectionName).join(" → "),
    lacks,
    placed,
  };
}

function content(): Template {
  const seenPages = eventSelection("pageview");
  return {
    name: "content",
    title: "Content",
    about: "What is read, for how long, and what is read next?",
    common: WITH_PERIOD,
    found: "",
    lacks: "",
    placed: [
      number("pageviews"),
      number("persons"),
      number("pages_per_session"),
      number("engaged_time"),
      wide(trend("Pageviews", [line(seenPages, "count")])),
      half(distribution("Most viewed pages", "page", seenPages)),
      half(distribution("Pageviews by exit page", "exit_page", seenPages)),
      wide(kind("Ways through the site", "paths"), 14),
    ],
  };
}

const TOP_EVENTS = 3;

function product(seen: Seen): Template {
  const own = seen.events.filter(({ value }) => isOwnEvent(value)).slice(0, TOP_EVENTS);
  return {
    name: "product",
    title: "Product",
    about: "Who uses it, how often, what for, and who comes back?",
    common: WITH_PERIOD,
    found: own.map(({ value }) => value).join(", "),
    lacks: "",
    placed: [
      number("persons", 4),
      number("sessions", 4),
      number("engaged_time", 4),
      half(trend("Active persons", [line(ANY, "persons")])),
      half(kind("New, staying, gone", "lifecycle")),
      ...(own.length > 0
        ? [
            wide(
              trend(
                "Who did what",
                own.map(({ value }) => line(eventSelection(value), "persons")),
              ),
            ),
          ]
        : []),
      half(kind("How often they come", "stickiness")),
      half(kind("Who comes back", "retention")),
    ],
  };
}

export function templates(seen: Seen): Template[] {
  const blank: Template = {
    name: "blank",
    title: "Empty",
    about: "Put on it what you saved.",
    common: NOTHING_IN_COMMON,
    found: "",
    lacks: "",
    placed: [],
  };
  return [blank, acquisition(), checkout(seen), content(), product(seen)];
}

// ---------- making one ----------

const ASKING: Asking = USUAL;

/** What is to be saved of a part. */
export function draftOf({ name, explore }: Part): InsightDraft {
  return {
    name,
    description: "",
    address: addressToSave({ explore, asking: ASKING }),
    question: questionFor(explore, ASKING),
  };
}

/** The insights that a template needs, each once. */
export function draftsOf(template: Template): InsightDraft[] {
  return template.placed.flatMap(({ what }) => ("part" in what ? [draftOf(what.part)] : []));
}

/** An insight as it was saved for a part; under another name where its own was taken. */
export interface SavedPart {
  id: string;
  name: string;
}

/** The panels, from left to right; what was saved is found by the names of the parts. */
export function panelsOf(template: Template, saved: ReadonlyMap<string, SavedPart>): Panel[] {
  const panels: Panel[] = [];
  let [x, y, row] = [0, 0, 0];
  template.placed.forEach(({ what, width, height }, index) => {
    if (x + width > 12) {
      y += row;
      [x, row] = [0, 0];
    }
    const found = "part" in what ? saved.get(what.part.name) : undefined;
    if ("part" in what && !found) return;
    const shows: PanelShows =
      "shows" in what ? what.shows : { insight: found?.id ?? "", display: what.part.display };
    // On the board a part keeps its name, whatever else has it already.
    const title = "part" in what && found?.name !== what.part.name ? what.part.name : "";
    panels.push({
      id: `p${index + 1}`,
      ...(title ? { title } : {}),
      place: { x, y, width, height },
      shows,
    });
    x += width;
    row = Math.max(row, height);
  });
  return panels;
}

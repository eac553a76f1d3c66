// One sentence of each kind, with everything that it can have; for the tests.
import { type Explore, usualExplore } from "./explore.ts";
import { ANY, eventSelection, pageSelection, type Selection } from "./selection.ts";

export const product: Selection = {
  ...pageSelection("/product/", "starts"),
  label: "Saw a product",
};
export const dear: Selection = {
  events: ["order"],
  where: [{ fact: { property: "amount", of: "event" }, operator: "greater", values: ["50"] }],
  label: "",
};
export const step = (selection: Selection, optional = false) => ({ ...selection, optional });

export const funnel: Explore = {
  ...usualExplore("funnel"),
  split: [{ dimension: "browser" }],
  funnel: {
    steps: [step(product), step(eventSelection("add_to_cart"), true), step(dear)],
    order: "strict",
    window: "1d",
    by: "sessions",
    without: [{ ...eventSelection("voucher_refused"), after: 2, before: 3 }],
    view: "first",
    credit: "last",
  },
  who: { of: "whole", cell: { column: "dropped", row: { step: 2, browser: "Safari", x: null } } },
};

export const examples: Explore[] = [
  usualExplore(),
  funnel,
  {
    ...usualExplore("trend"),
    split: [{ dimension: "device" }, { property: "plan", of: "person" }],
    trend: {
      lines: [
        { ...dear, aggregate: "sum", property: "amount", first: false },
        { ...ANY, aggregate: "persons", property: "", first: true },
      ],
      formulas: ["A / B", "(A - B) * 100"],
      shape: 7,
    },
  },
  {
    ...usualExplore("retention"),
    retention: {
      start: eventSelection("signup"),
      back: dear,
      mode: "recurring",
      on: "on_or_after",
    },
  },
  {
    ...usualExplore("paths"),
    paths: {
      steps: "pages",
      anchor: "through",
      at: "/product/*",
      depth: 7,
      groups: ["/product/*"],
      hide: ["/help"],
      once: true,
      rows: "sequences",
    },
  },
  { ...usualExplore("lifecycle"), active: eventSelection("order") },
  { ...usualExplore("stickiness"), active: product },
  {
    ...usualExplore("distribution"),
    distribution: {
      fact: { property: "size", of: "account" },
      events: dear,
      classes: 50,
      drawn: "map",
    },
  },
  {
    ...usualExplore("correlation"),
    correlation: {
      start: product,
      goal: eventSelection("order"),
      facts: [{ dimension: "channel" }, { property: "plan", of: "event" }],
      cases: 5,
    },
  },
];

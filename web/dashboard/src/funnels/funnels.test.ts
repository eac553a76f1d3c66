import type { Answer, Insight } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { NOTHING_SEEN } from "../explore/seen.ts";
import { eventSelection, pageSelection } from "../explore/selection.ts";
import { readAsking, USUAL } from "../question.ts";
import {
  askedOf,
  draftTo,
  hasMoved,
  leading,
  sentenceInAddress,
  standOf,
  standProof,
  standTitle,
  stepWords,
} from "./funnels.ts";

const SAVED = {
  address:
    "kind=funnel&step=pageview~page!is!/cart&step=order~as!Paid&split=browser&last=7d&country=DE",
} as Insight;
const sentence = sentenceInAddress(SAVED);

function answer(...steps: [label: string, persons: number, dropped: number][]): Answer {
  const columns = ["step", "label", "persons", "share", "share_of_previous", "dropped"];
  return {
    columns: columns.map((name) => ({ name, unit: "count" })),
    rows: steps.map(([label, persons, dropped], at) => [at + 1, label, persons, 0, 0, dropped]),
  } as unknown as Answer;
}

describe("a saved funnel", () => {
  test("is what its address says, with the names of its steps", () => {
    expect(sentence && stepWords(sentence.explore.funnel.steps)).toBe("/cart → Paid");
    expect(sentenceInAddress({ address: "series=order" })).toBeNull();
    expect(sentenceInAddress({ address: "" })).toBeNull();
  });

  test("is asked under the period and filters of the screen, and its own", () => {
    const screen = readAsking(new URLSearchParams("last=90d&device=phone&compare=none"));
    const asked = sentence && askedOf(sentence, screen);
    expect(asked?.period).toEqual({ last: "90d" });
    expect(asked?.filters.map(({ dimension }) => dimension)).toEqual(["country", "device"]);
    expect(asked?.compare).toBe("none");
  });
});

describe("what is said of it", () => {
  const explore = sentence?.explore;
  if (!explore) throw new Error("it is a funnel");
  const now = standOf(answer(["/cart", 1000, 0], ["Paid", 300, 700]), explore);
  const before = standOf(answer(["/cart", 1000, 0], ["Paid", 500, 500]), explore);

  test("how many get through, and where most are lost", () => {
    expect(standTitle("Buying", now, null)).toBe("30.0\u202f% get through “Buying”");
    expect(standProof(now)).toBe(
      "300 of 1,000 persons. Most are lost before “Paid”: 700 of 1,000.",
    );
  });

  test("a change only where counting alone does not explain it", () => {
    expect(hasMoved(now, before)).toBe(-1);
    expect(standTitle("Buying", now, before)).toBe("“Buying” fell from 50.0\u202f% to 30.0\u202f%");
    const little = standOf(answer(["/cart", 1000, 0], ["Paid", 310, 690]), explore);
    expect(hasMoved(now, little)).toBe(0);
    const nobody = standOf(answer(["/cart", 0, 0], ["Paid", 0, 0]), explore);
    expect(hasMoved(now, nobody)).toBe(0);
    expect(standTitle("Buying", nobody, null)).toBe("Nobody began “Buying” in this period");
  });

  test("the list is about what moved most, else about what most begin", () => {
    const large = standOf(answer(["/", 5000, 0], ["/cart", 900, 4100]), explore);
    const [still, busy, fell] = [
      { now, before: now },
      { now: large, before: large },
      { now, before },
    ];
    expect(leading([still, busy, fell])).toBe(fell);
    expect(leading([still, busy])).toBe(busy);
    expect(leading([])).toBeNull();
  });
});

describe("a new one", () => {
  const seen = {
    ...NOTHING_SEEN,
    events: [
      { value: "add_to_cart", count: 40 },
      { value: "order", count: 9 },
    ],
    pages: [
      { value: "/cart", count: 30 },
      { value: "/checkout", count: 20 },
    ],
  };
  const asking = readAsking(new URLSearchParams("last=90d&country=DE"));
  const draft = draftTo(eventSelection("order"), { seen, asking, taken: new Set() });

  test("goes to what was picked by what was seen before it", () => {
    expect(draft.question.funnel?.steps.map(({ label }) => label)).toEqual([
      "/cart",
      "/checkout",
      "order",
    ]);
    expect(draft.name).toBe("/cart to order");
  });

  test("has no filters of its own, and a name that no other has", () => {
    expect(draft.question.filters).toEqual([]);
    expect(draft.question.period).toEqual({ last: "90d" });
    const taken = new Set([draft.name]);
    expect(draftTo(eventSelection("order"), { seen, asking, taken }).name).toBe("/cart to order 2");
    const page = draftTo(pageSelection("/help"), { seen, asking: USUAL, taken });
    expect(page.question.funnel?.steps).toHaveLength(2);
  });
});

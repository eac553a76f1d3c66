import type { Answer, SavedGoal } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { amongCondition, amongName, amongOf, goalOf } from "../among.ts";
import { eventSelection, pageSelection } from "../explore/selection.ts";
import { money } from "../format.ts";
import { USUAL } from "../question.ts";
import {
  bestOf,
  type Counts,
  draftOf,
  draftOfSelection,
  draftOfVisit,
  freeName,
  goalsQuestion,
  goalWords,
  leading,
  moved,
  OTHER,
  peopleWhoMissed,
  percent,
  spanBefore,
  spanQuestion,
  standProof,
  standTitle,
  timesOf,
  valueWords,
  visitCondition,
  visitOf,
  whole,
} from "./goals.ts";

const GOAL: SavedGoal = {
  id: "1f",
  name: "Order",
  event: { events: ["order"] },
  filters: [],
  value_property: "value",
  currency: "EUR",
  on_overview: true,
  created_at_ms: 1,
  changed_at_ms: 1,
};

function counts(sessions: number, reached: number): Counts {
  return { sessions, reached, persons: reached, rate: reached / sessions, value: null };
}

describe("questions", () => {
  test("a goal goes by its id, with what it is worth", () => {
    const { goals, kind } = goalsQuestion(USUAL, [GOAL]);
    expect(kind).toBe("goals");
    expect(goals?.goals).toEqual([
      { label: "1f", event: { events: ["order"] }, value_property: "value", currency: "EUR" },
    ]);
  });

  test("who missed it are the sessions for which its opposite holds", () => {
    const { question, cell } = peopleWhoMissed({ ...USUAL, segment: "ab" }, GOAL);
    expect(question.filters).toEqual([{ segment: "ab" }, { not: { goal: "1f" } }]);
    expect(cell).toEqual({ column: "sessions", row: { goal: "1f" } });
  });

  test("the time before is the one that the server compares with", () => {
    expect(spanQuestion(USUAL)).toMatchObject({ kind: "totals", compare: "previous" });
    const answer = (previous?: { from_ms: number; to_ms: number }) => ({ previous }) as Answer;
    expect(spanBefore(answer({ from_ms: 5, to_ms: 9 }))).toEqual({ from_ms: 5, to_ms: 9 });
    expect(spanBefore(answer({ from_ms: 5, to_ms: 5 }))).toBeNull();
    expect(spanBefore(answer())).toBeNull();
  });

  test("saving it as it is changes nothing", () => {
    expect(draftOf(GOAL)).toEqual({
      name: "Order",
      on_overview: true,
      event: { events: ["order"] },
      value_property: "value",
      currency: "EUR",
    });
  });
});

describe("among whom", () => {
  test("a segment, a goal and its opposite are told apart and come back", () => {
    for (const among of ["ab12", "goal:1f", "missed:1f"])
      expect(amongOf(amongCondition(among))).toBe(among);
    expect(amongCondition("missed:1f")).toEqual({ not: { goal: "1f" } });
    expect(goalOf("ab12")).toBeNull();
    expect(amongOf({ not: { segment: "ab12" } })).toBeNull();
  });

  test("it has the goal's name", () => {
    const saved = { segments: [], goals: [GOAL] };
    expect(amongName("missed:1f", saved)).toBe("Missed “Order”");
    expect(amongName("goal:2f", saved)).toBe("Unknown goal");
    expect(amongName(null, saved)).toBe("All visitors");
  });
});

describe("drafts", () => {
  test("of a page, a folder, an event and a visit", () => {
    const none = new Set<string>();
    expect(draftOfSelection(pageSelection("/thanks"), none)).toEqual({
      name: "/thanks",
      event: {
        events: ["pageview"],
        filters: [{ dimension: "page", operator: "is", values: ["/thanks"] }],
      },
    });
    expect(draftOfSelection(eventSelection("sign_up"), none).name).toBe("Sign up");
    expect(draftOfVisit({ number: "duration_ms", more: 3 }, none)).toEqual({
      name: "Stayed more than 3 minutes",
      filters: [{ session: "duration_ms", operator: "greater", values: ["180000"] }],
    });
  });

  test("a name that is taken gets a number", () => {
    expect(freeName("Order", new Set(["Order", "Order 2"]))).toBe("Order 3");
    expect(freeName("x".repeat(120), new Set())).toHaveLength(100);
  });

  test("a condition on the visit can be read again", () => {
    for (const number of ["duration_ms", "engaged_ms", "pageviews"] as const)
      expect(visitOf(visitCondition({ number, more: 5 }))).toEqual({ number, more: 5 });
    expect(visitOf({ session: "errors", operator: "greater", values: ["5"] })).toBeNull();
  });
});

describe("words", () => {
  test("what reaches it", () => {
    const { event } = draftOfSelection(pageSelection("/shop/", "starts"), new Set());
    const under = { ...GOAL, event: event ?? null } as SavedGoal;
    expect(goalWords(under, new Map())).toBe("saw a page under /shop/");
    const filters = [{ session: "pageviews", operator: "greater", values: ["1"] } as const];
    const visit = { ...GOAL, event: null, filters, sessions: 3 } as unknown as SavedGoal;
    expect(goalWords(visit, new Map())).toBe("saw more than 1 page, for the 3. time");
  });

  test("small rates have more digits, amounts their currency", () => {
    expect([0, 0.004, 0.032, 0.5, null].map(percent)).toEqual([
      "0.0\u202f%",
      "0.40\u202f%",
      "3.2\u202f%",
      "50.0\u202f%",
      "–",
    ]);
    expect(money(12.5, "EUR")).toBe("12.50\u202fEUR");
    expect(money(1234.5, null)).toBe("1,235");
    // As many digits as the currency has.
    expect(money(12.5, "JPY")).toBe("13\u202fJPY");
    expect(money(12.5, "KWD")).toBe("12.500\u202fKWD");
    expect(money(null, "EUR")).toBe("–");
  });

  test("a sum has a currency only where no other one is among it", () => {
    expect(valueWords(GOAL, "CHF")).toBe("worth its value, in EUR");
    // Asked without a currency: 10 USD and 10 EUR are 20 of nothing.
    const { currency: _, ...any } = GOAL;
    expect(goalsQuestion(USUAL, [any]).goals?.goals[0]).not.toHaveProperty("currency");
    expect(valueWords(any, "CHF")).toBe("worth its value");
    const now = { sessions: 4, reached: 2, persons: 2, rate: 0.5, value: 20 };
    const proof = standProof({ goal: any, now, before: null }, "CHF");
    expect(proof).toBe("2 of 4 sessions, 2 persons, worth 20.");
  });

  test("a fixed value without a currency is in that of the site", () => {
    const { currency: _, value_property: __, ...rest } = GOAL;
    const fixed = { ...rest, value_thousandths: 12_500 };
    expect(valueWords(fixed, "CHF")).toBe("worth 12.50\u202fCHF");
    expect(valueWords(fixed)).toBe("worth 12.50");
  });

  test("only what is more than chance is said to have moved", () => {
    expect(moved(counts(1000, 30), counts(1000, 36))).toBe(0);
    expect(moved(counts(1000, 30), counts(1000, 80))).toBe(-1);
    expect(moved(counts(1000, 80), counts(1000, 30))).toBe(1);
    expect(moved(counts(20, 20), counts(20, 0))).toBe(0);
    const fell = { goal: GOAL, now: counts(1000, 30), before: counts(1000, 80) };
    expect(standTitle(fell)).toBe("“Order” fell from 8.0\u202f% to 3.0\u202f% of sessions");
    const steady = { goal: { ...GOAL, id: "2" }, now: counts(1000, 500), before: null };
    expect(leading([steady, fell])).toBe(fell);
    expect(standTitle(steady)).toBe("50.0\u202f% of sessions reach “Order”");
  });
});

test("one goal of several over time, without the day that is not over", () => {
  const row = (time: number, goal: string, reached: number) => [
    time,
    goal,
    4,
    reached,
    reached,
    reached / 4,
    null,
    null,
  ];
  const answer = {
    columns: [
      { name: "time", unit: "time_ms" },
      { name: "goal", unit: "text" },
      ...["sessions", "reached", "persons"].map((name) => ({ name, unit: "count" })),
      { name: "conversion_rate", unit: "share" },
      { name: "value", unit: "ratio" },
      { name: "value_per_session", unit: "ratio" },
    ],
    rows: [0, 10, 20].flatMap((time) => [row(time, "1f", time / 10), row(time, "2f", 4)]),
  } as unknown as Answer;
  const times = timesOf(answer, "1f");
  expect(times.times).toEqual([0, 10, 20]);
  expect(times.counts.map(({ rate }) => rate)).toEqual([0, 0.25, 0.5]);
  expect(whole(times, 30, 25).map(({ reached }) => reached)).toEqual([0, 1]);
  expect(whole(times, 30, 40)).toHaveLength(3);
});

describe("which row brings a goal", () => {
  const row = (name: string, sessions: number, reached: number) => ({
    name,
    ...counts(sessions, reached),
  });
  const direct = row("direct", 1000, 60);
  const letter = row("newsletter", 200, 20);

  test("names the most, the most for its sessions, and where none came of many", () => {
    const rows = [
      direct,
      letter,
      row("facebook", 160, 0),
      row("rare", 20, 0),
      row("few", 5, 5),
      row("chance", 40, 4),
    ];
    const best = bestOf(rows);
    expect(best?.most.name).toBe("direct");
    expect(best?.keenest?.name).toBe("newsletter");
    expect(best?.none.map(({ name }) => name)).toEqual(["facebook"]);
  });

  test("does not say the same row twice, and nothing of all others", () => {
    expect(bestOf([direct, row("x", 500, 1), row(OTHER, 900, 500)])).toMatchObject({
      most: direct,
      keenest: null,
    });
  });

  test("says nothing where there is nothing to compare", () => {
    expect(bestOf([direct])).toBeNull();
    expect(bestOf([row("a", 100, 0), row("b", 100, 0)])).toBeNull();
  });
});

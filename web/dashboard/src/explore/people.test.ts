import type { Answer, SessionDetail } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { personsOf, secondOf, summaryOf } from "../people.ts";
import { type Explore, usualExplore, type Who } from "./explore.ts";
import { eventSelection } from "./selection.ts";
import type { FunnelShape } from "./shapes.ts";
import { apartFrom, otherSide, whoWords } from "./whoWords.ts";
import { apartAt, casesFor, stepsThatLose } from "./whyDrop.ts";

const step = (event: string, optional = false) => ({ ...eventSelection(event), optional });
const usual = usualExplore("funnel");
const funnel = (order: Explore["funnel"]["order"] = "ordered"): Explore => ({
  ...usual,
  funnel: { ...usual.funnel, order, steps: [step("a"), step("b", true), step("c")] },
});
const at = (column: string, number: number): Who => ({
  of: "main",
  cell: { column, row: { step: number } },
});
const titleOf = (explore: Explore, who: Who): string => whoWords(explore, who, "day", "UTC").title;

test("persons stand where their latest session does, with all of their sessions", () => {
  const answer = {
    columns: ["person", "session", "at", "user"].map((name) => ({ name })),
    rows: [
      ["p1", "s3", 30, "ada-17"],
      ["p2", "s2", 20, ""],
      ["p1", "s1", 10, "ada-17"],
    ],
  };
  expect(personsOf(answer as unknown as Answer)).toEqual([
    {
      person: "p1",
      user: "ada-17",
      sessions: [
        { session: "s3", at_ms: 30 },
        { session: "s1", at_ms: 10 },
      ],
    },
    { person: "p2", user: "", sessions: [{ session: "s2", at_ms: 20 }] },
  ]);
});

describe("a session in the list", () => {
  const event = (name: string, path: string) => ({ name, page: { path } });
  const detail = {
    events: [event("pageview", "/"), event("error", "/"), event("pageview", "/cart")],
    recording: { started_ms: 10_000 },
  } as unknown as SessionDetail;

  test("says its way and what stood out", () => {
    expect(summaryOf(detail)).toMatchObject({ entry: "/", exit: "/cart", pageviews: 2, errors: 1 });
  });

  test("opens its recording a little before what counted, never before its start", () => {
    expect(secondOf(detail, 25_900)).toBe(10);
    expect(secondOf(detail, 11_000)).toBe(0);
    expect(secondOf({ ...detail, recording: null }, 25_900)).toBeNull();
  });
});

test("of a retention one cohort is named, or all are meant", () => {
  const explore = usualExplore("retention");
  const note = (row: Who["cell"]["row"]) =>
    whoWords(explore, { of: "main", cell: { column: "interval_2", row } }, "day", "UTC").note;
  expect(note({ cohort: Date.UTC(2026, 2, 2) })).toMatch(/^began .*2 Mar/);
  expect(note({})).toBe("all cohorts");
});

describe("the two sides of a step", () => {
  test("have words of their own, and the first step has one side only", () => {
    expect(titleOf(funnel(), at("dropped", 3))).toBe("left after “a”");
    expect(titleOf(funnel(), at("persons", 3))).toBe("went on to “c”");
    expect(titleOf(funnel(), at("persons", 1))).toBe("began with “a”");
    expect(otherSide(funnel(), at("persons", 1))).toBeNull();
    expect(otherSide(funnel(), at("persons", 3))?.left).toEqual(at("dropped", 3));
  });

  test("nobody leaves at a step that may be left out", () => {
    expect(otherSide(funnel(), at("persons", 2))).toBeNull();
  });

  test("in any order rows are numbers of steps, and none tells them apart", () => {
    expect(titleOf(funnel("any"), at("dropped", 3))).toBe("did 2 of the 3 steps");
    expect(titleOf(funnel("any"), at("persons", 2))).toBe("did 2 of the 3 steps or more");
    expect(apartFrom(funnel("any"), at("dropped", 3))).toBeNull();
    const apart = apartFrom(funnel(), at("dropped", 3))?.correlation;
    expect([apart?.start.events, apart?.goal?.events]).toEqual([["a"], ["c"]]);
  });
});

test("why they leave is asked of each step that loses somebody and cannot be left out", () => {
  const numbers = (count: number, dropped: number) => ({ count, dropped });
  const shape = {
    all: { steps: [numbers(1000, 0), numbers(300, 700), numbers(200, 800)] },
  } as unknown as FunnelShape;
  expect(stepsThatLose(funnel(), shape)).toEqual([2]);
  expect(stepsThatLose(funnel("any"), shape)).toEqual([]);
  expect(apartAt(funnel(), 2, 12)?.correlation.cases).toBe(12);
  // The optional step between is none to come from.
  expect(casesFor(shape, funnel(), 2)).toBe(30);
  const few = { all: { steps: [numbers(100, 0), numbers(9, 91)] } } as unknown as FunnelShape;
  expect(casesFor(few, funnel(), 1)).toBe(5);
});

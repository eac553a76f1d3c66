import { describe, expect, test } from "vitest";
import {
  hashOf,
  readOnly,
  readSignals,
  readSort,
  signalCondition,
  whyOf,
  withOnly,
  withSignals,
  withSort,
} from "./frustration.ts";
import { ownOf, readAsking, searchOf, USUAL } from "./question.ts";
import type { SessionRow } from "./sessions.ts";

const NOTHING = { name: "", count: 0, at_ms: null, page: "", alike: false };
const ROW: SessionRow = {
  person: "p",
  session: "a",
  started_ms: 1_000,
  duration_ms: 0,
  pageviews: 2,
  errors: 0,
  rage: 0,
  bounced: false,
  entry: "/a",
  exit: "/b",
  channel: "",
  source: "",
  country: "",
  browser: "",
  system: "",
  device: "",
  watch: "yes",
  seen: false,
  tags: [],
  notes: 0,
  stands_for: null,
  recorded_ms: 2_000,
  lacks: "",
  signal: NOTHING,
  matched: NOTHING,
  signals: {
    rage_click: 0,
    error_click: 0,
    error: 0,
    dead_click: 0,
    thrash: 0,
    u_turn: 0,
    slow_page: 0,
  },
};

describe("the address", () => {
  test("has signals and order, and reads back", () => {
    const asking = withSort(withSignals(USUAL, ["slow_page", "rage_click"]), "worth_watching");
    const search = searchOf(asking);
    expect(search).toBe("?signal=rage_click&signal=slow_page&sort=worth_watching");
    const again = readAsking(new URLSearchParams(search));
    expect(readSignals(again)).toEqual(["rage_click", "slow_page"]);
    expect(readSort(again)).toBe("worth_watching");
    for (const sort of ["longest", "most_errors"] as const)
      expect(readSort(readAsking(new URLSearchParams(`sort=${sort}`)))).toBe(sort);
    expect(readSort(readAsking(new URLSearchParams("sort=shortest")))).toBe("newest");
    expect(searchOf(withSort(withSignals(again, []), "newest"))).toBe("");
    const few = withOnly(withSort(USUAL, "representative"), "unseen");
    expect(searchOf(few)).toBe("?sort=representative&only=unseen");
    expect(readSort(few)).toBe("representative");
    expect(readOnly(readAsking(new URLSearchParams(searchOf(few))))).toBe("unseen");
    expect(searchOf(withOnly(withSort(few, "newest"), "all"))).toBe("");
  });

  test("asks for few that stand for all among those that can be watched, unless somebody wants all", () => {
    const few = withSort(USUAL, "representative");
    expect(readOnly(few)).toBe("recorded");
    expect(searchOf(withOnly(few, "recorded"))).toBe("?sort=representative");
    const all = withOnly(few, "all");
    expect(searchOf(all)).toBe("?sort=representative&only=all");
    expect(readOnly(readAsking(new URLSearchParams(searchOf(all))))).toBe("all");
    expect(searchOf(withSort(all, "newest"))).toBe("");
    expect(readOnly(withSort(few, "newest"))).toBe("all");
  });

  test("has a collection in its own order until somebody wants another", () => {
    const asking = readAsking(new URLSearchParams("collection=c1"));
    expect(readSort(asking)).toBe("collected");
    const newest = withSort(asking, "newest");
    expect(searchOf(newest)).toBe("?collection=c1&sort=newest");
    expect(readSort(newest)).toBe("newest");
    expect(searchOf(withSort(newest, "collected"))).toBe("?collection=c1");
  });

  test("knows no signal that there is not", () => {
    const asking = readAsking(new URLSearchParams("signal=x&signal=u_turn&sort=x&only=x"));
    expect(readSignals(asking)).toEqual(["u_turn"]);
    expect(readSort(asking)).toBe("newest");
    expect(readOnly(asking)).toBe("all");
  });

  test("what one screen asks does not go to another", () => {
    const { own } = readAsking(new URLSearchParams("signal=u_turn&kind=funnel"));
    expect(ownOf("sessions", own)).toEqual([["signal", "u_turn"]]);
    expect(ownOf("explore", own)).toEqual([["kind", "funnel"]]);
    expect(ownOf("overview", own)).toEqual([]);
  });
});

describe("conditions", () => {
  test("events are one filter, so that a page holds for them; numbers stand beside it", () => {
    const events = { dimension: "event", operator: "is", values: ["rage_click", "error"] };
    const turns = { session: "u_turns", operator: "greater", values: ["0"] };
    expect(signalCondition([])).toBeNull();
    expect(signalCondition(["rage_click", "error"])).toEqual(events);
    expect(signalCondition(["u_turn"])).toEqual(turns);
    expect(signalCondition(["rage_click", "error", "u_turn"])).toEqual({ any: [events, turns] });
  });
});

describe("why a session is there", () => {
  const rage = { name: "rage_click", count: 3, at_ms: 60_000, page: "/checkout", alike: true };

  test("is what it was looked for by", () => {
    const row = { ...ROW, matched: rage, signal: { ...rage, name: "error", count: 9 } };
    expect(whyOf(row)).toMatchObject({
      text: "3 rage clicks on /checkout",
      tone: "rage",
      at_ms: 60_000,
    });
    const mixed = whyOf({ ...row, matched: { ...rage, alike: false } });
    expect(mixed.text).toBe("1 rage click on /checkout, 2 more");
  });

  test("is else its strongest signal, with the others beside it", () => {
    const signals = { ...ROW.signals, rage_click: 3, u_turn: 1, slow_page: 2 };
    const pageview = { name: "pageview", count: 1, at_ms: 5_000, page: "/a", alike: true };
    const row = { ...ROW, matched: pageview, signal: rage, signals };
    expect(whyOf(row)).toMatchObject({
      text: "3 rage clicks on /checkout",
      also: "1 u-turn, 2 slow pages",
      found: "Pageview on /a",
      at_ms: 60_000,
    });
    expect(whyOf({ ...row, signal: { ...rage, alike: false } }).text).toBe(
      "3 rage clicks, first on /checkout",
    );
  });

  test("is else the way it took", () => {
    expect(whyOf(ROW)).toEqual({
      text: "/a to /b",
      tone: "",
      also: "",
      found: "",
      at_ms: null,
    });
  });

  test("names the events of another filter, and opens at the first", () => {
    const matched = { name: "purchase", count: 3, at_ms: 9_000, page: "/thanks", alike: true };
    expect(whyOf({ ...ROW, matched })).toMatchObject({
      text: "/a to /b",
      found: "purchase on /thanks, 2 more",
      at_ms: 9_000,
    });
  });

  test("opens the recording five seconds before, never before its begin", () => {
    expect(hashOf({ ...ROW, matched: rage })).toBe("#t=53");
    expect(hashOf({ ...ROW, matched: { ...rage, at_ms: 3_000 } })).toBe("#t=0");
    expect(hashOf({ ...ROW, matched: rage, watch: "broken" })).toBe("");
    expect(hashOf(ROW)).toBe("");
  });
});

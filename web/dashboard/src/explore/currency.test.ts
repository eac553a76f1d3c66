import type { Answer, Cell, Column } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { USUAL } from "../question.ts";
import {
  amountsOf,
  currenciesOfGoals,
  currencyAt,
  currencyIn,
  isAmount,
  loadCurrencies,
  withCurrencies,
} from "./currency.ts";
import { USUAL_LINE, usualExplore } from "./explore.ts";

function answer(rows: Cell[][], units: Record<string, Column["unit"]>): Answer {
  return {
    columns: Object.entries(units).map(([name, unit]) => ({ name, unit })),
    rows,
    rows_total: rows.length,
    period: { from_ms: 0, to_ms: 1000 },
    time_zone: "UTC",
    data_version: "1",
    rows_scanned: 1,
    bot_events: 0,
    lost_events: 0,
    took_us: 1,
    missing: [],
  };
}

const said = (...rows: [string, number, number][]): Answer =>
  answer(rows, { value: "text", events: "count", events_previous: "count" });

const ofOrders = {
  ...usualExplore("trend"),
  trend: {
    ...usualExplore("trend").trend,
    lines: [
      { ...USUAL_LINE, events: ["order"], aggregate: "sum" as const, property: "value" },
      { ...USUAL_LINE, events: ["order"], aggregate: "count" as const },
      { ...USUAL_LINE, events: ["web_vital"], aggregate: "p75" as const, property: "value" },
    ],
  },
};

test("amounts of money are told by what their property is called, and no measurement is one", () => {
  expect(isAmount("value", ["order"])).toBe(true);
  expect(isAmount("cart_total", ["checkout"])).toBe(true);
  expect(isAmount("items", ["order"])).toBe(false);
  expect(isAmount("evaluation", ["order"])).toBe(false);
  expect(isAmount("value", ["web_vital"])).toBe(false);
  expect(isAmount("value", [])).toBe(false);
  expect(amountsOf(ofOrders)).toEqual([{ columns: ["A"], events: { events: ["order"] } }]);
});

describe("the currency of amounts", () => {
  test("is the one that all events say, or that of the site where they say none", () => {
    expect(currencyIn(said(["EUR", 3, 0]), "")).toBe("EUR");
    expect(currencyIn(said(["", 3, 0]), "EUR")).toBe("EUR");
    expect(currencyIn(said(["EUR", 3, 0], ["", 1, 0]), "EUR")).toBe("EUR");
  });

  test("is none where there are several, now or before, or where none is known", () => {
    expect(currencyIn(said(["EUR", 3, 0], ["USD", 1, 0]), "EUR")).toBe("");
    expect(currencyIn(said(["EUR", 3, 1], ["USD", 0, 1]), "EUR")).toBe("");
    expect(currencyIn(said(["EUR", 3, 0], ["", 1, 0]), "USD")).toBe("");
    expect(currencyIn(said(["", 3, 0]), "")).toBe("");
    expect(currencyIn(said(["(other)", 3, 0]), "EUR")).toBe("");
    expect(currencyIn(said(), "EUR")).toBe("");
  });

  test("is none where one is a number: that is not that of the site", () => {
    const units = { value: "text", from: "ratio", to: "ratio", events: "count" } as const;
    const numeric: Cell[] = [null, 840, 841, 2];
    expect(currencyIn(answer([numeric], units), "EUR")).toBe("");
    expect(currencyIn(answer([["EUR", null, null, 3], numeric], units), "EUR")).toBe("");
    const uncounted: Cell[] = [null, 840, 841, 0];
    expect(currencyIn(answer([["EUR", null, null, 3], uncounted], units), "")).toBe("EUR");
  });

  test("is asked of the very events, and what cannot be told is left out", async () => {
    const asked: unknown[] = [];
    const found = await loadCurrencies(
      async (question) => {
        asked.push(question.distribution?.events);
        return said(["EUR", 3, 0]);
      },
      ofOrders,
      { asking: USUAL, ofSite: "" },
    );
    expect(found).toEqual({ A: "EUR" });
    expect(asked).toEqual([{ events: ["order"] }]);
    expect(currencyAt(found, "A_previous")).toBe("EUR");
    expect(currencyAt(found, "B")).toBe("");
    const failing = () => Promise.reject(new Error("no"));
    expect(await loadCurrencies(failing, ofOrders, { asking: USUAL, ofSite: "EUR" })).toEqual({});
  });
});

test("an answer gets its currencies later, and is the very same where it had them", () => {
  const answered = { text: "10", currencies: { A: "EUR" } };
  expect(withCurrencies(answered, { A: "EUR" })).toBe(answered);
  expect(withCurrencies(answered, {})).toEqual({ text: "10", currencies: {} });
  const plain: { currencies?: Record<string, string> } = {};
  expect(withCurrencies(plain, {})).toBe(plain);
  expect(withCurrencies(plain, { A: "EUR" })).toEqual({ currencies: { A: "EUR" } });
});

test("values of goals have a currency where all are in one", () => {
  const of = (goals: Parameters<typeof currenciesOfGoals>[0]) =>
    currenciesOfGoals(goals, { saved: [], ofSite: "CHF" });
  const fixed = { label: "a", value_thousandths: 1000 };
  expect(of([fixed])).toEqual({ value: "CHF", value_per_session: "CHF" });
  expect(of([{ ...fixed, currency: "EUR" }])).toMatchObject({ value: "EUR" });
  expect(of([fixed, { ...fixed, currency: "EUR" }])).toEqual({});
  expect(of([{ label: "b", value_property: "value" }])).toEqual({});
  expect(of([{ label: "saved", goal: "c0ffee0000000001" }])).toEqual({});
  expect(of([{ label: "without a value" }])).toEqual({});
});

// A condition offers the most frequent values, says that there are more, and finds those that are typed.
import type { Answer } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { factValues, hasMore, hasNumbers, valuesQuestion } from "./factValues.ts";

const answer = (rows: unknown[][]) =>
  ({
    columns: [
      { name: "value", unit: "text" },
      { name: "events", unit: "count" },
    ],
    rows,
  }) as unknown as Answer;

const plan = { property: "plan", of: "event" } as const;

test("what is typed is looked for in the values, of the events that are picked", () => {
  const period = { last: "7d" } as const;
  expect(valuesQuestion({ fact: plan, events: [], period }).distribution?.events).toEqual({});
  const events = ["order"];
  expect(valuesQuestion({ fact: plan, events, period, text: "te" }).distribution?.events).toEqual({
    events: ["order"],
    filters: [{ property: "plan", of: "event", operator: "contains", values: ["te"] }],
  });
});

test("the row of all others is no value, and says that there are some", () => {
  const few = answer([
    ["team", 3],
    ["", 1],
  ]);
  expect(factValues(few, plan)).toEqual([
    { value: "team", count: 3, label: "team" },
    { value: "", count: 1, label: "not set" },
  ]);
  expect(hasMore(few)).toBe(false);
  const many = answer([
    ["team", 3],
    ["(other)", 9],
  ]);
  expect(factValues(many, plan)).toHaveLength(1);
  expect(hasMore(many)).toBe(true);
});

test("numbers come as classes, and that they do is known", () => {
  const columns = ["from", "to", "value", "events"].map((name) => ({ name, unit: "number" }));
  const classes = { columns, rows: [[0, 50, null, 3]] } as unknown as Answer;
  expect(factValues(classes, plan)).toEqual([]);
  expect(hasNumbers(classes)).toBe(true);
  expect(hasNumbers(answer([["team", 3]]))).toBe(false);
});

test("values of a known dimension have their names", () => {
  expect(factValues(answer([["DE", 2]]), { dimension: "country" })[0]?.label).toBe("Germany");
});

import type { Condition } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { eventSelection, pageSelection } from "../explore/selection.ts";
import { conditionOfPart, type Part, partOf, partWords, quickDraft } from "./segments.ts";

const NAMES = new Map([
  ["1f", "Order"],
  ["2f", "Phones"],
]);

const PARTS: [Part, string][] = [
  [
    { kind: "fact", where: { fact: { dimension: "device" }, operator: "is", values: ["phone"] } },
    "device is Phone",
  ],
  [
    {
      kind: "fact",
      where: { fact: { property: "plan", of: "person" }, operator: "set", values: [] },
    },
    "person’s plan is set",
  ],
  [{ kind: "did", selection: pageSelection("/cart"), did: true }, "saw /cart"],
  [{ kind: "did", selection: pageSelection("/cart"), did: false }, "did not see /cart"],
  [{ kind: "did", selection: eventSelection("order"), did: false }, "did not order"],
  [{ kind: "goal", goal: "1f", reached: false }, "missed “Order”"],
  [{ kind: "segment", segment: "2f", inside: false }, "not in “Phones”"],
  [{ kind: "visit", visit: { number: "pageviews", more: 3 } }, "saw more than 3 pages"],
];

describe("parts", () => {
  test.each(PARTS)("%j comes back as it was picked, of sessions and of persons", (part, words) => {
    for (const of of ["sessions", "persons"] as const)
      expect(partOf(conditionOfPart(part, of))).toEqual(part);
    expect(partWords(part, NAMES)).toBe(words);
  });

  test("what somebody did is of the whole visit, or of all visits", () => {
    const part: Part = { kind: "did", selection: eventSelection("order"), did: true };
    expect(conditionOfPart(part, "sessions")).toEqual({
      session_has: [{ dimension: "event", operator: "is", values: ["order"] }],
    });
    expect(conditionOfPart(part, "persons")).toEqual({
      did: { sequence: [{ events: ["order"] }] },
    });
  });

  test("what no picker has stays as it is", () => {
    const conditions: Condition[] = [
      { any: [{ segment: "2f" }] },
      { did: { sequence: [{ events: ["order"] }], at_least: 3 } },
      { session: "errors", operator: "greater", values: ["0"] },
      { not: { dimension: "device", operator: "is", values: ["phone"] } },
    ];
    for (const condition of conditions) {
      const part = partOf(condition);
      expect(part).toEqual({ kind: "other", condition });
      expect(conditionOfPart(part, "persons")).toBe(condition);
    }
  });
});

test("one click makes a segment of what was seen, with a name that is free", () => {
  expect(quickDraft("device", "phone", new Set(["Phone"]))).toEqual({
    name: "Phone 2",
    of: "sessions",
    conditions: [{ dimension: "device", operator: "is", values: ["phone"] }],
  });
  expect(quickDraft("page", "/cart", new Set())).toEqual({
    name: "Saw /cart",
    of: "sessions",
    conditions: [
      {
        session_has: [
          { dimension: "event", operator: "is", values: ["pageview"] },
          { dimension: "page", operator: "is", values: ["/cart"] },
        ],
      },
    ],
  });
});

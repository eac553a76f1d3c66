import type { Condition } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { conditionWords } from "./conditions.ts";

const names = new Map([["3b61", "Buyers"]]);

const said: [Condition, string][] = [
  [{ dimension: "country", operator: "is", values: ["AT", "DE"] }, "country is Austria or Germany"],
  [
    { property: "amount", operator: "between", values: ["10", "20"] },
    "amount is between 10 and 20",
  ],
  [{ property: "plan", of: "person", operator: "set" }, "person’s plan is set"],
  [
    { session: "pageviews", operator: "less", values: ["3"] },
    "pageviews of the session is under 3",
  ],
  [{ not: { segment: "3b61" } }, "not (in “Buyers”)"],
  [{ segment: "gone" }, "in “gone”"],
  [
    { any: [{ segment: "3b61" }, { dimension: "page", operator: "starts", values: ["/a"] }] },
    "(in “Buyers” or page starts with /a)",
  ],
  [
    { did: { sequence: [{ events: ["order"] }], at_least: 3, last: "30d" } },
    "did order at least 3 times in the last 30d",
  ],
];

test.each(said)("%j is said as “%s”", (condition, words) => {
  expect(conditionWords(condition, names)).toBe(words);
});

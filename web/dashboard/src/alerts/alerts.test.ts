import type { Alert, AlertPreview } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import {
  addressesIn,
  bucketsOf,
  checksOf,
  checkWords,
  conditionWords,
  hooksMay,
  mailMay,
  meant,
  mutedWords,
  startingValue,
  typed,
  whyNoAlert,
  wouldHave,
} from "./alerts.ts";

const preview = (values: (number | null)[], sent: number): AlertPreview =>
  ({
    points: values.map((value, at) => ({ from_ms: at, to_ms: at + 1, value, fires: false })),
    sent,
    watch: { bucket: "day" },
  }) as unknown as AlertPreview;

test("what is typed for a share or a duration is what is meant", () => {
  for (const unit of ["share", "ms", "count", "ratio"] as const)
    expect(meant(typed(0.125, unit), unit)).toBeCloseTo(0.125, unit === "ms" ? 0 : 6);
  expect(typed(0.125, "share")).toBe(12.5);
  expect(meant(2, "ms")).toBe(2000);
});

test("a condition reads as a sentence", () => {
  expect(conditionWords({ kind: "threshold", side: "below", value: 100 }, "count")).toBe(
    "is below 100",
  );
  expect(
    conditionWords({ kind: "change", side: "below", percent: 20, against: "week_before" }, null),
  ).toBe("falls by more than 20 % against the week before");
  expect(conditionWords({ kind: "anomaly", side: "either" }, null)).toBe(
    "is unusual for its time of the week",
  );
});

test("a threshold begins where the past was seldom", () => {
  expect(startingValue(preview([3, null, 9, 4], 0), "above")).toBe(9);
  expect(startingValue(preview([3, null, 9, 4], 0), "below")).toBe(3);
  expect(startingValue(preview([], 0), "below")).toBe(0);
});

test("how often it would have fired is said in words", () => {
  expect(wouldHave(preview([1], 0))).toBe("It would have told nobody in the last 30 days.");
  expect(wouldHave(preview([1], 1))).toBe("It would have told you once in the last 30 days.");
  expect(wouldHave(preview([1], 3))).toBe("It would have told you 3 times in the last 30 days.");
});

test("addresses are told apart however they are typed", () => {
  expect(addressesIn(" a@x.org, b@x.org;\nc@x.org ")).toEqual(["a@x.org", "b@x.org", "c@x.org"]);
});

test("an editor reads where messages may go", () => {
  expect(mailMay([])).toBe("Members of the site and owners.");
  expect(mailMay(["example.org"])).toBe(
    "Members of the site and owners, and addresses at example.org.",
  );
  expect(hooksMay(["hooks.example.org", "*.office.test"])).toBe(
    "The owner allows hooks.example.org, *.office.test.",
  );
  expect(hooksMay([])).toContain("egress_allow");
});

test("no interval that lets a bucket go by can be chosen", () => {
  const minutes = (bucket: "hour" | "day" | "week", now: number) =>
    checksOf(bucket, now).map((one) => one.minutes);
  expect(minutes("hour", 15)).toEqual([5, 15, 60]);
  expect(minutes("day", 60)).toEqual([5, 15, 60, 360, 1440]);
  expect(minutes("week", 90).at(-1)).toBe(90);
  expect(checkWords(90)).toBe("every 90 minutes");
});

test("a muted alert says until when", () => {
  const muted = (muted_until_ms: number | undefined) =>
    mutedWords({ muted_until_ms } as unknown as Alert, 1_767_268_800_000, "UTC");
  expect(muted(1_767_268_800_000 + 3_600_000)).toBe("Muted until 1 Jan 13:00");
  expect(muted(2 ** 63)).toBe("Muted");
});

test("what has no number says why and what has one", () => {
  for (const kind of ["trend", "funnel", "retention", "stickiness", "distribution"] as const)
    expect(whyNoAlert(kind)).toBeNull();
  expect(whyNoAlert("paths")).toContain("as a funnel");
  expect(whyNoAlert("correlation")).toContain("a funnel or a goal");
  expect(whyNoAlert("breakdown")).toContain("as a trend");
  expect(bucketsOf("stickiness")).toEqual(["day", "week"]);
});

import { expect, test } from "vitest";
import { readExplore, writeExplore } from "./explore/explore.ts";
import { inExplore, isInExplore } from "./inExplore.ts";
import { type Asking, readAsking, searchOf } from "./question.ts";

const app = {
  link: (screen: string, asking?: Asking) => `/${screen}${asking ? searchOf(asking) : ""}`,
};
const ASKED = readAsking(new URLSearchParams("last=90d&country.not=DE&segment=abc&by=week"));
const opened = (address: string) =>
  readAsking(new URLSearchParams(address.slice(address.indexOf("?"))));

test.each([
  ["persons", "persons", []],
  ["sessions", "sessions", []],
  ["pageviews", "count", ["pageview"]],
  ["events", "count", []],
  ["bounce_rate", "sessions", []],
] as const)("%s is asked by a trend of %s", (measure, aggregate, events) => {
  const asking = opened(inExplore(app, ASKED, { measure, dimension: "channel" }));
  const explore = readExplore(asking.own);
  expect(explore.trend.lines).toMatchObject([{ aggregate, events, where: [] }]);
  expect(explore.split).toEqual([{ dimension: "channel" }]);
  // It is written as Explore itself would.
  expect(asking.own).toEqual(writeExplore(explore));
  expect({ ...asking, own: [] }).toEqual(ASKED);
});

test("pages a session are a formula of two lines", () => {
  const { trend, split } = readExplore(
    opened(inExplore(app, ASKED, { measure: "pages_per_session" })).own,
  );
  expect(trend.lines.map(({ aggregate }) => aggregate)).toEqual(["count", "sessions"]);
  expect(trend.formulas).toEqual(["A / B"]);
  expect(split).toEqual([]);
});

test("it says of which measures a trend asks for the sessions", () => {
  expect(isInExplore("pageviews")).toBe(true);
  expect(isInExplore("bounce_rate")).toBe(false);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardCommon, Condition, Question } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { questionFor } from "../explore/asked.ts";
import { sentenceOf } from "../explore/fromQuestion.ts";
import { readAsking, searchOf, withKept } from "../question.ts";
import {
  askingOfCommon,
  type Common,
  commonOf,
  commonOfAsking,
  isInAddress,
  NOTHING_IN_COMMON,
  putOn,
  putOnQuestion,
  sameCommon,
  toSave,
} from "./inCommon.ts";

interface Case {
  name: string;
  question: Question;
  common: BoardCommon;
  asked: Question;
}

const file = join(import.meta.dirname, "../../../../crates/model/testdata/board_common.json");
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

/** Usual values spelled out and filters in one order, so that only the meaning is compared. */
function plain(question: Question): unknown {
  const filters = (question.filters ?? []).map((each: Condition) => JSON.stringify(each)).sort();
  const { filters: _, ...rest } = question;
  return { compare: "none", bots: "exclude", ...rest, filters };
}

describe("in place of a panel's own, as the server does it", () => {
  test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const common = commonOf(each.common);
    expect(plain(putOnQuestion(common, each.question))).toEqual(plain(each.asked));
    const sentence = sentenceOf(each.question);
    if (!sentence) throw new Error("each case has a sentence");
    const asked = questionFor(sentence.explore, putOn(common, sentence.asking));
    expect(plain(asked)).toEqual(plain(each.asked));
  });
});

const commons: Common[] = [
  NOTHING_IN_COMMON,
  { ...NOTHING_IN_COMMON, period: { last: "30d" }, compare: "previous" },
  { ...NOTHING_IN_COMMON, period: { from: "2026-01-01", to: "2026-01-31" }, compare: "none" },
  { ...NOTHING_IN_COMMON, compare: "none", bots: "only", segment: "3b6162ee78fa8bf8" },
  {
    ...NOTHING_IN_COMMON,
    period: { last: "7d" },
    filters: [{ dimension: "country", operator: "is_not", values: ["DE", "AT"] }],
    where: [{ fact: { property: "plan", of: "person" }, operator: "is", values: ["pro"] }],
  },
];

describe("the address and the saved board are the same thing", () => {
  test.each(commons.map((common, index) => [index, common] as const))("%s", (_, common) => {
    const read = readAsking(new URLSearchParams(searchOf(askingOfCommon(common))));
    expect(isInAddress(read)).toBe(true);
    expect(commonOfAsking(read)).toEqual(common);
    expect(sameCommon(commonOf(toSave(common)), common)).toBe(true);
  });

  test("an empty address asks nothing of its own", () => {
    expect(isInAddress(readAsking(new URLSearchParams("")))).toBe(false);
  });

  test("what is looked at goes along, and each panel's own can be chosen and left", () => {
    const asking = askingOfCommon(NOTHING_IN_COMMON, [["panel", "p1"]]);
    expect(asking.own).toEqual([
      ["keep", "period"],
      ["keep", "compare"],
      ["panel", "p1"],
    ]);
    const left = withKept(asking, "period", false);
    expect(commonOfAsking(left)).toMatchObject({ period: { last: "30d" }, compare: null });
    expect(commonOfAsking(withKept(left, "period", true)).period).toBeNull();
  });
});

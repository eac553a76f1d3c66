import type { Answer, Survey } from "@hitmetrix/wire";
import { describe, expect, it } from "vitest";
import { USUAL } from "../question.ts";
import {
  type Counts,
  choiceTitle,
  countsOf,
  draftOfTemplate,
  leading,
  lines,
  listQuestion,
  nps,
  peopleOf,
  responseRate,
  rowsOf,
  scoreWords,
  standProof,
  standTitle,
  TEMPLATES,
  valueColumn,
  valuesOf,
  valuesQuestion,
  whenWords,
} from "./feedback.ts";

const counts = (more: Partial<Counts> = {}): Counts => ({
  answered: 0,
  shown: 0,
  closed: 0,
  mean: null,
  promoters: 0,
  detractors: 0,
  scored: 0,
  ...more,
});

const survey = (at: number, name = "One"): Survey => ({
  id: "a1",
  name,
  survey: (TEMPLATES[at] as (typeof TEMPLATES)[number]).survey,
  state: "active",
  created_at_ms: 1,
  changed_at_ms: 1,
});
const [RATING, NPS, CHOICE] = [0, 1, 2];

const answer = (columns: [string, string][], rows: Answer["rows"]): Answer =>
  ({ columns: columns.map(([name, unit]) => ({ name, unit })), rows }) as Answer;

describe("what is counted of surveys", () => {
  it("is promoters less detractors, of all scores", () => {
    expect(nps(counts({ promoters: 5, detractors: 2, scored: 10, answered: 12 }))).toBe(30);
    expect(nps(counts({ detractors: 3, scored: 3 }))).toBe(-100);
    expect(nps(counts())).toBeNull();
  });

  it("is answers of those who saw it, and never more than all", () => {
    expect(responseRate(counts({ answered: 3, shown: 12 }))).toBe(0.25);
    expect(responseRate(counts({ answered: 3, shown: 2 }))).toBe(1);
    expect(responseRate(counts({ answered: 3 }))).toBeNull();
  });

  it("is read by the names of the columns, those of the time before too", () => {
    const found = answer(
      [
        ["time", "time_ms"],
        ["survey", "text"],
        ["answered", "count"],
        ["answered_previous", "count"],
        ["mean", "ratio"],
      ],
      [
        [7, "a1", 4, 2, 3.5],
        [7, "b2", 0, 0, null],
      ],
    );
    expect(rowsOf(found)).toMatchObject([{ name: "a1", answered: 4, mean: 3.5, shown: 0 }]);
    expect(countsOf(found, found.rows[0], "_previous")).toMatchObject({ answered: 2, mean: null });
    expect(peopleOf({ kind: "trend", period: USUAL.period }, found, "answered").cell).toEqual({
      column: "answered",
      row: { time: 7, survey: "a1" },
    });
  });

  it("has a column for each value, also those that nobody gave", () => {
    expect(valuesOf(survey(RATING))).toEqual(["1", "2", "3", "4", "5"]);
    expect(valuesOf(survey(NPS))).toHaveLength(11);
    const question = valuesQuestion(USUAL, survey(CHOICE));
    expect(question.trend?.series).toHaveLength(4);
    expect(question.trend?.series[1]?.filters).toEqual([
      { property: "choice", of: "event", operator: "is", values: ["The price"] },
    ]);
    expect(question.filters).toEqual([
      { property: "survey", of: "event", operator: "is", values: ["a1"] },
    ]);
  });
});

describe("what is asked about surveys", () => {
  it("is only of those that the site has, whatever ids anybody sends", () => {
    const question = listQuestion(USUAL, [survey(RATING), { ...survey(NPS), id: "b2" }]);
    expect(question.filters).toEqual([
      { property: "survey", of: "event", operator: "is", values: ["a1", "b2"] },
    ]);
  });

  it("is of no score that the form does not offer", () => {
    const series = listQuestion(USUAL, [survey(RATING)]).trend?.series ?? [];
    const filters = (label: string) =>
      series
        .find((each) => each.label === label)
        ?.filters?.map((each) => "operator" in each && [each.operator, each.values?.[0]]);
    expect(filters("mean")).toEqual([
      ["greater", "0"],
      ["less", "6"],
    ]);
    expect(filters("promoters")).toEqual([
      ["greater", "8"],
      ["less", "11"],
    ]);
  });
});

describe("what is said of surveys", () => {
  it("is the score of its kind, and when it is too few to rely on", () => {
    const many = counts({ answered: 20, shown: 40, promoters: 12, detractors: 2, scored: 20 });
    expect(standTitle({ survey: survey(NPS), counts: many })).toBe("“One”: NPS +50");
    expect(standProof({ survey: survey(NPS), counts: many })).not.toContain("Too few");
    const few = counts({ answered: 2, shown: 40, mean: 4.25, scored: 2 });
    expect(standTitle({ survey: survey(RATING), counts: few })).toBe("“One”: 4.3 of 5");
    expect(standProof({ survey: survey(RATING), counts: few })).toContain("Too few to rely on.");
    expect(standTitle({ survey: survey(CHOICE), counts: counts({ shown: 3 }) })).toBe(
      "Nobody answered “One” in this period",
    );
    expect(scoreWords("nps", -33.4)).toBe("\u221233");
  });

  it("is what most chose, where enough did and one is ahead", () => {
    const found = (numbers: number[], answered: number) =>
      choiceTitle(
        { survey: survey(CHOICE), counts: counts({ answered }) },
        answer(
          numbers.map((_, at) => [valueColumn(at), "count"]),
          [numbers],
        ),
      );
    expect(found([3, 12, 5, 0], 20)).toBe("60.0\u202f% say “The price”");
    expect(found([8, 8, 4, 0], 20)).toBeNull();
    expect(found([1, 3, 0, 0], 4)).toBeNull();
  });

  it("is of the survey with most answers", () => {
    const stand = (name: string, answered: number) => ({
      survey: survey(RATING, name),
      counts: counts({ answered }),
    });
    expect(leading([stand("few", 1), stand("many", 9)])?.survey.name).toBe("many");
    expect(leading([stand("none", 0)])).toBeNull();
  });

  it("says when, where and whom", () => {
    expect(whenWords(survey(NPS).survey)).toBe(
      "after 60 seconds, on every page, 25\u202f% of visitors",
    );
    expect(
      whenWords({
        ...survey(RATING).survey,
        moment: { event: "order" },
        pages: ["/thanks", "/cart/*"],
        devices: ["desktop", "tablet"],
      }),
    ).toBe("after order, on /thanks, /cart/*, on computers and tablets");
  });
});

describe("drafts", () => {
  it("have a name of their own", () => {
    const [template] = TEMPLATES;
    if (!template) throw new Error("there is no template");
    expect(draftOfTemplate(template, new Set(["Page rating"])).name).toBe("Page rating 2");
  });

  it("take one entry a line", () => {
    expect(lines(" /cart \n\n/product/*\n")).toEqual(["/cart", "/product/*"]);
  });
});

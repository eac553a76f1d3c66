import type { Question } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { type Asking, USUAL } from "../question.ts";
import { questionFor } from "./asked.ts";
import { examples } from "./examples.ts";
import { usualExplore } from "./explore.ts";
import { sentenceOf } from "./fromQuestion.ts";
import { addressToSave, copyName, insightIn, nameFor, sentenceOfInsight } from "./insight.ts";
import { eventSelection, pageSelection } from "./selection.ts";

const filtered: Asking = {
  ...USUAL,
  period: { from: "2026-01-01", to: "2026-01-31" },
  compare: "none",
  segment: "3b6162ee78fa8bf8",
  filters: [{ dimension: "country", operator: "is_not", values: ["DE", "AT"] }],
  where: [
    { fact: { property: "plan", of: "person" }, operator: "is", values: ["pro"] },
    { fact: { dimension: "page" }, operator: "starts", values: ["/product/"] },
  ],
};

describe("a question leads back to its sentence", () => {
  test.each(examples.map((explore) => [explore.kind, explore] as const))("%s", (_, explore) => {
    for (const asking of [USUAL, filtered]) {
      const question = questionFor(explore, asking);
      const sentence = sentenceOf(question);
      expect(sentence).not.toBeNull();
      if (sentence) expect(questionFor(sentence.explore, sentence.asking)).toEqual(question);
    }
  });

  test("a name that the dashboard gave by itself is none of somebody's own", () => {
    const plain = pageSelection("/product/", "starts");
    const named = { ...plain, label: "Saw a product" };
    const funnel = usualExplore("funnel");
    funnel.funnel.steps = [plain, named].map((each) => ({ ...each, optional: false }));
    const steps = sentenceOf(questionFor(funnel, USUAL))?.explore.funnel.steps;
    expect(steps?.map(({ label }) => label)).toEqual(["", "Saw a product"]);
  });

  const none: [string, Question][] = [
    ["measures", { kind: "trend", period: { last: "7d" }, measures: ["events"] }],
    ["a breakdown", { kind: "breakdown", period: { last: "7d" }, measures: ["events"] }],
    [
      "conditions within conditions",
      {
        kind: "lifecycle",
        period: { last: "7d" },
        filters: [{ not: { dimension: "page", operator: "is", values: ["/"] } }],
      },
    ],
    [
      "two segments",
      {
        kind: "lifecycle",
        period: { last: "7d" },
        filters: [{ segment: "a" }, { segment: "b" }],
      },
    ],
  ];
  test.each(none)("but not with %s", (_, question) => {
    expect(sentenceOf(question)).toBeNull();
  });
});

describe("what is saved", () => {
  test.each(examples.map((explore) => [explore.kind, explore] as const))(
    "of a %s asks the same again",
    (_, explore) => {
      const address = addressToSave({ explore, asking: filtered });
      const question = questionFor(explore, filtered);
      const sentence = sentenceOfInsight({ address, question });
      expect(sentence).not.toBeNull();
      if (!sentence) return;
      expect(questionFor(sentence.explore, sentence.asking)).toEqual(question);
      expect(addressToSave(sentence)).toBe(address);
      expect(sentence.explore.who).toBeNull();
    },
  );

  test("an address of another kind than the question is not followed", () => {
    const question = questionFor(usualExplore("lifecycle"), USUAL);
    const sentence = sentenceOfInsight({ address: "kind=paths", question });
    expect(sentence?.explore.kind).toBe("lifecycle");
  });

  test("the address carries the insight, what is saved does not", () => {
    const asking: Asking = { ...USUAL, own: [["insight", "abc"]] };
    expect(insightIn(asking)).toBe("abc");
    expect(insightIn(USUAL)).toBeNull();
    expect(addressToSave({ explore: usualExplore("paths"), asking })).toBe("kind=paths");
  });
});

test("a name to begin with says what is asked", () => {
  const funnel = usualExplore("funnel");
  funnel.funnel.steps = [eventSelection("add_to_cart"), eventSelection("order")].map((each) => ({
    ...each,
    optional: false,
  }));
  funnel.split = [{ dimension: "device" }];
  expect(nameFor(funnel)).toBe("add_to_cart to order by device");
  const long = usualExplore("lifecycle");
  long.active = eventSelection("x".repeat(200));
  expect(nameFor(long)).toHaveLength(100);
});

test("copies get names of their own", () => {
  expect(copyName("Orders", new Set(["Orders"]))).toBe("Orders, copy");
  expect(copyName("Orders", new Set(["Orders, copy"]))).toBe("Orders, copy 2");
  expect(copyName("x".repeat(100), new Set())).toHaveLength(100);
});

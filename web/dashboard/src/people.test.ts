// Who stands behind a number: by which names, and whether one sees all of them or a sample.
import type { Answer } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { fewWords, namesOf } from "./people.ts";

test("a person is named once the site gave a name", () => {
  const answer = {
    columns: ["person", "session", "at", "user"].map((name) => ({ name, unit: "text" })),
    rows: [
      ["p1", "s1", 1, "ada@example.org"],
      ["p2", "s2", 2, ""],
      ["p1", "s3", 3, "ada@example.org"],
    ],
  } as unknown as Answer;
  expect([...namesOf(answer)]).toEqual([["p1", "ada@example.org"]]);
});

test("few that stand for more sessions than an answer lists are of a sample, and say so", () => {
  expect(fewWords(1, 3)).toBe(
    "Of 1 recorded session behind the number, those that the others are most like",
  );
  for (const sessions of [null, 10_000])
    expect(fewWords(1000, sessions)).toBe(
      "Of 1,000 recorded sessions behind the number, those that the others are most like",
    );
  expect(fewWords(812, 34_210)).toBe(
    "A sample: of 812 recorded of the latest 10,000 of 34,210 sessions, those that the others are most like",
  );
  expect(fewWords(8123, 9_000)).toBe(
    "A sample: 1,000 drawn by chance from 8,123 recorded sessions behind the number; of these, those that the others are most like",
  );
  expect(fewWords(8123, 34_210)).toBe(
    "A sample: 1,000 drawn by chance from 8,123 recorded of the latest 10,000 of 34,210 sessions; of these, those that the others are most like",
  );
});

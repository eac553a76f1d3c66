import { expect, test } from "vitest";
import { ACTION, actionGroups, objectWords } from "./audit.ts";

test("every action stands in one group", () => {
  const grouped = actionGroups.flatMap(({ actions }) => actions);
  expect([...grouped].sort()).toEqual(Object.keys(ACTION).sort());
  expect(actionGroups.every(({ actions }) => actions.length > 0)).toBe(true);
});

test("ids are as long as one reads", () => {
  expect(objectWords(`board ${"a1".repeat(8)} share ${"0".repeat(16)}`)).toBe(
    "board a1a1a1a1… share 00000000…",
  );
  expect(objectWords("user 7")).toBe("user 7");
});

import { expect, test } from "vitest";
import { botsCounted, botsLeftOut } from "./botWords.ts";

test("how many events were left out is told only where the question leaves them out", () => {
  expect(botsCounted("exclude", 0)).toBe("0 events left out");
  expect(botsCounted("exclude", 1)).toBe("1 event left out");
  expect(botsCounted("include", 0)).toBe("counted too");
  expect(botsCounted("only", 0)).toBe("only bots");
});

test("below the numbers nothing is said of bots that were counted", () => {
  const none = { number: "No", words: "events of bots and own traffic" };
  expect(botsLeftOut("exclude", 0)).toEqual(none);
  const one = { number: "1", words: "event of bots and own traffic, left out" };
  expect(botsLeftOut("exclude", 1)).toEqual(one);
  expect(botsLeftOut("include", 0)).toBeNull();
  expect(botsLeftOut("only", 0)).toBeNull();
});

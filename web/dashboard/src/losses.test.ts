import { describe, expect, test } from "vitest";
import { botName, lossDays, lossRows, lossTitle } from "./losses.ts";

const DAY = 86_400_000;
const told = (figures: [day: number, what: string, reason: string, count: number][]) => ({
  from_ms: 0,
  to_ms: 2 * DAY,
  figures: figures.map(([day, what, reason, count]) => ({
    day_ms: day * DAY,
    what,
    reason,
    count,
  })),
});
const SOME = told([
  [0, "lost", "given_up", 2],
  [0, "event", "bad_json", 1],
  [2, "event", "bad_json", 4],
  [2, "recording", "some_new_code", 3],
]);

describe("losses", () => {
  test("are told by reason, the largest first, each with its days", () => {
    const rows = lossRows(SOME);
    expect(rows.map(({ name, count, days }) => [name, count, days])).toEqual([
      ["An event was refused: no event in JSON", 5, [1, 0, 4]],
      ["A piece of a recording was refused: some new code", 3, [0, 0, 3]],
      ["Given up in the page", 2, [2, 0, 0]],
    ]);
  });

  test("are told by day, the last first, what was lost apart from what was refused", () => {
    expect(lossDays(SOME)).toEqual([
      { day: 2 * DAY, lost: 0, refused: 7, unplayable: 0 },
      { day: 0, lost: 2, refused: 1, unplayable: 0 },
    ]);
  });

  test("have a finding", () => {
    expect(lossTitle(told([]))).toBe("Nothing was lost or refused");
    expect(lossTitle(told([[0, "lost", "given_up", 1]]))).toBe("1 event was lost on the way");
    expect(lossTitle(told([[0, "event", "bad_json", 1]]))).toBe("Nothing was lost; 1 refused");
    expect(lossTitle(SOME)).toBe("2 lost on the way, 8 refused");
  });

  test("are recordings without a first picture too, which are neither lost nor refused events", () => {
    const dark = told([[1, "unplayable", "no_first_picture", 3]]);
    expect(lossRows(dark)[0]?.name).toBe(
      "A recording cannot be played: its first picture never came",
    );
    expect(lossDays(dark)).toEqual([{ day: DAY, lost: 0, refused: 0, unplayable: 3 }]);
    expect(lossTitle(dark)).toBe("3 recordings cannot be played; nothing else was lost");
    const refused = told([
      [1, "unplayable", "no_first_picture", 1],
      [1, "event", "bad_json", 2],
    ]);
    expect(lossTitle(refused)).toBe("No event was lost; 2 refused; 1 recording cannot be played");
  });

  test("name a bot by what gave it away", () => {
    expect(botName("Googlebot\\/")).toBe("Googlebot/");
    expect(botName("own traffic")).toBe("Own traffic, from an excluded address");
  });
});

// What takes something away, and what keeps it from going by a slip: undo where it can be had back, the
// name typed by hand where it cannot, and what else there is, with the reason.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const SOURCES = new URL(".", import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(SOURCES, path), "utf8");

/** Typed: gone for good. Undo: the message that says so takes it back. Else why neither is needed. */
type Way = "typed" | "undo" | { because: string };
const SWITCH = { because: "a switch: what it did is put back where it stands" };
const BACK = { because: "it takes an archiving back" };
const CODE = { because: "it asks for a code or the password, which only they have" };

/** Each deed by its name in `api.ts`: the files that do it, and what holds there. */
const DEEDS: Record<string, [files: string[], way: Way]> = {
  removeFactor: [["parts/SecondFactor.svelte"], CODE],
  renewCodes: [["parts/SecondFactor.svelte"], CODE],
  changePassword: [["parts/OwnPassword.svelte"], CODE],
  resetFactor: [["screens/Users.svelte"], "typed"],
  resetUser: [
    ["screens/Users.svelte"],
    { because: "the password holds until the new link is used, and another can be made" },
  ],
  deleteUser: [["screens/Users.svelte"], "typed"],
  unmakeOwner: [["screens/Users.svelte"], "undo"],
  removeMember: [["parts/Members.svelte"], "undo"],
  deleteToken: [["parts/Tokens.svelte"], "typed"],
  deleteSite: [["parts/DeleteSite.svelte"], "typed"],
  emptyDemo: [
    ["parts/DemoMark.svelte"],
    { because: "made up visits, which the button beside it makes again" },
  ],
  erasePerson: [["persons/ErasePerson.svelte"], "typed"],
  takeApart: [["persons/Identities.svelte"], "typed"],
  deleteRecording: [["parts/SessionFacts.svelte"], "typed"],
  revokeShare: [["parts/ShareLinks.svelte"], "typed"],
  revokeBoardShare: [["boards/ShareBoard.svelte"], "typed"],
  removeCollection: [["parts/MarkedPick.svelte"], "typed"],
  removeNote: [["parts/Notes.svelte"], "undo"],
  endBoardMail: [["boards/MailBoard.svelte"], "undo"],
  deleteAnnotation: [["annotations/Annotations.svelte"], "undo"],
  archiveAlert: [["screens/Alerts.svelte"], "undo"],
  archiveBoard: [["screens/Boards.svelte", "screens/Board.svelte"], "undo"],
  archiveGoal: [["screens/Goals.svelte"], "undo"],
  archiveInsight: [["screens/Insights.svelte", "screens/Funnels.svelte"], "undo"],
  archiveSurvey: [["screens/Feedback.svelte"], "undo"],
  deleteBoard: [["screens/Boards.svelte"], "typed"],
  deleteGoal: [["screens/Goals.svelte", "goals/GoalTable.svelte"], "typed"],
  deleteInsight: [
    ["screens/Insights.svelte", "screens/Funnels.svelte", "funnels/FunnelTable.svelte"],
    "typed",
  ],
  deleteSurvey: [["screens/Feedback.svelte", "feedback/SurveyTable.svelte"], "typed"],
  archiveSegment: [["screens/Segments.svelte"], "undo"],
  deleteSegment: [["screens/Segments.svelte"], "typed"],
  bringBackAlert: [["screens/Alerts.svelte"], BACK],
  bringBackBoard: [["screens/Boards.svelte"], BACK],
  bringBackGoal: [["screens/Goals.svelte"], BACK],
  bringBackInsight: [["screens/Insights.svelte"], BACK],
  bringBackSegment: [["screens/Segments.svelte"], BACK],
  bringBackSurvey: [["screens/Feedback.svelte"], BACK],
  switchSurvey: [["screens/Feedback.svelte"], SWITCH],
  setTag: [["parts/MarksPop.svelte"], SWITCH],
  collect: [["parts/MarksPop.svelte"], SWITCH],
  pin: [["parts/PinButton.svelte"], SWITCH],
  unmuteAlert: [["screens/Alerts.svelte"], SWITCH],
};

/** Members of the API that send a DELETE, and those whose name says that something goes. */
const TAKING = /"DELETE"/;
const NAMED = /^(archive|delete|remove|revoke|reset|take|erase|end|empty|unmake|changeP|renew)/;
const taking = read("api.ts")
  .split(/\n(?= {4}\w+: \()/)
  .slice(1)
  .map((text) => ({ name: /\w+/.exec(text)?.[0] ?? "", text }))
  .filter(({ name, text }) => TAKING.test(text) || NAMED.test(name))
  .map(({ name }) => name);

test("whatever takes something away stands in the list, and nothing else", () => {
  expect(taking.filter((name) => !(name in DEEDS))).toEqual([]);
  expect(Object.keys(DEEDS).filter((name) => !taking.includes(name))).toEqual([]);
});

/** What asks for a name, by itself or for the rows of a list. */
const TYPES = /<TypedName\b|<SavedActs\b|bind:value=\{typed\}/;
/** A message with something to be done about it, or a change that has its way back. */
const UNDOES =
  /app\.toast\([^;]*,\s*(\(\) =>|back\)|undo)|=> app\.api\.\w+\([^;]*,\s*`[^`]*`,\s*\(\) =>/s;

describe.each(Object.entries(DEEDS))("%s", (name, [files, way]) => {
  test("does what the list says", () => {
    const texts = files.map(read);
    expect(texts[0]).toMatch(new RegExp(`api\\.${name}\\(`));
    if (way === "typed") expect(texts.some((text) => TYPES.test(text))).toBe(true);
    else if (way === "undo") for (const text of texts) expect(text).toMatch(UNDOES);
    else expect(way.because).not.toBe("");
  });
});

test("a list's rows ask by the box that takes the name", () => {
  expect(read("parts/SavedActs.svelte")).toMatch(/<TypedName\b[^>]*act=\{removed\}/);
});

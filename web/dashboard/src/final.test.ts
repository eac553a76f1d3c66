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

/** The function of a component, of those that stand at its margin, that a place lies in. */
function functionAt(text: string, place: number): { name: string; body: string } {
  const begins = [...text.matchAll(/^(?:async )?function (\w+)/gm)];
  const begin = begins.findLast(({ index }) => index < place);
  const end = begin ? text.indexOf("\n}\n", begin.index) : -1;
  if (!begin || end < place) return { name: "", body: "" };
  return { name: begin[1] ?? "", body: text.slice(begin.index, end) };
}

/** Lines that name a function, but for the one that it begins with. */
const mentions = (text: string, name: string): string[] =>
  text
    .split("\n")
    .filter((line) => new RegExp(`(?<![.\\w"])${name}\\b(?!\\?*[:=])(?!.* from ")`).test(line))
    .filter(
      (line) => !new RegExp(`function ${name}\\(`).test(line) && !/^\s*(\/|\*|<!--)/.test(line),
    );

/** What is asked for a name in: the box, a row's acts, or the table that has them. */
const asking = (name: string): RegExp =>
  new RegExp(`<(TypedName|SavedActs|\\w+Table)\\b.*(act|remove)=\\{(\\(\\) => )?${name}\\b`);
const shorthand = (name: string): RegExp => new RegExp(`<\\w+Table\\b.*\\{${name}\\}`);
/** A message with something to be done about it, or a change that has its way back. */
const UNDOES =
  /app\.toast\([^;]*,\s*(\(\) =>|back\)|undo)|=> app\.api\.\w+\([^;]*,\s*`[^`]*`,\s*\(\) =>/s;
const inUndo = (name: string): RegExp => new RegExp(`app\\.toast\\(.*=> void ${name}\\(`);

/** Places where a deed is done past what keeps it from going by a slip. */
function unguarded(text: string, deed: string, way: "typed" | "undo"): string[] {
  return [...text.matchAll(new RegExp(`api\\.${deed}\\(`, "g"))].flatMap(({ index }) => {
    const { name, body } = functionAt(text, index);
    if (!name) return [text.slice(index, index + 60)];
    const uses = mentions(text, name);
    // It takes back what was made a moment ago.
    if (uses.length > 0 && uses.every((line) => inUndo(name).test(line))) return [];
    if (way === "undo") return UNDOES.test(body) ? [] : [name];
    if (/if \([^)]*typed !== wanted\) return;/.test(body)) return [];
    const free = uses.filter((line) => !asking(name).test(line) && !shorthand(name).test(line));
    return uses.length > 0 ? free : [name];
  });
}

describe.each(Object.entries(DEEDS))("%s", (name, [files, way]) => {
  test("does what the list says", () => {
    const texts = files.map(read);
    expect(texts[0]).toMatch(new RegExp(`api\\.${name}\\(`));
    if (typeof way !== "string") return expect(way.because).not.toBe("");
    for (const text of texts) expect(unguarded(text, name, way)).toEqual([]);
  });
});

test("what keeps less asks for the site's name before it is saved", () => {
  const text = read("parts/RulesForm.svelte");
  const uses = mentions(text, "saveNamed");
  expect(uses).toHaveLength(1);
  expect(uses[0]).toMatch(asking("saveNamed"));
});

test("a deed past its box, or without its way back, is seen", () => {
  const deed = "async function remove(): Promise<void> {\n  await app.api.deleteIt(1);\n}\n";
  const box = "<TypedName name={it} act={() => remove()} />\n";
  expect(unguarded(deed + box, "deleteIt", "typed")).toEqual([]);
  const slip = "<button onclick={() => remove()}>Delete</button>";
  expect(unguarded(deed + box + slip, "deleteIt", "typed")).toEqual([slip]);
  expect(unguarded(deed + box, "deleteIt", "undo")).toEqual(["remove"]);
  expect(unguarded(`${slip}app.api.deleteIt(1)`, "deleteIt", "typed")).toHaveLength(1);
});

test("a list's rows ask by the box that takes the name", () => {
  expect(read("parts/SavedActs.svelte")).toMatch(/<TypedName\b[^>]*act=\{removed\}/);
  for (const table of ["goals/GoalTable", "funnels/FunnelTable", "feedback/SurveyTable"]) {
    const uses = mentions(read(`${table}.svelte`), "remove").filter((line) =>
      /remove\(/.test(line),
    );
    expect(uses.filter((line) => !asking("remove").test(line))).toEqual([]);
    expect(uses).toHaveLength(1);
  }
});

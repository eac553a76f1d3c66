import type { Answer, Question } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { readAsking } from "../question.ts";
import {
  acrossQuestion,
  type FieldRow,
  type FormRow,
  fieldName,
  fieldRows,
  fieldsQuestion,
  findingOf,
  findingOfList,
  findRow,
  formName,
  formRows,
  keyText,
  notHeld,
  peopleOfField,
  readKey,
} from "./forms.ts";

const usual = readAsking(new URLSearchParams());
const PLACED = { form: "html>body>form", page: "/a!b" };

const row = (change: Partial<FormRow> = {}): FormRow => ({
  form: "pay",
  page: "",
  key: "pay",
  pages: 1,
  views: 100,
  starts: 80,
  submits: 20,
  successes: 18,
  left: 50,
  earlier: null,
  time_ms: 60_000,
  leftAt: "card",
  leftAtSessions: 30,
  ...change,
});
const field = (name: string, left: number, change: Partial<FieldRow> = {}): FieldRow => ({
  field: name,
  position: 1,
  sessions: 9,
  time_ms: null,
  refilled: 0,
  returned: 0,
  corrected: 0,
  blank: 0,
  left,
  errors: 0,
  errorsShown: 0,
  error: "",
  ...change,
});

describe("a form", () => {
  test("is found again by its address, with its page where it has only a place", () => {
    for (const key of [{ form: "pay", page: "" }, PLACED])
      expect(readKey(keyText(key))).toEqual(key);
    expect(readKey("")).toBeNull();
    expect(fieldsQuestion(usual, PLACED).forms).toEqual(PLACED);
    expect(fieldsQuestion(usual, { form: "pay", page: "" }).forms).toEqual({ form: "pay" });
  });

  test("is called by its name, else by what it is", () => {
    expect(formName({ form: "pay", page: "" })).toBe("pay");
    expect(formName(PLACED)).toBe("A form without a name");
    expect(formName({ form: "page", page: "/" })).toBe("Fields outside of a form");
    expect(fieldName("form>input#mail")).toBe("input#mail");
  });

  test("leads to who left at a field, and is divided with what was asked already", () => {
    const people = peopleOfField(usual, PLACED, { field: "card", column: "left" });
    expect(people.cell).toEqual({ column: "left", row: { field: "card" } });
    expect(people.question.forms).toEqual(PLACED);
    const asking = readAsking(new URLSearchParams("country=AT"));
    const across = acrossQuestion(asking, PLACED, "device");
    expect(across.filters).toHaveLength(4);
    expect(across.goals?.goals[0]?.event?.filters).toHaveLength(2);
  });

  test("has the field in its title at which most of those who leave do", () => {
    const finding = findingOf(row(), [field("mail", 20), field("card", 30)]);
    expect(finding.title).toBe("60\u202f% of those who leave “pay” leave at “card”");
    expect(finding.proof).toContain("25\u202f% of 80 sessions that begin “pay” send it");
    expect(finding.proof).toContain("2 sessions sent it, came back to a field");
    expect(findingOf(row({ left: 3 }), [field("card", 3)]).title).toContain("send it");
    const refused = field("card", 30, { errors: 25, errorsShown: 60, error: "patternMismatch" });
    expect(findingOf(row(), [refused]).proof).toContain(
      "25 sessions were shown an error there, mostly: not in the form that is wanted.",
    );
    const unbegun = findingOf(row({ starts: 0, submits: 0, successes: 0, left: 0 }), []);
    expect(unbegun.title).toBe("Nobody begins “pay”");
    expect(unbegun.proof).toContain("100 sessions saw it");
    const outside = row({
      form: "page",
      page: "/search",
      submits: null,
      successes: null,
      left: null,
    });
    expect(findingOf(outside, []).proof).toContain("cannot be seen");
  });
});

test("the list says which form loses most", () => {
  const finding = findingOfList([row(), row({ form: "news", left: 2 })]);
  expect(finding.title).toBe("“pay” loses most: 50 sessions of 80 that begin it");
  expect(finding.proof).toContain("Most, 30, leave at “card”");
  expect(finding.proof).not.toContain("Here are");
  expect(findingOfList([row()], 312).proof).toMatch(
    /312 forms were seen in all\. Here are the 1 that most sessions began\.$/,
  );
  expect(findingOfList([]).title).toBe("Nobody saw a form in this period");
  const unseen = row({ form: "news", views: 1000, starts: 0, left: 0 });
  expect(findingOfList([row(), unseen]).proof).toContain(
    "Nobody began “news”, which 1,000 sessions saw.",
  );
  expect(findingOfList([row({ left: 0 }), unseen]).title).toBe(
    "Nobody begins “news”, which 1,000 sessions saw",
  );
  expect(findingOfList([row({ left: 0 })]).row).toBeNull();
});

test("a form far down the list is found, and asked for once more only where there are more", async () => {
  const asked: (number | null | undefined)[] = [];
  const all = Array.from({ length: 300 }, (_, at) => [`row${at}`, "", 1]);
  const ask = async (question: Question): Promise<Answer> => {
    asked.push(question.limit);
    return {
      columns: ["form", "page", "starts"].map((name) => ({ name, unit: "count" })),
      rows: all.slice(0, question.limit ?? 0),
      rows_total: all.length,
    } as unknown as Answer;
  };
  expect((await findRow(usual, "row250", ask))?.form).toBe("row250");
  expect(asked).toEqual([200, 10_000]);
  expect((await findRow(usual, "row5", ask))?.form).toBe("row5");
  expect(await findRow(usual, "none", ask)).toBeNull();
  expect(asked.slice(2)).toEqual([200, 200, 10_000]);
});

test("views that were counted in another way say why nothing stands beside them", () => {
  const counts = { starts: 1, submits: 1, successes: 1, left: 0 };
  const told = row({ earlier: { ...counts, views: 5 } });
  const by_pages = row({ form: "news", earlier: { ...counts, views: null } });
  // Where nobody used it there is nothing that could be held against it.
  const is_new = row({ earlier: { ...counts, starts: 0, views: null } });
  expect(notHeld([told, row(), is_new])).toBe("");
  expect(notHeld([told, by_pages])).toMatch(/^How many saw “news” is not held against/);
  expect(notHeld([by_pages, by_pages, told])).toMatch(/“news” and 1 other form is not held/);
});

test("rows keep what cannot be known apart from zero", () => {
  const answer = (names: string[], cells: unknown[]): Answer =>
    ({
      columns: names.map((name) => ({ name, unit: "count" })),
      rows: [cells],
    }) as unknown as Answer;
  const [form] = formRows(
    answer(["form", "page", "starts", "submits", "left"], ["page", "/", 3, null, null]),
  );
  expect(form).toMatchObject({ key: "page!/", starts: 3, submits: null, left: null });
  expect(form?.earlier).toBeNull();
  const held = answer(["form", "page", "starts", "starts_previous"], ["pay", "", 3, 5]);
  const [before] = formRows({ ...held, previous: { from_ms: 0, to_ms: 1 } });
  expect(before).toMatchObject({ starts: 3, earlier: { starts: 5, submits: null, views: null } });
  const [one] = fieldRows(answer(["field", "sessions", "left", "blank"], ["q", 3, null, 0]));
  expect(one).toMatchObject({ field: "q", left: null, blank: 0, time_ms: null, errors: 0 });
});

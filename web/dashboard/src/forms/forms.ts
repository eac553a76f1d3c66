// Forms: rows of the answers, one form in the address, the questions about it and its people, and
// what is said of it. What is counted stands in docs/concepts/forms.md.
import type { Answer, Dimension, PeopleQuestion, Question } from "@hitmetrix/wire";
import { count, decimal, plural } from "../format.ts";
import { type Asking, conditionsOf, ownValue } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { joinParts, splitParts, type Where } from "../where.ts";
import { errorKind } from "../words.ts";

/** The page is empty for a form that is one on all its pages. */
export interface FormKey {
  form: string;
  page: string;
}

/** Sessions of a form. */
export interface FormCounts {
  starts: number;
  /** Null where nothing can be sent. */
  submits: number | null;
  successes: number | null;
  left: number | null;
}

/** The same in the period before; views are null where they were counted in another way then. */
export interface EarlierCounts extends FormCounts {
  views: number | null;
}

export interface FormRow extends FormKey, FormCounts {
  key: string;
  views: number;
  pages: number;
  /** Null where that is not compared. */
  earlier: EarlierCounts | null;
  time_ms: number | null;
  leftAt: string;
  leftAtSessions: number;
}

export interface FieldRow {
  field: string;
  position: number;
  sessions: number;
  time_ms: number | null;
  refilled: number;
  returned: number;
  corrected: number | null;
  blank: number | null;
  left: number | null;
  /** Sessions that were shown an error, how often that was, and of which kind mostly. */
  errors: number;
  errorsShown: number;
  error: string;
}

/** Fields outside of any form. */
const NO_FORM = "page";

export function keyText({ form, page }: FormKey): string {
  return joinParts([page ? [form, page] : [form]]);
}

export function readKey(text: string): FormKey | null {
  const [[form = "", page = ""] = []] = splitParts(text);
  return form ? { form, page } : null;
}

export const keyOf = (asking: Asking): FormKey | null => readKey(ownValue(asking, "form"));

/** What a form is called: its own name, or what it is on its page. */
export function formName({ form }: FormKey): string {
  if (form === NO_FORM) return "Fields outside of a form";
  return form.includes(">") ? "A form without a name" : form;
}

/** What a field is called: its own name, or the end of its place. */
export function fieldName(field: string): string {
  return field === "" ? "a field without a name" : (field.split(">").pop() ?? field);
}

function base(asking: Asking): Question {
  return {
    kind: "forms",
    period: asking.period,
    filters: conditionsOf(asking),
    bots: asking.bots,
  };
}

/** The forms that most began, or all that an answer holds. */
export function listQuestion(asking: Asking, rows = 200): Question {
  return { ...base(asking), compare: asking.compare, limit: rows };
}

/** As many rows as an answer holds. */
const ROWS_MAX = 10_000;

/** One form of the list, looked for further down if it is not among the first; null if nobody saw it. */
export async function findRow(
  asking: Asking,
  key: string,
  ask: (question: Question) => Promise<Answer>,
): Promise<FormRow | null> {
  for (const rows of [200, ROWS_MAX]) {
    const answer = await ask(listQuestion(asking, rows));
    const found = formRows(answer).find((row) => row.key === key);
    if (found) return found;
    if (answer.rows_total <= answer.rows.length) break;
  }
  return null;
}

export function fieldsQuestion(asking: Asking, key: FormKey): Question {
  return {
    ...base(asking),
    forms: key.page ? { form: key.form, page: key.page } : { form: key.form },
  };
}

/** Who stands behind a number of a form. */
export function peopleOfForm(asking: Asking, key: FormKey, column: string): PeopleQuestion {
  return { question: base(asking), cell: { column, row: { form: key.form, page: key.page } } };
}

/** Who stands behind a number of a field. */
export function peopleOfField(
  asking: Asking,
  key: FormKey,
  { field, column }: { field: string; column: string },
): PeopleQuestion {
  return { question: fieldsQuestion(asking, key), cell: { column, row: { field } } };
}

/** The events of a form, in any other question. */
export function whereOf({ form, page }: FormKey): Where[] {
  const where: Where[] = [
    { fact: { property: "form", of: "event" }, operator: "is", values: [form] },
  ];
  return page ? [...where, { fact: { dimension: "page" }, operator: "is", values: [page] }] : where;
}

const TOUCHES = ["form_focus", "form_change", "form_submit"];

/** Sessions that began and that sent it, over time. */
export function timeQuestion(asking: Asking, key: FormKey): Question {
  const filters = whereOf(key).map(({ fact, operator, values }) =>
    "dimension" in fact
      ? { dimension: fact.dimension, operator, values }
      : { property: fact.property, operator, values },
  );
  const series = [
    { label: "starts", events: TOUCHES, filters, aggregate: "sessions" as const },
    { label: "submits", events: ["form_submit"], filters, aggregate: "sessions" as const },
  ];
  const question: Question = { ...base(asking), kind: "trend", trend: { series } };
  return asking.interval ? { ...question, interval: asking.interval } : question;
}

/** By a fact of the session how many began it and how many of them sent it. */
export function acrossQuestion(asking: Asking, key: FormKey, dimension: Dimension): Question {
  const of = (events: string[]) => [
    { dimension: "event" as const, operator: "is" as const, values: events },
    ...whereOf(key).map(({ fact, operator, values }) =>
      "dimension" in fact
        ? { dimension: fact.dimension, operator, values }
        : { property: fact.property, operator, values },
    ),
  ];
  return {
    ...base(asking),
    kind: "goals",
    filters: [...conditionsOf(asking), ...of(TOUCHES)],
    goals: {
      goals: [
        {
          label: "sent",
          event: { events: ["form_submit"], filters: of(["form_submit"]).slice(1) },
        },
      ],
      breakdown: { dimension },
      top: 7,
    },
  };
}

const reader = (answer: Answer) => {
  const number = (row: readonly unknown[], name: string): number | null =>
    numberAt(row as never, columnOf(answer, name));
  const text = (row: readonly unknown[], name: string): string =>
    textAt(row as never, columnOf(answer, name));
  return { number, text };
};

export function formRows(answer: Answer): FormRow[] {
  const { number, text } = reader(answer);
  const counts = (row: readonly unknown[], suffix: "" | "_previous"): FormCounts => ({
    starts: number(row, `starts${suffix}`) ?? 0,
    submits: number(row, `submits${suffix}`),
    successes: number(row, `successes${suffix}`),
    left: number(row, `left${suffix}`),
  });
  return answer.rows.map((row) => {
    const key = { form: text(row, "form"), page: text(row, "page") };
    return {
      ...key,
      ...counts(row, ""),
      key: keyText(key),
      views: number(row, "views") ?? 0,
      pages: number(row, "pages") ?? 0,
      earlier: answer.previous
        ? { ...counts(row, "_previous"), views: number(row, "views_previous") }
        : null,
      time_ms: number(row, "time"),
      leftAt: text(row, "left_at"),
      leftAtSessions: number(row, "left_at_sessions") ?? 0,
    };
  });
}

export function fieldRows(answer: Answer): FieldRow[] {
  const { number, text } = reader(answer);
  return answer.rows.map((row) => ({
    field: text(row, "field"),
    position: number(row, "position") ?? 0,
    sessions: number(row, "sessions") ?? 0,
    time_ms: number(row, "time"),
    refilled: number(row, "refilled") ?? 0,
    returned: number(row, "returned") ?? 0,
    corrected: number(row, "corrected"),
    blank: number(row, "blank"),
    left: number(row, "left"),
    errors: number(row, "errors") ?? 0,
    errorsShown: number(row, "errors_shown") ?? 0,
    error: text(row, "error"),
  }));
}

export function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

export function percent(share: number | null): string {
  return share === null
    ? "–"
    : `${decimal(share * 100, share > 0 && share < 0.095 ? 1 : 0)}\u202f%`;
}

/** True of a form that was used in the time before, and whose views were counted in another way then. */
export const isCountedOtherwise = ({ earlier }: FormRow): boolean =>
  earlier !== null && earlier.views === null && earlier.starts > 0;

/** Which forms' views stand beside none of the time before, and why; empty where all do. */
export function notHeld(rows: readonly FormRow[]): string {
  const [first, ...others] = rows.filter(isCountedOtherwise);
  if (!first) return "";
  const also =
    others.length > 0 ? ` and ${plural(others.length, "other form", "other forms")}` : "";
  return `How many saw “${formName(first)}”${also} is not held against the time before: in one of the two the tracker did not tell what comes into view, so that every session on a page with the form was counted.`;
}

export interface FormFinding {
  title: string;
  proof: string;
}

/** A share of those who leave that is worth a title. */
const WORTH = 0.4;
const FEW = 5;

/** What the title of a form says: where those who leave it leave. */
export function findingOf(row: FormRow, fields: readonly FieldRow[]): FormFinding {
  const name = formName(row);
  const of = (count: number, whole: number): string => percent(shareOf(count, whole));
  if (row.submits === null)
    return {
      title: name,
      proof: `${plural(row.starts, "session", "sessions")} filled something on ${row.page || "its page"} that is in no form, so whether it was sent cannot be seen.`,
    };
  if (row.starts === 0)
    return {
      title: `Nobody begins “${name}”`,
      proof: `${plural(row.views, "session", "sessions")} saw it, and none entered a field.`,
    };
  const sent = `${of(row.submits, row.starts)} of ${plural(row.starts, "session", "sessions")} that begin “${name}” send it`;
  const failed = row.submits - (row.successes ?? 0);
  const worst = fields.reduce<FieldRow | null>(
    (best, field) => ((field.left ?? 0) > (best?.left ?? 0) ? field : best),
    null,
  );
  const left = row.left ?? 0;
  const back =
    failed > 0
      ? ` ${plural(failed, "session", "sessions")} sent it, came back to a field and did not send again.`
      : "";
  if (worst && left >= FEW && (worst.left ?? 0) / left >= WORTH) {
    const shown =
      worst.errors > 0
        ? ` ${plural(worst.errors, "session was", "sessions were")} shown an error there, mostly: ${errorKind(worst.error)}.`
        : "";
    return {
      title: `${of(worst.left ?? 0, left)} of those who leave “${name}” leave at “${fieldName(worst.field)}”`,
      proof: `${plural(left, "session", "sessions")} left it, ${worst.left} of them there.${shown} ${sent}.${back}`,
    };
  }
  return { title: sent, proof: `${plural(left, "session", "sessions")} left it.${back}` };
}

/** What the title of the list says: the form that loses most. */
export function findingOfList(
  rows: readonly FormRow[],
  total = rows.length,
): FormFinding & { row: FormRow | null } {
  const worst = rows.reduce<FormRow | null>(
    (best, row) => ((row.left ?? 0) > (best?.left ?? 0) ? row : best),
    null,
  );
  if (rows.length === 0) return { title: "Nobody saw a form in this period", proof: "", row: null };
  const forms = plural(total, "form was", "forms were");
  const cut =
    total > rows.length ? ` Here are the ${count(rows.length)} that most sessions began.` : "";
  const ignored = rows.reduce<FormRow | null>(
    (best, row) => (row.starts === 0 && row.views > (best?.views ?? FEW - 1) ? row : best),
    null,
  );
  const unbegun = ignored
    ? ` Nobody began “${formName(ignored)}”, which ${plural(ignored.views, "session", "sessions")} saw.`
    : "";
  if (!worst)
    return ignored
      ? {
          title: `Nobody begins “${formName(ignored)}”, which ${plural(ignored.views, "session", "sessions")} saw`,
          proof: `${forms} seen in all, and nobody left one unfinished.${cut}`,
          row: null,
        }
      : {
          title: "Forms",
          proof: `${forms} seen, and nobody left one unfinished.${cut}`,
          row: null,
        };
  const at =
    worst.leftAt && worst.leftAtSessions > 0
      ? ` Most, ${worst.leftAtSessions}, leave at “${fieldName(worst.leftAt)}”.`
      : "";
  return {
    title: `“${formName(worst)}” loses most: ${plural(worst.left ?? 0, "session", "sessions")} of ${worst.starts} that begin it`,
    proof: `${percent(shareOf(worst.submits, worst.starts))} send it.${at}${unbegun} ${forms} seen in all.${cut}`,
    row: worst,
  };
}

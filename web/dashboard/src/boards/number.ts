// One number of a saved insight: of a trend its first series over the whole period, of a funnel the
// share that gets through. The same question, asked so that the last row is that of all.
import type { Answer, CellAddress, Question, Unit } from "@hitmetrix/wire";
import { letterOf, rowKey } from "../explore/asked.ts";
import type { Explore } from "../explore/explore.ts";
import { trendShape } from "../explore/shapes.ts";
import { count } from "../format.ts";
import { columnOf, numberAt, textAt, unitOf } from "../rows.ts";

export interface BigNumber {
  value: number | null;
  unit: Unit;
  before: number | null;
  /** Under it, in words. */
  note: string;
  /** Behind it; null where nobody can be asked for. */
  cell: CellAddress | null;
}

/** The question whose answer ends with the number; null where a kind has none. */
export function numberExplore(explore: Explore): Explore | null {
  if (explore.kind === "trend")
    return { ...explore, split: [], trend: { ...explore.trend, shape: "cumulative" }, who: null };
  if (explore.kind === "funnel") return { ...explore, split: [], who: null };
  return null;
}

/** The same of a question that no sentence asks; null where it is none of a number. */
export function numberQuestion(question: Question): Question | null {
  if (question.kind === "trend" && question.trend) {
    const { breakdown: _, top: __, moving_average: ___, ...trend } = question.trend;
    return { ...question, trend: { ...trend, cumulative: true } };
  }
  if (question.kind === "funnel" && question.funnel) {
    const { breakdown: _, top: __, ...funnel } = question.funnel;
    return { ...question, funnel };
  }
  return null;
}

/** The number in the answer to a funnel, or to a trend with these formulas. */
export function numberOf(
  { kind, formulas }: { kind: Question["kind"]; formulas: readonly string[] },
  answer: Answer,
): BigNumber {
  return kind === "funnel" ? ofFunnel(answer) : ofTrend(formulas, answer);
}

function ofTrend(formulas: readonly string[], answer: Answer): BigNumber {
  const column = formulas[0] ?? letterOf(0);
  const at = columnOf(answer, column);
  const last = answer.rows.findLastIndex((row) => numberAt(row, at) !== null);
  const row = answer.rows[last];
  const before = columnOf(answer, `${column}_previous`);
  const time = answer.columns.find(({ unit }) => unit === "time_ms")?.name ?? "time";
  const isFormula = formulas.length > 0;
  return {
    value: numberAt(row, at),
    unit: unitOf(answer, column),
    before: before < 0 ? null : numberAt(row, before),
    note: "",
    cell: last < 0 || isFormula ? null : { column, row: rowKey(answer, last, [time]) },
  };
}

function ofFunnel(answer: Answer): BigNumber {
  const by = ["persons", "sessions", "accounts"].find((name) => columnOf(answer, name) >= 0);
  const column = by ?? "persons";
  const first = answer.rows[0];
  const last = answer.rows.at(-1);
  const came = numberAt(first, columnOf(answer, column)) ?? 0;
  const went = numberAt(last, columnOf(answer, column)) ?? 0;
  const label = columnOf(answer, "label");
  const before = columnOf(answer, "share_previous");
  return {
    value: came === 0 ? null : went / came,
    unit: "share",
    before: before < 0 ? null : numberAt(last, before),
    note: `${count(went)} of ${count(came)} ${column} from “${textAt(first, label)}” to “${textAt(last, label)}”`,
    cell: { column, row: rowKey(answer, answer.rows.length - 1, ["step"]) },
  };
}

/** What the line beside a trend's number is drawn from, without what is not over. */
export function sparkOf(explore: Explore, answer: Answer, now: number): (number | null)[] {
  const shape = trendShape(answer);
  const column = explore.trend.formulas[0] ?? letterOf(0);
  const [group] = shape.groups;
  const values = group?.columns.find(({ name }) => name === column)?.values ?? [];
  const begun = shape.times.filter((ms) => ms <= now).length;
  if (answer.period.to_ms <= now || begun <= 3) return values;
  return values.slice(0, begun - 1);
}

// What a board asks all its panels in common, as a value: from the saved board, in the address, and
// in place of a panel's own. The server does the same for those with a link; both are held against
// crates/model/testdata/board_common.json.
//
// In the address `keep` says that the board's own is not asked but what stands there:
//   ?keep=compare&last=7d     the last 7 days for all, each panel compared as it was saved
import type { BoardCommon, Bots, Compare, Condition, Period, Question } from "@hitmetrix/wire";
import { amongOf } from "../among.ts";
import { cohortInterval } from "../explore/asked.ts";
import { sentenceFilters } from "../explore/fromQuestion.ts";
import { type Asking, conditionsOf, type Filter, keeps, USUAL } from "../question.ts";
import { factText, type Where } from "../where.ts";

export interface Common {
  /** Null: each panel its own. */
  period: Period | null;
  compare: Compare | null;
  bots: Bots | null;
  filters: Filter[];
  where: Where[];
  segment: string | null;
}

export const NOTHING_IN_COMMON: Common = {
  period: null,
  compare: null,
  bots: null,
  filters: [],
  where: [],
  segment: null,
};

export function commonOf(saved: BoardCommon): Common {
  const narrowing = sentenceFilters(saved.filters ?? []) ?? {
    filters: [],
    where: [],
    segment: null,
  };
  return {
    period: saved.period ?? null,
    compare: saved.compare ?? null,
    bots: saved.bots ?? null,
    ...narrowing,
  };
}

export function toSave(common: Common): BoardCommon {
  const filters = conditionsOf(common);
  return {
    ...(common.period ? { period: common.period } : {}),
    ...(common.compare ? { compare: common.compare } : {}),
    ...(common.bots ? { bots: common.bots } : {}),
    ...(filters.length > 0 ? { filters } : {}),
  };
}

// ---------- the address ----------

/** True where the address says what is asked, and not the saved board. */
export function isInAddress(asking: Asking): boolean {
  return asking.own.some(([name]) => name === "keep");
}

/** As the bar over the screen has it, and the address. */
export function askingOfCommon(common: Common, own: Asking["own"] = []): Asking {
  const kept: [string, string][] = [];
  if (common.period === null) kept.push(["keep", "period"]);
  if (common.compare === null) kept.push(["keep", "compare"]);
  if (kept.length === 0) kept.push(["keep", "nothing"]);
  return {
    ...USUAL,
    period: common.period ?? USUAL.period,
    compare: common.compare ?? USUAL.compare,
    bots: common.bots ?? "exclude",
    filters: common.filters,
    where: common.where,
    segment: common.segment,
    own: [...kept, ...own.filter(([name]) => name !== "keep")],
  };
}

export function commonOfAsking(asking: Asking): Common {
  return {
    period: keeps(asking, "period") ? null : asking.period,
    compare: keeps(asking, "compare") ? null : asking.compare,
    bots: asking.bots === "exclude" ? null : asking.bots,
    filters: asking.filters,
    where: asking.where,
    segment: asking.segment,
  };
}

export const sameCommon = (a: Common, b: Common): boolean =>
  JSON.stringify(toSave(a)) === JSON.stringify(toSave(b));

// ---------- in place of a panel's own ----------

/** What a single condition is about; null where it is not about one thing alone. */
function aboutOf(condition: Condition): string | null {
  if (amongOf(condition) !== null) return "segment";
  if (!("operator" in condition)) return null;
  if ("dimension" in condition) return factText({ dimension: condition.dimension });
  if ("property" in condition)
    return factText({ property: condition.property, of: condition.of ?? "event" });
  return null;
}

const aboutFilter = (filter: Filter): string => factText({ dimension: filter.dimension });

/** A panel's question as the board asks it. */
export function putOn(common: Common, own: Asking): Asking {
  const replaced = new Set([
    ...common.filters.map(aboutFilter),
    ...common.where.map(({ fact }) => factText(fact)),
  ]);
  return {
    ...own,
    period: common.period ?? own.period,
    interval: common.period ? null : own.interval,
    compare: common.compare ?? own.compare,
    bots: common.bots ?? own.bots,
    segment: common.segment ?? own.segment,
    filters: [...own.filters.filter((each) => !replaced.has(aboutFilter(each))), ...common.filters],
    where: [...own.where.filter(({ fact }) => !replaced.has(factText(fact))), ...common.where],
  };
}

/** Kinds that need an interval. */
const COHORTS: readonly Question["kind"][] = ["retention", "lifecycle", "stickiness"];

/** The same with a question that no sentence asks. */
export function putOnQuestion(common: Common, own: Question): Question {
  const question: Question = { ...own };
  if (common.period) {
    question.period = common.period;
    delete question.interval;
  }
  if (common.compare && compares(own)) question.compare = common.compare;
  if (common.bots) question.bots = common.bots;
  const added = conditionsOf(common);
  const replaced = new Set(added.map(aboutOf));
  const rest = (own.filters ?? []).filter((each) => {
    const about = aboutOf(each);
    return about === null || !replaced.has(about);
  });
  question.filters = [...rest, ...added];
  if (COHORTS.includes(own.kind))
    question.interval = cohortInterval({ ...question, interval: question.interval ?? null });
  return question;
}

/** Kinds that can be compared whatever they ask. */
const COMPARED: readonly Question["kind"][] = [
  "totals",
  "breakdown",
  "retention",
  "lifecycle",
  "stickiness",
  "distribution",
];

/** A divided trend or funnel could be compared, but not be drawn with it; of a funnel only its steps
 * are, and of forms only the list. */
function compares(question: Question): boolean {
  if (question.kind === "trend") return (question.trend?.breakdown ?? []).length === 0;
  if (question.kind === "funnel")
    return !question.funnel?.breakdown && (question.funnel?.rows ?? "steps") === "steps";
  if (question.kind === "forms") return !question.forms?.form;
  return COMPARED.includes(question.kind);
}

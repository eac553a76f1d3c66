// Conditions in words, as a person would say them: for saved segments and for steps of questions.
import type { Condition, EventSelection } from "@hitmetrix/wire";
import { plural } from "./format.ts";
import { dimensionName, operatorName, saidValue, valueName } from "./words.ts";

const NUMBER = {
  duration_ms: "duration of the session, ms",
  engaged_ms: "engaged time of the session, ms",
  pageviews: "pageviews of the session",
  events: "events of the session",
  errors: "errors of the session",
  rage_clicks: "rage clicks of the session",
  dead_clicks: "dead clicks of the session",
  error_clicks: "error clicks of the session",
  thrashes: "shaken pointers of the session",
  u_turns: "u-turns of the session",
  slow_pages: "slow pages of the session",
} as const;

/** The names of segments and goals by id, as far as they are known. */
export type SegmentNames = ReadonlyMap<string, string>;

export function conditionWords(condition: Condition, names: SegmentNames): string {
  if ("dimension" in condition) {
    const { dimension, operator, values = [] } = condition;
    const said = values.map((value) => saidValue(dimension, value));
    return comparison(dimensionName(dimension).toLowerCase(), operator, said);
  }
  if ("property" in condition) {
    const owner = condition.of === "person" || condition.of === "account" ? condition.of : "";
    const subject = owner ? `${owner}’s ${condition.property}` : condition.property;
    return comparison(subject, condition.operator, condition.values ?? []);
  }
  if ("session" in condition)
    return comparison(NUMBER[condition.session], condition.operator, condition.values ?? []);
  if ("all" in condition) return many(condition.all, " and ", "everything", names);
  if ("any" in condition) return many(condition.any, " or ", "nothing", names);
  if ("not" in condition) return `not (${conditionWords(condition.not, names)})`;
  if ("session_has" in condition)
    return `the session has: ${condition.session_has.map((each) => conditionWords(each, names)).join(" and ")}`;
  if ("did" in condition) {
    const { sequence, at_least, at_most, last, within } = condition.did;
    const often = [
      at_least ? `at least ${plural(at_least, "time", "times")}` : "",
      at_most === undefined || at_most === null
        ? ""
        : `at most ${plural(at_most, "time", "times")}`,
      within ? `within ${within}` : "",
      last ? `in the last ${last}` : "",
    ].filter(Boolean);
    const what = sequence.map((each) => selectionWords(each, names)).join(", then ");
    return [`did ${what}`, ...often].join(" ");
  }
  if ("goal" in condition) return `reached “${names.get(condition.goal) ?? condition.goal}”`;
  return `in “${names.get(condition.segment) ?? condition.segment}”`;
}

/** What events a selection means. */
export function selectionWords(selection: EventSelection, names: SegmentNames): string {
  if (selection.label) return selection.label;
  const events = (selection.events ?? []).map((event) => valueName("event", event)).join(" or ");
  const where = (selection.filters ?? []).map((each) => conditionWords(each, names));
  return [events || "anything", where.length > 0 ? `where ${where.join(" and ")}` : ""]
    .filter(Boolean)
    .join(" ");
}

function comparison(
  subject: string,
  operator: Parameters<typeof operatorName>[0],
  values: readonly string[],
): string {
  const joined = operator === "between" ? values.join(" and ") : values.join(" or ");
  return [subject, operatorName(operator), joined].filter(Boolean).join(" ");
}

function many(
  list: readonly Condition[],
  between: string,
  none: string,
  names: SegmentNames,
): string {
  if (list.length === 0) return none;
  const said = list.map((each) => conditionWords(each, names));
  return said.length === 1 ? (said[0] ?? none) : `(${said.join(between)})`;
}

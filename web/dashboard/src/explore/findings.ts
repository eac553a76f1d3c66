// The title of an answer: what it says, in a sentence with the proof under it.
import type { Answer } from "@hitmetrix/wire";
import { bucketTitle } from "../buckets.ts";
import { change, count, decimal, joined, money, plural, priced, told } from "../format.ts";
import { columnOf, numberAt, numbers, textAt } from "../rows.ts";
import { factName } from "../where.ts";
import { INTERVAL } from "../words.ts";
import type { Currencies } from "./currency.ts";
import { type Explore, stepBefore, type Who } from "./explore.ts";
import { isNumeric, lineName, splitName } from "./phrases.ts";
import { edgesOf } from "./sankey.ts";
import { selectionName, verbOf } from "./selection.ts";
import {
  type FunnelShape,
  funnelShape,
  OTHER,
  oddsOf,
  retentionShape,
  sharesOf,
  trendShape,
} from "./shapes.ts";

export interface Finding {
  title: string;
  proof: string;
}

export interface Answered {
  explore: Explore;
  answer: Answer;
  /** A funnel that is divided: by values. */
  divided: Answer | null;
  /** In which currency amounts in it are. */
  currencies?: Currencies;
}

export const percent = (share: number, digits = 0): string =>
  joined({ number: decimal(share * 100, share > 0 && share < 0.1 ? 1 : digits), unit: "%" });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Null where nothing was counted. */
export function findingFor(answered: Answered, zone: string, now: number): Finding | null {
  switch (answered.explore.kind) {
    case "trend":
      return ofTrend(answered, zone);
    case "funnel":
      return ofFunnel(funnelShape(answered.answer, answered.divided), answered.explore);
    case "retention":
      return ofRetention(answered, now);
    case "paths":
      return ofPaths(answered);
    case "lifecycle":
      return ofLifecycle(answered, zone);
    case "stickiness":
      return ofStickiness(answered);
    case "distribution":
      return ofDistribution(answered);
    case "correlation":
      return ofCorrelation(answered);
  }
}

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** Whether the answer is held against the period before or against the year before. */
function earlierSpan({ period, previous }: Answered["answer"]): "period" | "year" {
  const length_ms = period.to_ms - period.from_ms;
  const back_ms = previous ? period.from_ms - previous.from_ms : 0;
  return back_ms > 1.5 * length_ms ? "year" : "period";
}

/** How a share moved, as the end of a proof; nothing where there is none to hold it against. */
function movedOf(answer: Answer, now: number, before: number | null): string {
  if (before === null) return "";
  return ` ${change(now, before, "share").text} on the ${earlierSpan(answer)} before, which had ${percent(before, 1)}.`;
}

function ofTrend({ explore, answer, currencies }: Answered, zone: string): Finding | null {
  const shape = trendShape(answer);
  const line = explore.trend.lines[0];
  const [group] = shape.groups;
  const column = group?.columns[0];
  if (!line || !column || !group) return null;
  const whole = column.values.filter((value) => value !== null);
  if (whole.length === 0 || whole.every((value) => value === 0)) return null;
  const name = lineName(line);
  const interval = INTERVAL[shape.interval].toLowerCase();
  const most = column.values.reduce<number>(
    (best, value, index) => ((value ?? 0) > (column.values[best] ?? 0) ? index : best),
    0,
  );
  const code = currencies?.[column.name] ?? "";
  const top = `Most, ${priced(column.values[most] ?? null, column.unit, code)}, ${when(shape.times[most] ?? 0, shape.interval, zone)}.`;
  if (explore.split.length > 0) {
    const first = shape.groups.find(({ other }) => !other) ?? group;
    const said = first.values
      .map((value, at) => splitName(shape.facts[at] ?? "", value))
      .join(", ");
    return {
      title: `${capital(name)}: most with ${explore.split.map(factName).join(" and ")} ${said}`,
      proof: `${plural(shape.groups.filter(({ other }) => !other).length, "value", "values")}${shape.groups.some(({ other }) => other) ? " and all others" : ""}, by ${interval}.`,
    };
  }
  const added = line.aggregate === "count" || line.aggregate === "sum";
  if (explore.trend.shape === "cumulative") {
    const last = whole.at(-1) ?? 0;
    return { title: `${priced(last, column.unit, code)} ${name} since the start`, proof: top };
  }
  const value = added && explore.trend.shape === "plain" ? sum(whole) : sum(whole) / whole.length;
  const before = column.before ? column.before.filter((each) => each !== null) : null;
  const was = before
    ? added && explore.trend.shape === "plain"
      ? sum(before)
      : sum(before) / Math.max(1, before.length)
    : null;
  const unit = isNumeric(line.aggregate) ? column.unit : added || value >= 10 ? "count" : "ratio";
  const said = code ? money(value, code) : told(unit === "count" ? Math.round(value) : value, unit);
  const moved =
    was === null || was === 0
      ? ""
      : ` ${change(value, was, "count").text} on the ${earlierSpan(answer)} before.`;
  if (added && explore.trend.shape === "plain")
    return {
      title: isNumeric(line.aggregate) ? `The ${name} is ${said}` : `${said} ${name}`,
      proof: `${top}${moved}`,
    };
  return {
    title: isNumeric(line.aggregate)
      ? `The ${name} is ${said}, on a mean ${interval}`
      : `${said} ${name}, on a mean ${interval}`,
    proof: `${top}${moved}`,
  };
}

function when(ms: number, interval: Answer["interval"], zone: string): string {
  const title = bucketTitle(ms, interval ?? "day", zone);
  return interval === "week"
    ? `in the ${title.charAt(0).toLowerCase()}${title.slice(1)}`
    : `on ${title}`;
}

/** Where values differ most beyond chance: two shares compared, the step with the largest gap. */
export interface Gap {
  step: number;
  value: string;
  share: number;
  others: number;
  score: number;
}

/** Cases expected in each of the four fields, so that the test of two shares holds (Cochran 1954). */
const GAP_EXPECTED = 5;
const GAP_SCORE = 3.5;
const GAP_POINTS = 0.05;

export function gapOf(shape: FunnelShape): Gap | null {
  let best: Gap | null = null;
  for (let step = 1; step < shape.labels.length; step += 1) {
    for (const { value, other, steps } of shape.values) {
      const came = steps[step - 1]?.count ?? 0;
      const went = steps[step]?.count ?? 0;
      const restCame = (shape.all.steps[step - 1]?.count ?? 0) - came;
      const restWent = (shape.all.steps[step]?.count ?? 0) - went;
      if (other || value === null || came === 0 || restCame === 0) continue;
      const share = went / came;
      const others = restWent / restCame;
      const pooled = (went + restWent) / (came + restCame);
      const rarer = Math.min(pooled, 1 - pooled) * Math.min(came, restCame);
      if (rarer < GAP_EXPECTED) continue;
      const error = Math.sqrt(pooled * (1 - pooled) * (1 / came + 1 / restCame));
      const score = error > 0 ? Math.abs(share - others) / error : 0;
      if (score < GAP_SCORE || Math.abs(share - others) < GAP_POINTS) continue;
      // Of two halves both differ alike; the one that loses is what one wants to know.
      const ahead = best ? score - best.score : 1;
      if (!best || ahead > 1e-9 || (ahead > -1e-9 && share < best.share))
        best = { step, value, share, others, score };
    }
  }
  return best;
}

export function worstStep(shape: FunnelShape): number {
  let worst = -1;
  shape.all.steps.forEach((step, index) => {
    if (index > 0 && step.dropped > (shape.all.steps[worst]?.dropped ?? 0)) worst = index;
  });
  return worst;
}

/** Who is lost where a funnel loses most: of the value that stands out, else of all. */
export function lossOf({ answer, divided }: Answered): Who | null {
  const shape = funnelShape(answer, divided);
  const gap = gapOf(shape);
  if (gap && gap.share < gap.others) {
    const row = { [shape.split ?? ""]: gap.value, step: gap.step + 1 };
    return { of: "main", cell: { column: "dropped", row } };
  }
  const worst = worstStep(shape);
  return worst < 0
    ? null
    : { of: divided ? "whole" : "main", cell: { column: "dropped", row: { step: worst + 1 } } };
}

function ofFunnel(shape: FunnelShape, explore: Explore): Finding | null {
  const { steps } = shape.all;
  const first = steps[0]?.count ?? 0;
  const last = steps.at(-1)?.count ?? 0;
  if (first === 0) return null;
  const worst = worstStep(shape);
  const lost = steps[worst];
  const overall = `${percent(last / first)} of ${plural(first, shape.by.slice(0, -1), shape.by)} get from “${shape.labels[0]}” to “${shape.labels.at(-1)}”`;
  const where = lost
    ? `Most are lost before “${shape.labels[worst]}”: ${count(lost.dropped)} of ${count(steps[stepBefore(explore.funnel.steps, worst)]?.count ?? 0)} left.`
    : "";
  const gap = gapOf(shape);
  if (gap)
    return {
      title: `At “${shape.labels[gap.step]}”, ${splitName(shape.split ?? "", gap.value)} goes on with ${percent(gap.share)}, all others with ${percent(gap.others)}`,
      proof: `${overall}. ${where}`,
    };
  return { title: overall, proof: where };
}

function ofRetention({ explore, answer }: Answered, now: number): Finding | null {
  const { cohorts, mean, before, interval } = retentionShape(answer, now);
  const persons = sum(cohorts.map((each) => each.persons));
  const first = mean[0];
  if (persons === 0) return null;
  const name = INTERVAL[interval].toLowerCase();
  const { start, back } = explore.retention;
  if (first === null || first === undefined)
    return {
      title: `${plural(persons, "person", "persons")} began; nobody had time to return yet`,
      proof: "",
    };
  const later = mean.findLastIndex((share) => share !== null);
  return {
    title:
      selectionName(back) === "anything"
        ? `${percent(first)} came back after one ${name}`
        : `${percent(first)} ${verbOf(back)} ${selectionName(back)} after one ${name}`,
    proof:
      `${plural(persons, "person", "persons")} who ${verbOf(start)} ${selectionName(start)}, in ${plural(cohorts.length, "cohort", "cohorts")}.` +
      (later > 1 ? ` After ${later + 1} ${name}s it is ${percent(mean[later] ?? 0)}.` : "") +
      movedOf(answer, first, before?.[0] ?? null),
  };
}

function ofPaths({ explore, answer }: Answered): Finding | null {
  if (answer.rows.length === 0) return null;
  const say = (name: string): string => stepName(explore, name);
  if (explore.paths.rows === "sequences") {
    const [row] = answer.rows;
    const share = numberAt(row, columnOf(answer, "share")) ?? 0;
    return {
      title: `${percent(share)} of sessions go ${textAt(row, 0).split(" → ").map(say).join(" › ")}`,
      proof: `${plural(answer.rows_total, "different path", "different paths")} were taken.`,
    };
  }
  const edges = edgesOf(answer);
  const [end] = edges
    .filter(({ source, target }) => source && !target)
    .sort((a, b) => b.sessions - a.sessions);
  const [next] = edges
    .filter(({ source, target }) => source && target && source !== OTHER && target !== OTHER)
    .sort((a, b) => b.sessions - a.sessions);
  const ended = end
    ? `${plural(end.sessions, "session", "sessions")} ended on ${say(end.source)} as step ${end.step}, ${percent(end.share)} of those that were there.`
    : "";
  if (!next) return ended ? { title: ended, proof: "" } : null;
  const sessions = plural(next.sessions, "session", "sessions");
  return {
    title: `Most go from ${say(next.source)} to ${say(next.target)}: ${sessions}`,
    proof: ended,
  };
}

/** A step of a path in words. */
export function stepName(explore: Explore, name: string): string {
  if (name === OTHER) return "all others";
  return explore.paths.steps === "events" ? splitName("event", name) : name;
}

function ofLifecycle({ answer }: Answered, zone: string): Finding | null {
  const rows = answer.rows.filter((row) => numberAt(row, columnOf(answer, "new")) !== null);
  // The interval that is running still fills, so the one before says more.
  const row = rows.length > 1 ? rows.at(-2) : rows.at(-1);
  if (!row) return null;
  const at = (name: string): number => numberAt(row, columnOf(answer, name)) ?? 0;
  const all = sum(
    ["new", "returning", "resurrecting", "dormant"].flatMap((name) => numbers(answer, name)),
  );
  if (all === 0) return null;
  const came = at("new") + at("resurrecting");
  const grew = came >= at("dormant");
  const [more, fewer] = grew ? [came, at("dormant")] : [at("dormant"), came];
  const verb = grew ? "more came than went" : "more went than came";
  return {
    title: `${capital(when(numberAt(row, 0) ?? 0, answer.interval ?? "day", zone))} ${verb}: ${count(more)} against ${count(fewer)}`,
    proof: `${count(at("new"))} were new, ${count(at("resurrecting"))} came back after a pause, ${count(at("returning"))} stayed, ${count(at("dormant"))} went quiet.`,
  };
}

function ofStickiness({ answer }: Answered): Finding | null {
  const least = numbers(answer, "persons_at_least");
  const all = least[0] ?? 0;
  if (all === 0) return null;
  const name = INTERVAL[answer.interval ?? "day"].toLowerCase();
  const again = least[1] ?? 0;
  const was =
    columnOf(answer, "persons_at_least_previous") < 0
      ? []
      : numbers(answer, "persons_at_least_previous");
  const wasAll = was[0] ?? 0;
  const often = least[Math.min(3, least.length - 1)] ?? 0;
  return {
    title: `${percent(again / all)} were there in more than one ${name}`,
    proof: `Of ${plural(all, "person", "persons")}, ${count(again)} in two or more ${name}s and ${count(often)} in four or more.${movedOf(answer, again / all, wasAll === 0 ? null : (was[1] ?? 0) / wasAll)}`,
  };
}

function ofDistribution({ explore, answer, currencies }: Answered): Finding | null {
  const code = currencies?.from ?? "";
  const amount = (value: number | null): string =>
    code ? `${trim(value ?? 0)}\u202f${code}` : trim(value ?? 0);
  const fact = explore.distribution.fact;
  const counted = answer.columns.find(({ unit }) => unit === "count")?.name ?? "events";
  const all = sharesOf(answer, counted);
  if (!fact || all === 0) return null;
  const from = columnOf(answer, "from");
  const classes = answer.rows.filter((row) => numberAt(row, from) !== null);
  const at = columnOf(answer, counted);
  if (classes.length > 0) {
    const known = sum(classes.map((row) => numberAt(row, at)));
    let so = 0;
    const middle = classes.find((row) => {
      so += numberAt(row, at) ?? 0;
      return so >= known / 2;
    });
    return {
      title: `Half of the values of ${factName(fact)} lie under ${amount(numberAt(middle, columnOf(answer, "to")))}`,
      proof: `${plural(known, counted.slice(0, -1), counted)} with a number, from ${trim(numberAt(classes[0], from) ?? 0)} to ${amount(numberAt(classes.at(-1), columnOf(answer, "to")))}.`,
    };
  }
  const [row] = answer.rows;
  const column = "dimension" in fact ? fact.dimension : fact.property;
  return {
    title: `Most frequent ${factName(fact)}: ${splitName(column, textAt(row, 0))}, ${percent(numberAt(row, columnOf(answer, "share")) ?? 0)} of ${counted}`,
    proof: `${plural(all, counted.slice(0, -1), counted)}, ${plural(answer.rows.length, "row", "rows")}.`,
  };
}

export function trim(value: number): string {
  return value.toLocaleString("en-GB", { maximumFractionDigits: 3 });
}

/** Odds beyond a thousand times mean that hardly anybody is on the other side: a guess, and no measure. */
const ODDS_MAX = 1000;

/** How many times the odds of the others. */
export function oddsText(ratio: number): string {
  if (ratio > ODDS_MAX) return `over ${trim(ODDS_MAX)} ×`;
  if (ratio < 1 / ODDS_MAX) return `under ${trim(1 / ODDS_MAX)} ×`;
  return `${trim(Number(ratio.toPrecision(2)))} ×`;
}

export function oddsName(kind: string, value: string): string {
  return kind === "event"
    ? `did ${splitName("event", value)}`
    : `${kind.replace(".", "’s ")} ${splitName(kind, value)}`;
}

function ofCorrelation({ explore, answer }: Answered): Finding | null {
  const list = oddsOf(answer);
  const [first] = list;
  if (!first) return null;
  const goal = selectionName(explore.correlation.goal ?? { events: [], where: [], label: "" });
  const rows = `${plural(answer.rows_total, "value was", "values were")} held against “${goal}”`;
  if (!first.significant)
    return { title: `Nothing goes with “${goal}” beyond chance`, proof: `${rows}.` };
  const who =
    first.kind === "event"
      ? `did “${splitName("event", first.value)}”`
      : `has ${oddsName(first.kind, first.value)}`;
  return {
    title: `Who ${who} converts ${first.ratio < 1 ? "less" : "more"}: ${percent(first.rate ?? 0)} against ${percent(first.rateWithout ?? 0)}`,
    proof: `${rows}, ${count(list.filter(({ significant }) => significant).length)} of those shown beyond chance. Goes with, not because of.`,
  };
}

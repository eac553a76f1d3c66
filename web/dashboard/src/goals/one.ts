// One goal counted: now, over time, and the same for the time before; its conversion as a tile and as
// lines, for its own page and for the overview.
import type { Answer, SavedGoal } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import type { Line } from "../charts/series.ts";
import { change } from "../format.ts";
import type { Asking } from "../question.ts";
import { sparkPath } from "../scales.ts";
import type { Tile } from "../tile.ts";
import {
  beforeOf,
  type Counts,
  countsById,
  goalsQuestion,
  moved,
  percent,
  spanBefore,
  spanQuestion,
  timesOf,
  whole,
} from "./goals.ts";

export interface OneGoal {
  id: string;
  answer: Answer;
  before: Counts | null;
  trend: Answer;
  /** The trend of the time before, where that is compared. */
  earlier: Answer | null;
}

export async function countOne(
  api: Pick<Api, "ask">,
  { site, asking, goal }: { site: number; asking: Asking; goal: SavedGoal },
  signal: AbortSignal,
): Promise<OneGoal> {
  const now = goalsQuestion(asking, [goal]);
  const times = goalsQuestion(asking, [goal], { over_time: true });
  const span = asking.compare === "none" ? null : spanQuestion(asking);
  const { id } = goal;
  const [answer, trend, spans] = await Promise.all([
    api.ask(site, now, signal),
    api.ask(site, times, signal),
    span ? api.ask(site, span, signal) : null,
  ]);
  const period = spans && spanBefore(spans);
  if (!period) return { id, answer, before: null, trend, earlier: null };
  const interval = trend.interval ? { interval: trend.interval } : {};
  const [then, earlier] = await Promise.all([
    api.ask(site, { ...now, period }, signal),
    api.ask(site, { ...times, period, ...interval }, signal),
  ]);
  return { id, answer, before: beforeOf(then, id), trend, earlier };
}

export const countsOfOne = (found: OneGoal): Counts | null =>
  countsById(found.answer).get(found.id) ?? null;

/** Its conversion as the overview shows it. */
export function headTile(goal: SavedGoal, found: OneGoal, now_ms: number): Tile {
  const from = found.before ? `from ${percent(found.before.rate)}` : "";
  return rateTile(found, { key: "conversion", name: `Conversion: ${goal.name}`, from }, now_ms);
}

/** Its conversion as a tile; `from` says what it is held against. */
export function rateTile(
  found: OneGoal,
  { key, name, from }: Pick<Tile, "key" | "name" | "from">,
  now_ms: number,
): Tile {
  const [now, { before }] = [countsOfOne(found), found];
  const rate = now?.rate ?? null;
  const way = now ? moved(now, before) : 0;
  const done = whole(timesOf(found.trend, found.id), found.trend.period.to_ms, now_ms);
  return {
    key,
    name,
    number: percent(rate).replace(/\u202f%$/, ""),
    unit: rate === null ? "" : "%",
    change: before ? change(rate, before.rate, "share").text : "",
    tone: way > 0 ? "good" : way < 0 ? "bad" : "",
    from: before ? from : "",
    spark: sparkPath(
      done.map((each) => each.rate),
      56,
      18,
    ),
  };
}

/** Its conversion over time, and before. */
export function rateLines(found: OneGoal): Line[] {
  const rates = (counts: readonly Counts[]) => counts.map((each) => each.rate);
  const times = timesOf(found.trend, found.id);
  const line = { values: rates(times.counts), label: "reach it", colour: "s1" };
  if (!found.earlier || !found.before) return [line];
  const before = rates(timesOf(found.earlier, found.id).counts).slice(0, times.times.length);
  return [line, { values: before, label: "previous", colour: "s-other", dash: true }];
}

/** The highest of the lines, for an axis that no line leaves. */
export const highest = (lines: readonly Line[]): number =>
  Math.max(0.01, ...lines.flatMap(({ values }) => values.map((rate) => rate ?? 0)));

// Counts one saved funnel for the list: now, over time, and in the time before.
import type { Api } from "../api.ts";
import { detailOf } from "../api.ts";
import { besideFor, questionFor } from "../explore/asked.ts";
import type { Asking } from "../question.ts";
import { numberAt, numbers, timeColumn } from "../rows.ts";
import { askedOf, plainFunnel, type Row, standBefore, standOf } from "./funnels.ts";

export interface Counting {
  site: number;
  row: Row;
  /** What the screen asks. */
  screen: Asking;
  now: number;
}

/** The row with its numbers; where they cannot be counted it says so, and the others go on. */
export async function countFunnel(
  api: Api,
  { site, row, screen, now }: Counting,
  signal: AbortSignal,
): Promise<Row> {
  const { sentence } = row;
  if (!sentence) return row;
  const [explore, asking] = [plainFunnel(sentence.explore), askedOf(sentence, screen)];
  const question = questionFor(explore, asking);
  try {
    const [answer, over] = await Promise.all([
      api.ask(site, question, signal),
      api.ask(site, besideFor(explore, asking, "over"), signal),
    ]);
    const time = timeColumn(over);
    const begun = over.rows.filter((one) => (numberAt(one, time) ?? 0) <= now).length;
    const rates = numbers(over, "share");
    return {
      ...row,
      answer,
      now: standOf(answer, explore),
      before: standBefore(answer, explore),
      // Without the interval that is not over, in which hardly anybody had the time.
      rates: over.period.to_ms > now && begun > 2 ? rates.slice(0, begun - 1) : rates,
      trouble: "",
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...row, trouble: detailOf(error) };
  }
}

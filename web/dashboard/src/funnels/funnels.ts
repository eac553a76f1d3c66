// Saved funnels: insights of kind `funnel`, counted under period and filters of the screen. Their
// questions, what is said of them, and drafts to be saved. How they count stands in
// docs/concepts/funnels.md.
import type { Answer, Insight, InsightDetail, InsightDraft } from "@hitmetrix/wire";
import { commonOfAsking, putOn } from "../boards/inCommon.ts";
import { questionFor } from "../explore/asked.ts";
import { stepsTo } from "../explore/buying.ts";
import {
  type Explore,
  readExplore,
  type Step,
  stepBefore,
  usualExplore,
} from "../explore/explore.ts";
import { percent, worstStep } from "../explore/findings.ts";
import type { Sentence } from "../explore/fromQuestion.ts";
import { addressToSave, nameFor } from "../explore/insight.ts";
import type { Seen } from "../explore/seen.ts";
import { type Selection, selectionName } from "../explore/selection.ts";
import { funnelShape } from "../explore/shapes.ts";
import { count, plural } from "../format.ts";
import { type Counts, freeName, moved } from "../goals/goals.ts";
import { type Asking, ownValue, readAsking, USUAL } from "../question.ts";

/** The funnel that is open, by its id; empty for the list. */
export const openFunnel = (asking: Asking): string => ownValue(asking, "funnel");

/** What a saved funnel asks, by its address; null where it has none, as one that a program saved. */
export function sentenceInAddress({ address }: Pick<Insight, "address">): Sentence | null {
  if (!address) return null;
  const asking = readAsking(new URLSearchParams(address));
  const explore = readExplore(asking.own);
  return explore.kind === "funnel" ? { explore, asking: { ...asking, own: [] } } : null;
}

/** The funnel as it is asked, with nothing that divides it and nobody that is looked at. */
export function plainFunnel(explore: Explore): Explore {
  return { ...explore, split: [], who: null };
}

/** What must hold: the screen's period and filters, and those that were saved with the funnel. */
export function askedOf(sentence: Sentence, asking: Asking): Asking {
  const own = putOn(commonOfAsking(asking), sentence.asking);
  return { ...own, compare: asking.compare, interval: asking.interval, own: [] };
}

export const stepWords = (steps: readonly Step[]): string =>
  steps
    .map((step) => `${selectionName(step)}${step.optional ? " (may be left out)" : ""}`)
    .join(" → ");

// ---------- what is said ----------

export interface Loss {
  /** The step before which most are lost. */
  name: string;
  step: number;
  dropped: number;
  of: number;
}

export interface Stand {
  began: number;
  done: number;
  rate: number | null;
  /** `persons`, `sessions` or `accounts`. */
  by: string;
  loss: Loss | null;
}

/** How many got through in the earlier period; null where none is compared. */
export function standBefore(answer: Answer, explore: Explore): Stand | null {
  const { steps } = funnelShape(answer, null).all;
  const [first, last] = [steps[0]?.earlier, steps.at(-1)?.earlier];
  if (!first || !last) return null;
  const [began, done] = [first.count, last.count];
  return {
    began,
    done,
    rate: began > 0 ? done / began : null,
    by: explore.funnel.by,
    loss: null,
  };
}

export function standOf(answer: Answer, explore: Explore): Stand {
  const shape = funnelShape(answer, null);
  const { steps } = shape.all;
  const began = steps[0]?.count ?? 0;
  const done = steps.at(-1)?.count ?? 0;
  const worst = worstStep(shape);
  const lost = steps[worst];
  return {
    began,
    done,
    rate: began > 0 ? done / began : null,
    by: shape.by,
    loss: lost
      ? {
          name: shape.labels[worst] ?? "",
          step: worst + 1,
          dropped: lost.dropped,
          of: steps[stepBefore(explore.funnel.steps, worst)]?.count ?? 0,
        }
      : null,
  };
}

/** A saved funnel as the list has it; its numbers may still come. */
export interface Row {
  insight: Insight;
  /** What it asks; null where no sentence says it. */
  sentence: Sentence | null;
  answer?: Answer;
  now: Stand | null;
  before: Stand | null;
  /** The conversion over time. */
  rates: readonly (number | null)[];
  /** Why it could not be counted; empty when it could. */
  trouble: string;
}

const countsOf = ({ began, done, rate }: Stand): Counts => ({
  sessions: began,
  reached: done,
  persons: done,
  rate,
  value: null,
});

/** Whether the conversion moved more than counting alone explains: up, down, or not. */
export function hasMoved(now: Stand, before: Stand | null): -1 | 0 | 1 {
  return moved(countsOf(now), before && before.began > 0 ? countsOf(before) : null);
}

export function standTitle(name: string, now: Stand, before: Stand | null): string {
  if (now.rate === null) return `Nobody began “${name}” in this period`;
  const way = hasMoved(now, before);
  return way !== 0 && before?.rate
    ? `“${name}” ${way > 0 ? "rose" : "fell"} from ${percent(before.rate, 1)} to ${percent(now.rate, 1)}`
    : `${percent(now.rate, 1)} get through “${name}”`;
}

export function standProof({ began, done, by, loss }: Stand): string {
  if (began === 0) return "";
  const through = `${count(done)} of ${plural(began, by.slice(0, -1), by)}.`;
  return loss
    ? `${through} Most are lost before “${loss.name}”: ${count(loss.dropped)} of ${count(loss.of)}.`
    : through;
}

/** The one that the title of the list is about: what moved most, else what most begin. */
export function leading<T extends { now: Stand; before: Stand | null }>(
  all: readonly T[],
): T | null {
  const strength = ({ now, before }: T): number =>
    hasMoved(now, before) === 0 || !before?.rate ? 0 : Math.abs((now.rate ?? 0) / before.rate - 1);
  const sorted = [...all].sort((a, b) => strength(b) - strength(a) || b.now.began - a.now.began);
  return sorted[0] ?? null;
}

// ---------- to be saved ----------

/** The draft that saves a funnel under a name. */
export function draftOf(
  { explore, asking }: Sentence,
  as: { name: string; description: string },
): InsightDraft {
  return {
    ...as,
    address: addressToSave({ explore, asking }),
    question: questionFor({ ...explore, who: null }, asking),
  };
}

/** As it was saved, to be put back. */
export function draftOfSaved({
  name,
  description,
  address,
  question,
}: InsightDetail): InsightDraft {
  return { name, description, address, question };
}

/** A new funnel to something that was seen: the steps before it are those that were seen most. */
export function draftTo(
  goal: Selection,
  { seen, asking, taken }: { seen: Seen; asking: Asking; taken: ReadonlySet<string> },
): InsightDraft {
  const usual = usualExplore("funnel");
  const steps = stepsTo(goal, seen).map((each) => ({ ...each, optional: false }));
  const explore = { ...usual, funnel: { ...usual.funnel, steps } };
  // Period and filters are those of whoever looks; the funnel has none of its own.
  const sentence = { explore, asking: { ...USUAL, period: asking.period } };
  return draftOf(sentence, { name: freeName(nameFor(explore), taken), description: "" });
}

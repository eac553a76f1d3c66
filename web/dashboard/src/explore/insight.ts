// A saved insight and the sentence that asks it: the address to save, whether it was changed since,
// and a name to begin with.
import type { Question } from "@hitmetrix/wire";
import { type Asking, readAsking, searchOf } from "../question.ts";
import { factName } from "../where.ts";
import { type Explore, readExplore, writeExplore } from "./explore.ts";
import { type Sentence, sentenceOf } from "./fromQuestion.ts";
import { KIND, lineName } from "./phrases.ts";
import { selectionName } from "./selection.ts";

/** What is saved: the search part of the address, without the insight and without whom one looks at. */
export function addressToSave({ explore, asking }: Sentence): string {
  return searchOf({ ...asking, own: writeExplore({ ...explore, who: null }) }).replace(/^\?/, "");
}

/** The sentence of a saved insight; null where none asks its question. */
export function sentenceOfInsight(saved: { address: string; question: Question }): Sentence | null {
  const fromQuestion = sentenceOf(saved.question);
  if (!saved.address) return fromQuestion;
  const asking = readAsking(new URLSearchParams(saved.address));
  const explore = readExplore(asking.own);
  // An address that does not fit its question is no way to show it.
  if (explore.kind !== saved.question.kind) return fromQuestion;
  return { explore, asking: { ...asking, own: [] } };
}

/** The id of the saved insight that an address is about. */
export function insightIn(asking: Asking): string | null {
  return asking.own.find(([name]) => name === "insight")?.[1] || null;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const NAME_CHARACTERS = 100;

/** A name to begin with. */
export function nameFor(explore: Explore): string {
  const plain = plainName(explore);
  const name = explore.kind === "trend" ? capital(plain) : plain;
  return name.length <= NAME_CHARACTERS ? name : `${name.slice(0, NAME_CHARACTERS - 1)}…`;
}

function plainName(explore: Explore): string {
  const by = explore.split.length > 0 ? ` by ${explore.split.map(factName).join(" and ")}` : "";
  switch (explore.kind) {
    case "trend":
      return explore.trend.lines.map(lineName).join(", ") + by;
    case "funnel": {
      const { steps } = explore.funnel;
      const [first, last] = [steps[0], steps.at(-1)];
      return first && last ? `${selectionName(first)} to ${selectionName(last)}${by}` : "Funnel";
    }
    case "retention":
      return `Who comes back after ${selectionName(explore.retention.start)}`;
    case "paths": {
      const { anchor, at } = explore.paths;
      return anchor === "start" ? "Paths" : `Paths ${anchor} ${at}`;
    }
    case "lifecycle":
    case "stickiness":
      return `${KIND[explore.kind].name}: ${selectionName(explore.active)}`;
    case "distribution": {
      const { fact } = explore.distribution;
      return fact ? `Distribution of ${factName(fact)}` : "Distribution";
    }
    case "correlation": {
      const { goal } = explore.correlation;
      return goal ? `What goes with ${selectionName(goal)}` : "Correlation";
    }
  }
}

/** A name that is not taken: `Orders, copy`, `Orders, copy 2`. */
export function copyName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tail = number === 1 ? ", copy" : `, copy ${number}`;
    const made = `${name.slice(0, NAME_CHARACTERS - tail.length)}${tail}`;
    if (!taken.has(made)) return made;
  }
}

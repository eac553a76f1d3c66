// Another kind of question about the same: what was picked goes along, in its order. Where the
// kind was looked at before with the same events, its other choices come back too.
import type { Explore, Kind } from "./explore.ts";
import { USUAL_LINE, usualExplore } from "./explore.ts";
import {
  ANY,
  eventSelection,
  pageOf,
  pageSelection,
  type Selection,
  selectionText,
} from "./selection.ts";

const plain = ({ events, where, label }: Selection): Selection => ({ events, where, label });
const isAny = (selection: Selection): boolean => selectionText(plain(selection)) === "";

/** What was picked, first things first; "anything" is nothing that was picked. */
export function pickedOf(explore: Explore): Selection[] {
  const all = ((): Selection[] => {
    switch (explore.kind) {
      case "trend":
        return explore.trend.lines;
      case "funnel":
        return explore.funnel.steps;
      case "retention":
        return [explore.retention.start, explore.retention.back];
      case "paths": {
        const { anchor, at, steps } = explore.paths;
        if (anchor === "start" || !at || at.includes("*")) return [];
        return [steps === "pages" ? pageSelection(at) : eventSelection(at)];
      }
      case "lifecycle":
      case "stickiness":
        return [explore.active];
      case "distribution":
        return [explore.distribution.events];
      case "correlation":
        return [explore.correlation.start, explore.correlation.goal ?? ANY];
    }
  })();
  return all.map(plain).filter((each) => !isAny(each));
}

function textsOf(selections: readonly Selection[]): string[] {
  return selections.map((each) => selectionText({ ...each, label: "" }));
}

/** Puts what was picked into a kind of question. */
function filled(kind: Kind, picked: readonly Selection[], from: Explore): Explore {
  const next: Explore = { ...usualExplore(kind), split: from.split };
  const [first, second] = picked;
  const last = picked.at(-1);
  switch (kind) {
    case "trend":
      if (first) next.trend.lines = picked.map((each) => ({ ...USUAL_LINE, ...each }));
      break;
    case "funnel":
      next.funnel.steps = picked.map((each) => ({ ...each, optional: false }));
      break;
    case "retention":
      next.retention.start = first ?? ANY;
      next.retention.back = second ? (last ?? ANY) : ANY;
      break;
    case "paths": {
      const page = first ? pageOf(first) : null;
      const event = first?.events[0];
      if (page)
        next.paths = {
          ...next.paths,
          anchor: "from",
          at: page.starts ? `${page.page}*` : page.page,
          groups: page.starts ? [`${page.page}*`] : [],
        };
      else if (event && first.events.length === 1)
        next.paths = { ...next.paths, steps: "events", anchor: "from", at: event };
      break;
    }
    case "lifecycle":
    case "stickiness":
      next.active = first ?? ANY;
      break;
    case "distribution":
      next.distribution.events = last ?? ANY;
      next.distribution.fact = from.split[0] ?? null;
      break;
    case "correlation":
      next.correlation.start = second ? (first ?? ANY) : ANY;
      next.correlation.goal = last ?? null;
      next.correlation.facts = from.split;
      break;
  }
  return next;
}

/** The same under another kind; `before` is that kind as it was looked at last. */
export function switched(from: Explore, kind: Kind, before: Explore | undefined): Explore {
  const picked = pickedOf(from);
  if (before) {
    const had = textsOf(pickedOf(before));
    if (textsOf(picked).every((text) => had.includes(text)))
      return {
        ...before,
        split: splits(kind) && splits(from.kind) ? from.split : before.split,
        who: null,
      };
  }
  return filled(kind, picked, from);
}

const splits = (kind: Kind): boolean => kind === "trend" || kind === "funnel";

// What panels are called and how they can be shown.
import type { BoardInsight, Panel, QuestionKind } from "@hitmetrix/wire";
import { MEASURE } from "../words.ts";

/** Empty only for a text without a heading. */
export function titleOf(panel: Panel, insight: BoardInsight | null): string {
  if (panel.title) return panel.title;
  if ("measure" in panel.shows) return MEASURE[panel.shows.measure].name;
  if ("insight" in panel.shows) return insight?.name ?? "…";
  return "";
}

/** Of which one number says something: see `numberOf`. */
export function canBeNumber(insight: Pick<BoardInsight, "question">): boolean {
  const { kind, trend } = insight.question;
  return kind === "funnel" || (kind === "trend" && trend !== undefined && trend !== null);
}

const CONCEPTS: Partial<Record<QuestionKind, string>> = {
  goals: "goals",
  errors: "errors",
  forms: "forms",
  heatmap: "heatmaps",
  sessions: "sessions",
};

/** How a question is counted that Explore has no sentence for, and the page that tells it. */
export function countedOf(kind: QuestionKind): { counted: string; concept: string } {
  return {
    counted:
      "Counted from the events when it is asked for, under the period and filters of the board.",
    concept: CONCEPTS[kind] ?? "counting",
  };
}

// Asks for what was seen in a period: the most frequent events and pages, and the properties.
import type { Period } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { questionOf, USUAL } from "../question.ts";
import { isCut } from "../typed.ts";
import { type Seen, seenEvents, seenProperties, seenValues } from "./seen.ts";

const MOST = 500;

export async function loadSeen(
  api: Api,
  { site, period }: { site: number; period: Period },
  signal: AbortSignal,
): Promise<Seen> {
  const asking = { ...USUAL, period, compare: "none" as const };
  const values = (dimension: "page" | "event", measure: "pageviews" | "events") =>
    api.ask(
      site,
      questionOf(asking, { kind: "breakdown", dimension, measures: [measure], limit: MOST }),
      signal,
    );
  const [events, pages, properties] = await Promise.all([
    values("event", "events"),
    values("page", "pageviews"),
    api.properties(site, signal),
  ]);
  return {
    events: seenEvents(events),
    pages: seenValues(pages),
    properties: seenProperties(properties),
    cut: { pages: isCut(pages), events: isCut(events) },
    pending: false,
    trouble: "",
  };
}

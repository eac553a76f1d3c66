// The list of sessions as the screen needs it: rows of an answer, with what the catalog of
// recordings says beside them.
import type { Answer, Cell, RecordingGone, RecordingRow, RecordingSummary } from "@hitmetrix/wire";
import { lackWords } from "./absent.ts";
import { duration, joined, plural } from "./format.ts";
import { columnOf, numberAt, textAt } from "./rows.ts";

/** An answer has no more rows. */
export const LISTED_MAX = 10_000;

/** How many rows come when more are asked for; null where there are no more to come. */
export function moreThan(limit: number, total: number): number | null {
  return total > limit && limit < LISTED_MAX ? Math.min(LISTED_MAX, 2 * limit) : null;
}

export type Watch = "yes" | "no" | "broken";

export interface SessionRow {
  session: string;
  person: string;
  started_ms: number;
  duration_ms: number;
  pageviews: number;
  errors: number;
  rage: number;
  bounced: boolean;
  entry: string;
  exit: string;
  channel: string;
  source: string;
  country: string;
  browser: string;
  system: string;
  device: string;
  watch: Watch;
  /** Whether the user has seen its recording. */
  seen: boolean;
  tags: string[];
  /** How many notes its recording has. */
  notes: number;
  /** How many sessions it represents; none where all are listed. */
  stands_for: number | null;
  /** When its recording begins. */
  recorded_ms: number | null;
  /** What its recording lacks, in words; empty when nothing. */
  lacks: string;
  /** The strongest signal of frustration; its name is empty when there is none. */
  signal: Seen;
  /** The events that passed what was asked of events. */
  matched: Seen;
  signals: Record<
    "rage_click" | "error_click" | "error" | "dead_click" | "thrash" | "u_turn" | "slow_page",
    number
  >;
}

/** Events of a session of which a list speaks. */
export interface Seen {
  name: string;
  count: number;
  /** Time and page of the first. */
  at_ms: number | null;
  page: string;
  /** Whether all are on that page, and of that name. */
  alike: boolean;
}

export function sessionRows(
  answer: Answer,
  recordings: ReadonlyMap<
    string,
    RecordingSummary &
      Partial<Pick<RecordingRow, "seen" | "tags" | "notes" | "pages_missing" | "pages_cut">>
  >,
): SessionRow[] {
  const at = (name: string): number => columnOf(answer, name);
  const columns = {
    session: at("session"),
    person: at("person"),
    started: at("started"),
    duration: at("duration"),
    pageviews: at("pageviews"),
    errors: at("errors"),
    rage: at("rage_clicks"),
    bounced: at("bounced"),
    entry: at("entry_page"),
    exit: at("exit_page"),
    channel: at("channel"),
    source: at("source"),
    country: at("country"),
    browser: at("browser"),
    system: at("system"),
    device: at("device"),
    dead: at("dead_clicks"),
    errorClicks: at("error_clicks"),
    thrashes: at("thrashes"),
    uTurns: at("u_turns"),
    slow: at("slow_pages"),
    standsFor: at("stands_for"),
  };
  const seenAt = (of: "signal" | "matched") => {
    const places = [of === "signal" ? "signal" : "matched_event", `${of}_count`, `${of}_at`];
    const [name = -1, count = -1, first = -1] = places.map(at);
    const [page, alike] = [at(`${of}_page`), at(`${of}_alike`)];
    return (row: Cell[]): Seen => ({
      name: textAt(row, name),
      count: numberAt(row, count) ?? 0,
      at_ms: numberAt(row, first),
      page: textAt(row, page),
      alike: row[alike] === true,
    });
  };
  const [signal, matched] = [seenAt("signal"), seenAt("matched")];
  return answer.rows.map((row: Cell[]) => {
    const session = textAt(row, columns.session);
    const recording = recordings.get(session);
    return {
      session,
      person: textAt(row, columns.person),
      started_ms: numberAt(row, columns.started) ?? 0,
      duration_ms: numberAt(row, columns.duration) ?? 0,
      pageviews: numberAt(row, columns.pageviews) ?? 0,
      errors: numberAt(row, columns.errors) ?? 0,
      rage: numberAt(row, columns.rage) ?? 0,
      bounced: row[columns.bounced] === true,
      entry: textAt(row, columns.entry),
      exit: textAt(row, columns.exit),
      channel: textAt(row, columns.channel),
      source: textAt(row, columns.source),
      country: textAt(row, columns.country),
      browser: textAt(row, columns.browser),
      system: textAt(row, columns.system),
      device: textAt(row, columns.device),
      watch: recording ? (recording.playable ? "yes" : "broken") : "no",
      seen: recording?.seen === true,
      tags: recording?.tags ?? [],
      notes: recording?.notes ?? 0,
      stands_for: numberAt(row, columns.standsFor),
      recorded_ms: recording?.started_ms ?? null,
      lacks: recording?.playable
        ? lackWords({
            chunks: recording.chunks_missing,
            pages: recording.pages_missing ?? 0,
            cut: recording.pages_cut ?? 0,
          })
        : "",
      signal: signal(row),
      matched: matched(row),
      signals: {
        rage_click: numberAt(row, columns.rage) ?? 0,
        error_click: numberAt(row, columns.errorClicks) ?? 0,
        error: numberAt(row, columns.errors) ?? 0,
        dead_click: numberAt(row, columns.dead) ?? 0,
        thrash: numberAt(row, columns.thrashes) ?? 0,
        u_turn: numberAt(row, columns.uTurns) ?? 0,
        slow_page: numberAt(row, columns.slow) ?? 0,
      },
    };
  });
}

/** An answer with its first rows in the order of these sessions; of those alone that it has. */
export function inOrder(answer: Answer, sessions: readonly string[], limit: number): Answer {
  const column = columnOf(answer, "session");
  const places = new Map(sessions.map((session, index) => [session, index]));
  const placeOf = (row: Cell[]) => places.get(textAt(row, column)) ?? sessions.length;
  const rows = [...answer.rows].sort((one, other) => placeOf(one) - placeOf(other));
  return { ...answer, rows: rows.slice(0, limit) };
}

/** Why one would look at it: what stands out, else the way it took. */
export function reasonOf(
  row: Pick<SessionRow, "errors" | "rage" | "bounced" | "entry" | "exit" | "pageviews">,
): { text: string; tone: "bad" | "rage" | "" } {
  const trouble = [
    row.rage > 0 ? plural(row.rage, "rage click", "rage clicks") : "",
    row.errors > 0 ? plural(row.errors, "error", "errors") : "",
  ].filter(Boolean);
  if (trouble.length > 0)
    return {
      text: `${trouble.join(", ")}, last on ${row.exit || row.entry}`,
      tone: row.errors > 0 ? "bad" : "rage",
    };
  if (row.pageviews === 0) return { text: "No page, events only", tone: "" };
  if (row.bounced) return { text: `Came to ${row.entry} and left`, tone: "" };
  if (row.entry === row.exit) return { text: `Began and ended on ${row.entry}`, tone: "" };
  return { text: `${row.entry} to ${row.exit}`, tone: "" };
}

/** Why a session cannot be watched, in words; null when it can. */
export function whyNotPlayable(
  recording: RecordingSummary | null,
  mode: string,
  kept: { days: number; shortestMs: number },
  session: { ageMs: number; lastedMs: number; gone: RecordingGone | null },
): { title: string; text: string } | null {
  if (recording?.playable) return null;
  if (recording) {
    return {
      title: "This recording has no full picture to start from",
      text: "The first snapshot of the page never arrived, so there is nothing to rebuild. What happened is known all the same and stands on the right.",
    };
  }
  if (session.gone === "deleted") {
    return {
      title: "The recording was deleted",
      text: "Somebody of the site deleted it; who and when stands in the site's log. The events stay and stand on the right.",
    };
  }
  if (session.gone === "disk_full") {
    return {
      title: "The recording gave way to a full disk",
      text: "The disk was over its mark, and the oldest recordings that are not pinned went first. The events stay and stand on the right.",
    };
  }
  if (session.ageMs / 86_400_000 > kept.days) {
    return {
      title: "The recording is older than this site keeps",
      text: `Recordings go after ${plural(kept.days, "day", "days")}; the events stay and stand on the right.`,
    };
  }
  if (session.lastedMs < kept.shortestMs) {
    return {
      title: "This session is shorter than the site keeps recordings of",
      text: `It lasted ${joined(duration(session.lastedMs))}, and recordings below ${joined(duration(kept.shortestMs))} go. What happened stands on the right.`,
    };
  }
  return {
    title: "This session was not recorded",
    text: `Recording was off, the session was not in the sample, its recordings were erased, the browser refused${mode === "cookieless" ? " by Global Privacy Control or Do Not Track" : ""}, or the events did not come from a page. What happened stands on the right.`,
  };
}

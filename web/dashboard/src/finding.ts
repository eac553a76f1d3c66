// The title of a screen is its finding. A finding is a change that is too large to be the noise
// of counting, and, where one value carries most of it, what carries it. No finding: the screen's
// name. Never says "because".
import type { Answer, Measure } from "@hitmetrix/wire";
import { change, count, told } from "./format.ts";
import { columnOf, numberAt, textAt, total } from "./rows.ts";
import { MEASURE, valueName } from "./words.ts";

export interface Finding {
  title: string;
  proof: string;
  /** A value of the channel dimension that carries most of the change. */
  channel: string | null;
  found: boolean;
}

/** A change below this share is ordinary, whatever the counts. */
const ORDINARY = 0.1;
/** Standard deviations of a count beyond which its change is no accident of counting. */
const DEVIATIONS = 4;
/** The share of a change that one value must carry to be named. */
const CARRIES = 0.5;
/** The share of all sessions that a channel's change must be to be told. */
const COUNTS = 0.03;

/** Whether a count moved more than counting alone explains. */
export function isUnusual(now: number, before: number): boolean {
  if (before <= 0 || now < 0) return false;
  const difference = Math.abs(now - before);
  return difference / before >= ORDINARY && difference >= DEVIATIONS * Math.sqrt(now + before);
}

/** The same for a share of `of` things now and `ofBefore` before. */
export function isUnusualShare(now: number, before: number, of: number, ofBefore: number): boolean {
  if (of < 30 || ofBefore < 30) return false;
  const pooled = (now * of + before * ofBefore) / (of + ofBefore);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / ofBefore));
  return Math.abs(now - before) >= 0.02 && Math.abs(now - before) >= DEVIATIONS * deviation;
}

interface Carrier {
  value: string;
  share: number;
  now: number;
  before: number;
}

/** The row of a breakdown that moved most in the direction of the whole. */
export function carrier(rows: Answer, measure: Measure, difference: number): Carrier | null {
  const nowColumn = columnOf(rows, measure);
  const beforeColumn = columnOf(rows, `${measure}_previous`);
  if (nowColumn < 0 || beforeColumn < 0 || difference === 0) return null;
  const name = rows.columns.findIndex((column) => column.unit === "text");
  let best: Carrier | null = null;
  for (const row of rows.rows) {
    const now = numberAt(row, nowColumn) ?? 0;
    const before = numberAt(row, beforeColumn) ?? 0;
    const share = (now - before) / difference;
    if (!best || share > best.share) best = { value: textAt(row, name), share, now, before };
  }
  return best && best.share >= CARRIES ? best : null;
}

/** The channel that moved most although the whole did not, if it is a part of the whole that counts. */
export function outlierOf(rows: Answer, whole: number): Carrier | null {
  const nowColumn = columnOf(rows, "sessions");
  const beforeColumn = columnOf(rows, "sessions_previous");
  if (nowColumn < 0 || beforeColumn < 0) return null;
  const name = rows.columns.findIndex((column) => column.unit === "text");
  let best: Carrier | null = null;
  for (const row of rows.rows) {
    const now = numberAt(row, nowColumn) ?? 0;
    const before = numberAt(row, beforeColumn) ?? 0;
    const share = Math.abs(now - before) / Math.max(1, whole);
    if (share < COUNTS || !isUnusual(now, before)) continue;
    if (!best || share > best.share) best = { value: textAt(row, name), share, now, before };
  }
  return best;
}

export interface Evidence {
  totals: Answer;
  channels: Answer | null;
  previous: string;
}

/** What the overview's title says. */
export function findingOf({ totals, channels, previous }: Evidence): Finding {
  const sessions = total(totals, "sessions") ?? 0;
  const persons = total(totals, "persons") ?? 0;
  const before = total(totals, "sessions_previous");
  const proof = `${count(persons)} ${persons === 1 ? "person" : "persons"} in ${count(sessions)} ${sessions === 1 ? "session" : "sessions"}.`;
  const plain: Finding = { title: "Overview", proof, channel: null, found: false };
  if (before === null) return plain;

  if (isUnusual(sessions, before)) {
    const moved = change(sessions, before, "count");
    const grew = moved.direction > 0;
    const carried = channels ? carrier(channels, "sessions", sessions - before) : null;
    const size = moved.text.replace(/^[+−]/, "");
    const by = moved.text.startsWith("×")
      ? `${moved.text.slice(1)} times as many sessions`
      : `Sessions ${grew ? "rose" : "fell"} ${size}`;
    const who = carried ? valueName("channel", carried.value) : "";
    const where = !carried
      ? ""
      : carried.share > 0.9
        ? `, nearly all in ${who}`
        : `, most of it in ${who}`;
    const evidence = carried
      ? `${who} went from ${count(carried.before)} to ${count(carried.now)}; all channels from ${count(before)} to ${count(sessions)}.`
      : `From ${count(before)} in the ${previous} to ${count(sessions)}, spread over several channels.`;
    return { title: by + where, proof: evidence, channel: carried?.value ?? null, found: true };
  }

  const outlier = channels ? outlierOf(channels, sessions) : null;
  if (outlier) {
    const moved = change(outlier.now, outlier.before, "count");
    const size = moved.text.replace(/^[+−×]/, "");
    const name = valueName("channel", outlier.value);
    const title = moved.text.startsWith("×")
      ? `${name} brings ${size} times as many sessions`
      : `${name} ${moved.direction > 0 ? "rose" : "fell"} ${size}`;
    return {
      title: `${title}, the whole ${Math.abs(sessions - before) / Math.max(1, before) < 0.03 ? "holds" : sessions > before ? "grew less" : "fell less"}`,
      proof: `${count(outlier.now)} sessions, ${count(outlier.before)} in the ${previous}; all channels together ${change(sessions, before, "count").text} to ${count(sessions)}.`,
      channel: outlier.value,
      found: true,
    };
  }

  const bounce = total(totals, "bounce_rate");
  const bounceBefore = total(totals, "bounce_rate_previous");
  if (
    bounce !== null &&
    bounceBefore !== null &&
    isUnusualShare(bounce, bounceBefore, sessions, before)
  ) {
    const moved = change(bounce, bounceBefore, "share");
    return {
      title: `${MEASURE.bounce_rate.name} ${moved.direction > 0 ? "rose" : "fell"} ${moved.text.replace(/^[+−]/, "")} to ${told(bounce, "share")}`,
      proof: `It stood at ${told(bounceBefore, "share")} in the ${previous}. ${proof}`,
      channel: null,
      found: true,
    };
  }
  if (before === 0) return plain;
  return {
    ...plain,
    proof: `${proof} Much as in the ${previous}: ${change(sessions, before, "count").text} sessions.`,
  };
}

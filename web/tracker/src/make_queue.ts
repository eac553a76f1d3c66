/**
 * Events on their way: batches of one window, visitor and session, kept and tried again with
 * growing, jittered pauses until they are acknowledged, refused for good, or over a limit. What is
 * given up is counted, and the server is told.
 */
import type { Ack, Batch, Hooks, Queue } from "./core.ts";
import { now } from "./now.ts";

/** A batch of this size takes no more events; the next one begins. */
const BATCH_CHARACTERS_MAX = 20_000;
/** Batches that wait for the network; events beyond them are given up and counted as lost. */
const BATCHES_MAX = 50;
/** Pause after the first attempt that failed, give or take a half; each further one is twice as long. */
const RETRY_MS_MIN = 3000;
/** How often that pause doubles. */
const DOUBLINGS_MAX = 8;
const later = setTimeout;

export function makeQueue(
  hooks: Hooks,
  deliver: (batch: Batch, keepalive: boolean, lost: number) => Promise<Ack | number>,
): Queue {
  let failures = 0;
  let due = Infinity;
  let open: Batch | null;

  const fly = async (batch: Batch, isLeaving: boolean) => {
    // What one body tells, no other under way at the same time tells again.
    const { lost } = self;
    self.lost = 0;
    batch.flying = true;
    const answer = await deliver(batch, isLeaving || !failures, lost);
    batch.flying = false;
    if (!(answer as Ack).session) self.lost += lost;
    if ((answer as number) <= 0) {
      hooks.kept?.(batch);
      self.schedule(
        Math.max(
          (answer as number) * -1000,
          RETRY_MS_MIN * 2 ** Math.min(failures++, DOUBLINGS_MAX) * (0.5 + Math.random()),
        ),
      );
    } else {
      self.batches.delete(batch);
      failures = 0;
      hooks.kept?.(batch, true);
      if ((answer as number) > 0) self.lost += batch.lines.split("\n").length;
    }
  };
  const self: Queue = {
    lost: 0,
    batches: new Set(),
    add(sender, line, delayMs) {
      if (self.batches.size > BATCHES_MAX) self.lost += 1;
      else if (open?.sender === sender && open.lines.length < BATCH_CHARACTERS_MAX) {
        open.lines += `\n${line}`;
      } else {
        open = { sender, lines: line };
        self.batches.add(open);
      }
      if (!failures) self.schedule(delayMs);
    },
    schedule(delayMs) {
      const at = now() + delayMs;
      if (at < due) {
        due = at;
        later(() => {
          if (due === at) self.flush();
        }, delayMs);
      }
    },
    flush(isLeaving = false) {
      due = Infinity;
      open = null;
      for (const batch of self.batches) {
        if (isLeaving) hooks.kept?.(batch);
        if (!batch.flying) fly(batch, isLeaving).catch(() => {});
      }
    },
  };
  return self;
}

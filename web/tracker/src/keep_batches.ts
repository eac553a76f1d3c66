/**
 * Batches that are not acknowledged when a persistent page is left wait in local storage for the
 * next page of the site, which sends them as they were: with their window, session and visitor.
 * Without consent nothing of the kind stays on the device.
 */
import type { Batch } from "./core.ts";
import { guard } from "./guard.ts";
import type { Watched } from "./watched.ts";

/** How long events wait on the device for the network; older ones are given up and counted as lost. */
const AGE_MS_MAX = 604_800_000;
/** What an earlier page left behind goes out so long after this one began. */
const RESTORE_MS = 1000;

export function keepBatches({ base }: Watched): void {
  const { queue, hooks, identity } = base;
  const prefix = `${base.name}.`;
  const take = guard((isWanted: boolean) => {
    for (const id of Object.keys(localStorage)) {
      if (!id.startsWith(prefix)) continue;
      const time = Number(id.split(".")[1]);
      // What is no batch stays as long as the consent does.
      if (isWanted && !time) continue;
      const kept = localStorage[id] as string;
      delete localStorage[id];
      if (!isWanted) continue;
      const at = kept.indexOf("\n");
      const batch: Batch = { sender: kept.slice(0, at), lines: kept.slice(at + 1) };
      if (base.now() - time < AGE_MS_MAX) queue.batches.add(batch);
      else queue.lost += batch.lines.split("\n").length;
    }
  });
  take(!!identity.visitor);
  if (queue.batches.size) queue.schedule(RESTORE_MS);
  hooks.kept = guard((batch: Batch, isDone?: boolean) => {
    if (isDone) delete localStorage[batch.id ?? ""];
    else if (identity.visitor) {
      batch.id ??= `${prefix}${base.now()}.${Math.random()}`;
      localStorage[batch.id] = `${batch.sender}\n${batch.lines}`;
    }
  });
  hooks.forget = () => take(false);
}

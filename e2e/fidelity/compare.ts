// The replay of a visit beside what was seen of it: sought at its moments, in another order, and
// compared once it has come to rest.
import type { Browser, Page } from "playwright-core";
import type { Owner } from "../support/api.ts";
import { type Seen, seenOf, unlike } from "../support/likeness.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { COMPARING } from "./places.ts";
import { chunksOf, type Visited } from "./visit.ts";

/** Fonts and pictures come a moment after the page, and transitions take theirs. */
const REST_MS = 15_000;

/** What was compared, and where the two differ. */
export interface Compared {
  readonly found: readonly string[];
  /** Every address that was asked for meanwhile. */
  readonly asked: readonly string[];
}

/** Compares all moments of a visit. */
export async function compareMoments(
  [browser, server, owner]: readonly [Browser, Server, Owner],
  site: number,
  { session, moments }: Visited,
): Promise<Compared> {
  const chunks = await chunksOf(owner, site, session);
  const started_ms = Math.min(...chunks.map(({ first_ms }) => first_ms));
  const replay = await openReplay(browser, server, owner, { site, id: session });
  const found: string[] = [];
  try {
    const order = [...moments.keys()].sort((a, b) => (a % 2) - (b % 2) || b - a);
    for (const index of order) {
      const moment = moments[index];
      if (!moment) continue;
      await seek(replay.page, moment.time_ms - started_ms);
      const differences = await atRest(replay.page, moment.seen);
      const where = `${moment.path}, ${moment.acts.join(", ")}`;
      found.push(...differences.map((line) => `${where}: ${line}`));
    }
  } finally {
    await replay.close();
  }
  return { found, asked: replay.asked };
}

/** What differs from what was seen, once nothing or nothing more can be expected to. */
async function atRest(page: Page, seen: readonly Seen[]): Promise<string[]> {
  let last: string[] = ["nothing is shown"];
  await until("the picture", REST_MS, async () => {
    const outer = page.frames().find((frame) => frame.url().endsWith("/player-frame"));
    const inner = outer?.childFrames().at(-1);
    if (inner) last = unlike(seen, await seenOf(inner), COMPARING);
    return last.length === 0;
  }).catch(() => {});
  return last;
}

function seek(page: Page, ms: number): Promise<void> {
  return page.getByRole("slider", { name: "Position" }).evaluate((slider, to) => {
    (slider as HTMLInputElement).value = String(to);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, ms);
}

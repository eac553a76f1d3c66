// The replay of a session as a signed-in person sees it: the dashboard's player, at its end.

import type { Browser, Frame, Page } from "playwright-core";
import type { Owner } from "./api.ts";
import { letIn } from "./dashboard.ts";
import type { Server } from "./server.ts";
import { until } from "./until.ts";

export interface Replay {
  readonly page: Page;
  /** The rebuilt document. */
  readonly frame: Frame;
  /** Every address that was asked for while it was shown. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Which session is opened. */
export interface Opened {
  readonly site: number;
  readonly id: string;
  /** Called before the dashboard is asked for. */
  prepare?(page: Page): Promise<void>;
}

/** Opens the session in the dashboard and seeks to the last moment of its recording. */
export async function openReplay(
  browser: Browser,
  server: Server,
  owner: Owner,
  session: Opened,
): Promise<Replay> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await letIn(context, server, owner);
  const asked: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  const page = await context.newPage();
  await session.prepare?.(page);
  await page.goto(`${server.origin}/sites/${session.site}/sessions/${session.id}`);
  await until("the first rebuilt document", 20_000, () => rebuilt(page));
  const player = page.getByRole("region", { name: "Replay" });
  await player.focus();
  await player.press("End");
  const position = page.getByRole("slider", { name: "Position" });
  const play = page.getByRole("button", { name: "Play", exact: true });
  await until("the end of the replay", 20_000, async () => {
    const said = (await position.getAttribute("aria-valuetext")) ?? "";
    // The slider is there at once; the picture when there is something to play again.
    return /^(.+) of \1$/.test(said) && (await play.isVisible()) && (await play.isEnabled());
  });
  // Another page load is another document, so it is looked up at the end again.
  const frame = await until("the last rebuilt document", 20_000, () => rebuilt(page));
  return { page, frame, asked, close: () => context.close() };
}

/** The frame inside the player frame, once it has a body with something in it. */
export async function rebuilt(page: Page): Promise<Frame | undefined> {
  const outer = page.frames().find((frame) => frame.url().endsWith("/player-frame"));
  const inner = outer?.childFrames()[0];
  if (inner === undefined) return undefined;
  const filled = await inner.evaluate(() => (document.body?.childElementCount ?? 0) > 0);
  return filled ? inner : undefined;
}

// States that a screen can be in, brought about from outside: the dashboard and the server are the
// real ones, and only the way between them is held up, cut or changed.
import type { Page, Route } from "playwright-core";

/** What stands between the dashboard and the server; nothing in state `full`. */
export type State = "full" | "empty" | "loading" | "partial" | "error" | "forbidden";

/** Asked before anything is drawn; everything else is what the screen is about. */
const FIRST = /\/api\/v1\/(me|login|status)\b/;

/** Puts a page into a state, for what it asks from now on. */
export async function putInto(page: Page, state: State): Promise<void> {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  if (state === "loading") await ofScreen(page, () => new Promise(() => {}));
  if (state === "error") await ofScreen(page, (route) => route.abort("connectionrefused"));
  if (state === "partial") await ofScreen(page, withoutAPart);
}

function ofScreen(page: Page, answer: (route: Route) => Promise<unknown>): Promise<unknown> {
  return page.route(
    (url) => url.pathname.startsWith("/api/v1/sites/") && !FIRST.test(url.pathname),
    async (route) => {
      await answer(route);
    },
  );
}

const MISSING =
  "48210 events of the week of 2026-11-02: column `time` of a part cannot be read; restore it from a backup";

/** The answer as the server gives it when a file of the period is broken. */
async function withoutAPart(route: Route): Promise<void> {
  const response = await route.fetch();
  const text = await response.text();
  const body = text.replaceAll('"missing":[]', `"missing":[${JSON.stringify(MISSING)}]`);
  await route.fulfill({ response, body });
}

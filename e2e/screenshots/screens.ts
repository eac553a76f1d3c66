// Every screen of the dashboard by name, for pictures of it: where it is, and what has to be done
// there before it shows what it is for.
import type { Page } from "playwright-core";

/** A screen; the path is one of the site unless it begins with a slash. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  /** What to do once it is there. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Picture of the guide that is made of it, in light on a desktop. */
  readonly guide?: string;
  /** Whether a site without data shows something of its own here. */
  readonly empty?: boolean;
}

/** Waits for a button or link and presses it; a screen where there is none is shown as it is. */
const press =
  (role: "link" | "button" | "tab", name: string | RegExp) =>
  async (page: Page): Promise<void> => {
    const found = page.getByRole(role, { name }).first();
    await found.waitFor({ timeout: 15_000 });
    await found.click();
  };

const FUNNEL = "kind=funnel&step=pageview~page!starts!/product/&step=add_to_cart&step=order";

/** Screens of a site. `session` is one with a recording. */
export function screensOf(session: string): readonly Shot[] {
  return [
    { name: "overview", path: "", guide: "overview", empty: true },
    { name: "live", path: "live", empty: true },
    { name: "explore", path: "explore", empty: true },
    {
      name: "explore-trend",
      path: "explore?last=30d&series=order&split=device",
      guide: "trend",
    },
    {
      name: "explore-funnel",
      path: `explore?last=30d&${FUNNEL}&split=browser`,
      guide: "explore",
    },
    {
      name: "explore-people",
      path: `explore?last=30d&${FUNNEL}&who=main!dropped~step!n!2`,
      guide: "people-behind",
    },
    { name: "explore-retention", path: "explore?last=30d&kind=retention", guide: "retention" },
    { name: "explore-paths", path: "explore?last=30d&kind=paths", guide: "paths" },
    { name: "explore-lifecycle", path: "explore?last=30d&kind=lifecycle" },
    { name: "explore-stickiness", path: "explore?last=30d&kind=stickiness" },
    { name: "explore-distribution", path: "explore?last=30d&kind=distribution" },
    {
      name: "explore-correlation",
      path: "explore?last=30d&kind=correlation&goal=order&fact=device&cases=1",
    },
    { name: "sessions", path: "sessions?last=30d", guide: "sessions", empty: true },
    {
      name: "sessions-worth-watching",
      path: "sessions?last=30d&sort=worth_watching",
    },
    { name: "session", path: `sessions/${session}`, guide: "replay", act: settled },
    {
      name: "heatmap",
      path: "heatmaps?last=30d&at=/product/*",
      guide: "heatmap",
      empty: true,
      act: settled,
    },
    { name: "errors", path: "errors?last=30d", guide: "errors", empty: true },
    { name: "error", path: "errors?last=30d", act: press("link", /card\.scheme/) },
    { name: "speed", path: "speed?last=30d", guide: "speed", empty: true },
    { name: "forms", path: "forms?last=30d", empty: true },
    { name: "form", path: "forms?last=30d&form=address", guide: "form" },
    { name: "goals", path: "goals?last=30d", empty: true },
    { name: "goal", path: "goals?last=30d", guide: "goal", act: press("link", "Order") },
    { name: "people", path: "people?last=30d", guide: "people", empty: true },
    {
      name: "person",
      path: "accounts/harbour-hotels?last=90d",
      guide: "person",
      act: press("link", "harbour-hotels-buying"),
    },
    { name: "accounts", path: "accounts?last=90d", empty: true },
    { name: "account", path: "accounts/harbour-hotels?last=90d", guide: "account" },
    { name: "segments", path: "segments", empty: true },
    { name: "insights", path: "insights", empty: true },
    { name: "boards", path: "boards", empty: true },
    { name: "board", path: "boards", guide: "boards", act: press("link", "Checkout") },
    { name: "alerts", path: "alerts", empty: true },
    { name: "feedback", path: "feedback?last=30d", empty: true },
    {
      name: "survey",
      path: "feedback?last=30d",
      guide: "feedback",
      act: press("link", "Leaving the checkout"),
    },
    { name: "code", path: "code", guide: "get-code" },
    { name: "settings", path: "settings" },
    { name: "settings-recording", path: "settings/recording" },
    { name: "settings-counting", path: "settings/counting" },
    { name: "settings-annotations", path: "settings/annotations" },
    { name: "settings-members", path: "settings/members" },
    { name: "audit", path: "/audit", guide: "audit" },
    { name: "sites", path: "/" },
    { name: "users", path: "/users" },
    { name: "status", path: "/status" },
    { name: "profile", path: "/account" },
    { name: "nowhere", path: "/nowhere" },
  ];
}

/** Time for a recording to be drawn and to move a little. */
export async function settled(page: Page): Promise<void> {
  await page.locator("iframe").first().waitFor({ timeout: 15_000 });
  await page.waitForTimeout(4_000);
}

// Every screen of the dashboard by name, for pictures of it: where it is, and what has to be done
// there before it shows what it is for. What opens over a screen stands in overlays.ts.
import type { Page } from "playwright-core";
import { SURVEY } from "./asked_page.ts";
import type { InUse } from "./in_use.ts";

/** A screen; the path is one of the site unless it begins with a slash, or is a whole address. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  /** What to do once it is there. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Picture of the guide that is made of it, in light on a desktop. */
  readonly guide?: string;
  /** Whether a site without data shows something of its own here. */
  readonly empty?: boolean;
  /** Whether it is looked at by somebody who has not signed in. */
  readonly isOpen?: boolean;
  /** Whether it floats over a screen: then the window is shown, and not the whole page. */
  readonly isOverlay?: boolean;
  /** Where only some widths have it: the widest. */
  readonly widest?: number;
}

/** What the paths name. */
export interface Named extends InUse {
  /** A session with a recording. */
  readonly session: string;
  readonly board: string;
  /** A page of another site on which a survey asks. */
  readonly asked: string;
}

/** Waits for a button or link and presses it. */
export const press =
  (role: "link" | "button" | "tab", name: string | RegExp) =>
  async (page: Page): Promise<void> => {
    const found = page.getByRole(role, { name }).locator("visible=true").first();
    await found.waitFor();
    await found.click();
  };

export const FUNNEL = "kind=funnel&step=pageview~page!starts!/product/&step=add_to_cart&step=order";

/** Screens of the demo site and of the installation. */
export function screensOf(named: Named): readonly Shot[] {
  return [
    { name: "overview", path: "", guide: "overview", empty: true },
    { name: "live", path: "live", empty: true },
    ...explore(),
    ...watching(named),
    { name: "errors", path: "errors?last=30d", guide: "errors", empty: true },
    { name: "error", path: "errors?last=30d", act: press("link", /card\.scheme/) },
    { name: "speed", path: "speed?last=30d", guide: "speed", empty: true },
    { name: "forms", path: "forms?last=30d", empty: true },
    { name: "form", path: "forms?last=30d&form=address", guide: "form" },
    { name: "goals", path: "goals?last=30d", empty: true },
    { name: "goal", path: "goals?last=30d", guide: "goal", act: press("link", "Order") },
    { name: "funnels", path: "funnels?last=30d", guide: "funnels", empty: true },
    { name: "funnel", path: `funnels?last=30d&funnel=${named.funnel}` },
    { name: "people", path: "people?last=30d", guide: "people", empty: true },
    {
      name: "person",
      path: "accounts/harbour-hotels?last=90d",
      guide: "person",
      act: press("link", "harbour-hotels-buying"),
    },
    { name: "accounts", path: "accounts?last=90d", empty: true },
    { name: "account", path: "accounts/harbour-hotels?last=90d", guide: "account" },
    { name: "segments", path: "segments?last=30d", empty: true },
    { name: "insights", path: "insights", empty: true },
    { name: "boards", path: "boards", empty: true },
    { name: "board", path: `boards/${named.board}`, guide: "boards" },
    { name: "alerts", path: "alerts", empty: true },
    { name: "alert", path: `alerts/${named.alert}` },
    { name: "alert-new", path: `alerts/new-${named.insight}`, guide: "alert" },
    { name: "feedback", path: "feedback?last=30d", empty: true },
    {
      name: "survey",
      path: "feedback?last=30d",
      guide: "feedback",
      act: press("link", "Leaving the checkout"),
    },
    ...about(),
    ...withoutLogin(named),
  ];
}

function explore(): readonly Shot[] {
  const kinds = ["lifecycle", "stickiness", "distribution"];
  return [
    { name: "explore", path: "explore", empty: true },
    { name: "explore-trend", path: "explore?last=30d&series=order&split=device", guide: "trend" },
    { name: "explore-funnel", path: `explore?last=30d&${FUNNEL}&split=browser`, guide: "explore" },
    {
      name: "explore-people",
      path: `explore?last=30d&${FUNNEL}&who=main!dropped~step!n!2`,
      guide: "people-behind",
      isOverlay: true,
    },
    { name: "explore-retention", path: "explore?last=30d&kind=retention", guide: "retention" },
    { name: "explore-paths", path: "explore?last=30d&kind=paths", guide: "paths" },
    ...kinds.map((kind) => ({ name: `explore-${kind}`, path: `explore?last=30d&kind=${kind}` })),
    { name: "explore-map", path: "explore?last=30d&kind=distribution&fact=country&view=map" },
    {
      name: "explore-correlation",
      path: "explore?last=30d&kind=correlation&goal=order&fact=device&cases=1",
    },
  ];
}

function watching({ session }: Named): readonly Shot[] {
  const part = (name: string): Shot => ({
    name: `session-${name.toLowerCase()}`,
    path: `sessions/${session}`,
    act: async (page) => {
      await settled(page);
      await press("tab", new RegExp(`^${name}`))(page);
    },
  });
  const heat = "heatmaps?last=30d&at=/product/*";
  return [
    { name: "sessions", path: "sessions?last=30d", guide: "sessions", empty: true },
    { name: "sessions-worth-watching", path: "sessions?last=30d&sort=worth_watching" },
    { name: "session", path: `sessions/${session}`, guide: "replay", act: settled },
    ...["Notes", "Console", "Network", "Person"].map(part),
    { name: "heatmap", path: heat, guide: "heatmap", empty: true, act: settled },
    ...["rage", "dead", "move", "scroll", "attention"].map((kind) => ({
      name: `heatmap-${kind}`,
      path: `${heat}&heat=${kind}`,
      act: settled,
    })),
    { name: "heatmap-no-zones", path: `${heat}&zones=off`, act: settled },
    { name: "heatmap-compared", path: `${heat}&against=before`, act: settled },
    { name: "heatmap-devices", path: `${heat}&class=desktop&against=device:phone`, act: settled },
  ];
}

/** Settings of the site, and what is of no site. */
function about(): readonly Shot[] {
  const sections = [
    "installation",
    "recording",
    "counting",
    "annotations",
    "own",
    "losses",
    "members",
    "tokens",
    "audit",
    "about",
  ];
  return [
    { name: "code", path: "code", guide: "get-code" },
    { name: "settings", path: "settings" },
    ...sections.map((section) => ({ name: `settings-${section}`, path: `settings/${section}` })),
    { name: "audit", path: "/audit", guide: "audit" },
    { name: "sites", path: "/" },
    { name: "users", path: "/users" },
    { name: "status", path: "/status" },
    { name: "profile", path: "/account" },
    { name: "nowhere", path: "/nowhere" },
    { name: "no-such-site", path: "/sites/999" },
  ];
}

/** What somebody sees who has not signed in: the door, and what links show. */
function withoutLogin({ links, second, asked }: Named): readonly Shot[] {
  const enter =
    (email: string, password: string) =>
    async (page: Page): Promise<void> => {
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await press("button", "Sign in")(page);
    };
  return [
    { name: "sign-in", path: "/login", isOpen: true },
    {
      name: "sign-in-wrong",
      path: "/login",
      isOpen: true,
      act: enter("nobody@example.org", "a password that is not"),
    },
    {
      name: "sign-in-code",
      path: "/login",
      isOpen: true,
      act: async (page) => {
        await enter(second.email, second.password)(page);
        await page.getByLabel("Code").waitFor();
      },
    },
    { name: "invitation", path: links.invitation, isOpen: true },
    { name: "invitation-used", path: "/welcome#used", isOpen: true },
    { name: "docs", path: "/docs", isOpen: true },
    { name: "docs-guide", path: "/docs/guide/funnels", isOpen: true },
    { name: "docs-concept", path: "/docs/concepts/masking", isOpen: true },
    { name: "docs-reference", path: "/docs/reference/limits", isOpen: true },
    { name: "shared-board", path: links.board, isOpen: true, guide: "shared-board" },
    { name: "shared-board-password", path: links.boardWithPassword, isOpen: true },
    { name: "shared-board-gone", path: "/share/board/nothing", isOpen: true },
    { name: "shared-recording", path: links.recording, isOpen: true, act: settled },
    {
      name: "survey-on-page",
      path: asked,
      isOpen: true,
      isOverlay: true,
      act: (page) => page.locator(SURVEY).waitFor({ state: "attached" }),
    },
  ];
}

/** What the browser keeps for later screens: taken after all others. */
export const LAST: readonly Shot[] = [
  { name: "overview-map", path: "?last=30d", act: press("button", /^Map$/) },
];

/** Time for a recording to be drawn and to move a little. */
export async function settled(page: Page): Promise<void> {
  await page.locator("iframe").first().waitFor();
  await page.waitForTimeout(4_000);
}

// What every screen gets from the frame around it.
import type { Annotation, Me, Role, SavedGoal, Segment, Site } from "@hitmetrix/wire";
import type { Api } from "./api.ts";
import type { Asking } from "./question.ts";
import type { Route, SiteScreen } from "./route.ts";

export interface App {
  readonly api: Api;
  readonly me: Me;
  readonly route: Route;
  readonly site: Site | null;
  readonly role: Role | null;
  readonly asking: Asking;
  /** Time of the last tick, for periods and "ago". */
  readonly now: number;
  /** Changes the question: the address. */
  ask(next: Asking): void;
  /** Address of a screen of the current site under a question. */
  link(screen: SiteScreen, asking?: Asking, detail?: string): string;
  /** The site's saved segments; null until they are known. */
  readonly segments: readonly Segment[] | null;
  /** The site's saved goals, archived ones too; null until they are known. */
  readonly goals: readonly SavedGoal[] | null;
  /** What happened on the site beside the numbers, by time; null until it is known. */
  readonly annotations: readonly Annotation[] | null;
  /** Why segments, goals and annotations are not known; null when nothing went wrong. */
  readonly savedError: unknown;
  /** Reads segments, goals and annotations anew. */
  reloadSaved(): Promise<void>;
  /** Reads user and sites anew. */
  reload(): Promise<void>;
  /** Says something for some seconds; `undo` takes back what was done. */
  toast(text: string, undo?: () => void): void;
  signOut(): Promise<void>;
}

export const APP = Symbol("app");

/** The same app for a part of the screen that asks something of its own. */
export function within(app: App, own: { asking: () => Asking; ask: (next: Asking) => void }): App {
  return Object.create(app, {
    asking: { get: own.asking },
    ask: { value: own.ask },
    link: {
      value: (screen: SiteScreen, asking?: Asking, detail?: string): string =>
        app.link(screen, asking ?? own.asking(), detail),
    },
  }) as App;
}

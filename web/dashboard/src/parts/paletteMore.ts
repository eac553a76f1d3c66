// What the command palette finds beside screens and saved things: pages of the settings by what stands
// there, tags and collections of recordings, alerts, surveys, forms and errors of the period, and accounts. It comes with the first letter that somebody types.
import type { Answer } from "@hitmetrix/wire";
import type { App } from "../app.ts";
import { listQuestion as errorsQuestion, messageWords, rowsOf } from "../errors/errors.ts";
import { plural } from "../format.ts";
import { formName, listQuestion as formsQuestion, keyText } from "../forms/forms.ts";
import type { IconName } from "../icons.ts";
import { withMarked } from "../marks.ts";
import type { Findable } from "../palette.ts";
import { inPath, listRows } from "../persons/list.ts";
import { USUAL, withOwn } from "../question.ts";
import { pathTo } from "../route.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { SETTINGS_PAGES } from "../settingsPages.ts";

export interface Further extends Findable {
  icon: IconName;
  href: string;
}

const ERRORS = 50;
const ACCOUNTS = 5;

/** Each kind by itself: what cannot be read is left out. */
export function furtherOf(app: App, site: number, signal: AbortSignal): Promise<Further[]>[] {
  const { api } = app;
  const asking = { ...app.asking, filters: [], where: [], segment: null };
  return [
    Promise.resolve(settingsOf(app)),
    api.tags(site, signal).then((tags) =>
      tags.map(
        ({ tag, recordings }): Further => ({
          name: tag,
          group: "Tags of recordings",
          note: plural(recordings, "recording", "recordings"),
          icon: "sessions",
          href: marked(app, { tags: [tag] }),
        }),
      ),
    ),
    api.collections(site, signal).then((collections) =>
      collections.map(
        ({ id, name, recordings }): Further => ({
          name,
          group: "Collections",
          note: plural(recordings, "recording", "recordings"),
          icon: "sessions",
          href: marked(app, { collection: id }),
        }),
      ),
    ),
    api.alerts(site, signal).then(({ alerts }) =>
      alerts
        .filter((each) => each.archived_at_ms == null)
        .map(
          (each): Further => ({
            name: each.name,
            group: "Alerts",
            note: each.insight_name ?? "alert",
            icon: "bell",
            href: pathTo(site, "alerts", each.id),
          }),
        ),
    ),
    api.surveys(site, signal).then((surveys) =>
      surveys
        .filter((each) => each.archived_at_ms == null)
        .map(
          (each): Further => ({
            name: each.name,
            group: "Surveys",
            note: each.survey.words?.question ?? "survey",
            icon: "feedback",
            href: app.link("feedback", withOwn(app.asking, "survey", each.id)),
          }),
        ),
    ),
    api.ask(site, formsQuestion(asking), signal).then((answer) => formsIn(app, answer)),
    api.ask(site, errorsQuestion(asking, ERRORS), signal).then((answer) =>
      rowsOf(answer, null).map(
        (row): Further => ({
          name: messageWords(row.message),
          group: "Errors",
          note: plural(row.sessions, "session", "sessions"),
          icon: "alert",
          href: app.link("errors", withOwn(app.asking, "error", row.key)),
        }),
      ),
    ),
  ].map((found) => found.catch(() => []));
}

/** The pages of the settings, by their words too. */
export function settingsOf(app: Pick<App, "link">): Further[] {
  return SETTINGS_PAGES.map(({ key, name, icon, words }) => ({
    name,
    group: "Settings",
    note: "settings of this site",
    words,
    icon,
    href: app.link("settings", USUAL, key),
  }));
}

/** The list of the sessions that have these marks. */
function marked(app: App, marks: { tags?: string[]; collection?: string }): string {
  const all = { tags: [], collection: "", notes: false, ...marks };
  return app.link("sessions", withMarked(app.asking, all));
}

function formsIn(app: App, answer: Answer): Further[] {
  const [form, page, views] = ["form", "page", "views"].map((name) => columnOf(answer, name));
  return answer.rows.map((row): Further => {
    const key = { form: textAt(row, form ?? -1), page: textAt(row, page ?? -1) };
    return {
      name: key.page ? `${formName(key)} on ${key.page}` : formName(key),
      group: "Forms",
      note: plural(numberAt(row, views ?? -1) ?? 0, "session saw it", "sessions saw it"),
      icon: "form",
      href: app.link("forms", withOwn(app.asking, "form", keyText(key))),
    };
  });
}

/** Accounts with this in their name, whenever they came in the last year. */
export async function accountsWith(
  app: App,
  { site, text }: { site: number; text: string },
  signal: AbortSignal,
): Promise<Further[]> {
  const answer = await app.api.persons(
    site,
    {
      question: { kind: "sessions", period: { last: "365d" }, limit: ACCOUNTS },
      list: { by: "accounts", search: text.slice(0, 100) },
    },
    signal,
  );
  const persons = columnOf(answer, "persons");
  return listRows(answer, "accounts").map(
    ({ id, row }): Further => ({
      name: id,
      group: "Accounts",
      note: plural(numberAt(row, persons) ?? 0, "person", "persons"),
      icon: "accounts",
      href: app.link("accounts", USUAL, inPath(id)),
    }),
  );
}

/**
 * Surveys (`/f.js`), loaded when the site's rules have one for the page: waits for the moment of each,
 * opens one at a time, and tells what was answered as an event. At most once a visitor; who refuses to
 * be tracked is asked by nothing that opens by itself.
 */
import type { Base, Core, PageSurvey } from "../core.ts";
import { guard } from "../guard.ts";
import { isBlocked } from "../is_blocked.ts";
import type { Answer } from "./answer_form.ts";
import { deviceClass } from "./device_class.ts";
import { fitsPage, pathOf } from "./fits_page.ts";
import { isChosen } from "./is_chosen.ts";
import { type Asked, keepAsked } from "./keep_asked.ts";
import { listening } from "./listening.ts";
import { openPanel, type Panel } from "./open_panel.ts";
import { pageIsDark } from "./page_is_dark.ts";
import { watchExit } from "./watch_exit.ts";

/** After an event, so that the page can show what it does first. */
const AFTER_EVENT_MS = 800;

/** What stands on the page, and the address at which it came. */
interface Standing {
  survey: PageSurvey;
  panel: Panel;
  url: string;
}

export function feedback(core: Core, base: Base): void {
  const here = listening();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** By id: rules that come again are the same surveys. */
  const panels = new Map<string, Standing>();
  let waiting = new Map<string, PageSurvey[]>();
  let asked: Asked | undefined;
  let before: readonly string[] | undefined;
  let isSpent = false;
  let isOver = false;
  let turn = 0;

  /** About the page on which it came, also when an app shows another by now. */
  const tell = (name: string, { id, words }: PageSurvey, url: string, answer?: Answer) =>
    core.emit(name, { survey: id, question: words.question, ...answer }, url);
  /** A tab gives way while a question stands there. */
  const makeRoom = () => {
    const isAsking = [...panels.values()].some(({ panel }) => panel.isOpen());
    for (const { panel } of panels.values()) panel.host.hidden = isAsking && !panel.isOpen();
    return isAsking;
  };
  const open = guard((survey: PageSurvey) => {
    const { id } = survey;
    const isTab = survey.moment === "tab";
    // A tab stays over a new session.
    if (isOver || panels.has(id) || asked?.has(id)) return;
    if (isTab ? hasTab() : isSpent || makeRoom()) return;
    const url = location.href;
    const panel = openPanel(survey, {
      dark: pageIsDark(),
      language: document.documentElement.lang || navigator.language,
      tab: isTab,
      shown: guard(() => {
        // What a visitor opened, they may open again.
        if (!isTab) asked?.add(id);
        tell("survey_shown", survey, url);
      }),
      settled: guard((answer) => {
        tell(answer ? "survey_answered" : "survey_dismissed", survey, url, answer);
        if (answer) asked?.add(id);
      }),
      moved: guard((isGone) => {
        if (isGone) panels.delete(id);
        makeRoom();
      }),
    });
    panels.set(id, { survey, panel, url });
    isSpent ||= !isTab;
    makeRoom();
  });
  const hasTab = () => [...panels.values()].some(({ survey }) => survey.moment === "tab");
  const openLater = (survey: PageSurvey, ms: number) => {
    timers.add(
      setTimeout(
        guard(() => open(survey)),
        ms,
      ),
    );
  };
  const happened = (name: string) => {
    for (const survey of waiting.get(name) ?? []) openLater(survey, AFTER_EVENT_MS);
  };
  const arm = (survey: PageSurvey) => {
    const { moment } = survey;
    if (moment === "tab") open(survey);
    else if (moment === "exit") watchExit(here, base.now, () => open(survey));
    else if ("seconds" in moment) openLater(survey, moment.seconds * 1000);
    else {
      waiting.set(moment.event, [...(waiting.get(moment.event) ?? []), survey]);
      if (Object.keys(seen).includes(moment.event)) happened(moment.event);
    }
  };
  const end = () => {
    here.end();
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    waiting = new Map();
  };
  /** A panel that nobody answered goes with its page; a score that was given counts. */
  const leave = (isLast: boolean) => {
    for (const [id, { survey, panel, url }] of panels) {
      const answer = panel.answer();
      if (answer) {
        asked?.add(id);
        tell("survey_answered", survey, url, answer);
      }
      // A page that is kept for the way back still shows what stands on it.
      if (answer || !isLast) {
        panel.remove();
        panels.delete(id);
      }
    }
    makeRoom();
  };
  const begins = async () => {
    end();
    const mine = ++turn;
    const { rules } = base;
    const path = pathOf(location, rules);
    const device = deviceClass(navigator);
    const fitting = (rules?.surveys ?? []).filter((survey) => fitsPage(survey, path, device));
    if (isOver || !fitting.length || isBlocked(location.origin + path, rules)) return;
    const session = await core.session();
    before ??= await shownBefore(core);
    if (mine !== turn || isOver || !before || !base.rules) return;
    asked ??= keepAsked(base, before);
    asked.keep();
    const who = base.identity.visitor || session;
    for (const survey of fitting) {
      const isWanted =
        !asked.has(survey.id) &&
        isChosen(who, survey.id, survey.share_percent ?? 100) &&
        (survey.moment === "tab" || !base.refused(0));
      if (isWanted) guard(arm)(survey);
    }
  };
  // What fails later stays inside too.
  const begin = () => {
    begins().catch(() => {});
  };

  // Names of events so far; from now on each is heard of as it happens.
  const { seen } = base;
  base.seen = new Proxy(seen, {
    set(names, name: string, value) {
      names[name] = value;
      guard(happened)(name);
      return true;
    },
  });
  const { page, stop } = base.hooks;
  base.hooks.page = () => {
    page?.();
    guard(leave)(false);
    begin();
  };
  base.hooks.stop = () => {
    stop?.();
    isOver = true;
    end();
    for (const { panel } of panels.values()) panel.remove();
    panels.clear();
  };
  core.onNewSession(begin);
  listening().on(window, "pagehide", () => leave(true));
  begin();
}

/**
 * What this session was shown on pages before. Nobody keeps that here where nothing may be kept: the
 * server knows. Nothing when it cannot be had: then nobody is asked.
 */
async function shownBefore(core: Core): Promise<readonly string[] | undefined> {
  if (core.mode() === "persistent") return [];
  const answer = await core.send("/e/", {}, "");
  return typeof answer === "object" ? (answer.surveys ?? []) : undefined;
}

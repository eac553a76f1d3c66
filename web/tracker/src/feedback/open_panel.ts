/**
 * A survey on the page: in a shadow root that nobody else gets hold of, with a constructed style
 * sheet, so that the strictest policy of a page allows it and neither's rules reach the other. Its
 * host is marked, so that recordings have an empty box in its place. It opens without taking the
 * focus, is told to screen readers, and gives the focus back when it goes.
 */
import type { PageSurvey } from "../core.ts";
import { guard } from "../guard.ts";
import { type Answer, answerForm } from "./answer_form.ts";
import { make } from "./make.ts";
import { STYLE } from "./style.ts";
import { usualWords } from "./usual_words.ts";

/** How long the thanks stand; then the survey leaves. */
const THANKS_MS = 6000;
const SVG = "http://www.w3.org/2000/svg";
const RIGHT_TO_LEFT = /^(ar|dv|fa|he|ku|ps|ur|yi)\b/i;
/** Keys are the survey's while somebody is in it: the page's own shortcuts are not meant. */
const KEYS = ["keydown", "keypress", "keyup"];

export interface Panel {
  readonly host: HTMLElement;
  /** What counts when the page is left now. */
  answer(): Answer | undefined;
  /** Whether a question or its thanks stand there, and not a mere tab. */
  isOpen(): boolean;
  /** Takes it off the page, without a word to anybody. */
  remove(): void;
}

export interface Opening {
  dark: boolean;
  /** Language where the survey has none of its own. */
  language: string;
  /** A tab opens it, and stays when it is closed. */
  tab?: boolean;
  /** In a box of the dashboard, which shows how it will look. */
  preview?: HTMLElement;
  shown(): void;
  /** Nothing when it was closed without an answer. */
  settled(answer: Answer | undefined): void;
  /** It opened or closed, or is gone by itself. */
  moved?(isGone: boolean): void;
}

export function openPanel(survey: PageSurvey, opening: Opening): Panel {
  const language = survey.language || opening.language;
  const { words } = survey;
  const usual = usualWords(language);
  const isTurned = RIGHT_TO_LEFT.test(language);
  const host = make("div", {});
  // What is done inside is told by the survey, and not as clicks on the page.
  host.setAttribute("data-hm-block", "survey");
  if (isTurned) host.setAttribute("data-turned", "");
  if (opening.preview) host.setAttribute("data-place", "preview");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const all = make("div", { className: `all${opening.dark ? " dark" : ""}`, lang: language });
  all.dir = isTurned ? "rtl" : "ltr";
  root.append(all);
  for (const type of KEYS) root.addEventListener(type, (event) => event.stopPropagation());

  let form: ReturnType<typeof answerForm> | undefined;
  let before: Element | null = null;
  let isSettled = false;
  let isOpen = false;
  const remove = () => {
    const isInside = !!root.activeElement;
    host.remove();
    isOpen = false;
    if (isInside) (before as HTMLElement | null)?.focus?.();
  };
  const leave = guard(() => {
    remove();
    opening.moved?.(true);
  });
  const settle = (answer: Answer | undefined) => {
    if (isSettled) return;
    isSettled = true;
    opening.settled(answer);
  };
  const close = guard(() => {
    // A score that was given counts, also when nobody pressed the button.
    const answer = form?.answer();
    const isDone = isSettled || !!answer;
    settle(answer);
    if (opening.tab && !isDone) showTab(true);
    else leave();
  });
  const panel = (...children: Node[]) => {
    const button = make("button", { type: "button", className: "close", onclick: close });
    button.setAttribute("aria-label", words.close || usual.close);
    button.append(cross());
    const element = make("section", { className: "panel", tabIndex: -1 }, ...children, button);
    element.setAttribute("role", "dialog");
    element.onkeydown = (event) => {
      // Not the one that takes back what an input method offers.
      if (event.key === "Escape" && !event.isComposing) close();
    };
    all.replaceChildren(element);
    return element;
  };
  const thank = (answer: Answer) => {
    settle(answer);
    const status = make("p", { className: "thanks" });
    status.setAttribute("role", "status");
    const text = words.thanks || usual.thanks;
    form = undefined;
    const isInside = !!root.activeElement;
    const element = panel(status);
    element.setAttribute("aria-label", text);
    if (isInside) element.focus();
    // What stands there before it is a status is told to nobody.
    status.textContent = text;
    if (!opening.preview) setTimeout(leave, THANKS_MS);
  };
  const show = (takesFocus: boolean) => {
    before = document.activeElement;
    isSettled = false;
    isOpen = true;
    form = answerForm(survey, words.send || usual.send, guard(thank));
    const element = panel(form.form);
    element.setAttribute("aria-labelledby", "question");
    if (takesFocus) form.form.querySelector<HTMLElement>("input,textarea")?.focus();
    else if (!opening.preview) tell(element, words.question);
    opening.shown();
    opening.moved?.(false);
  };
  const showTab = (takesFocus: boolean) => {
    form = undefined;
    isOpen = false;
    const button = make("button", {
      type: "button",
      className: "tab",
      textContent: words.tab || usual.tab,
      onclick: guard(() => show(true)),
    });
    all.replaceChildren(button);
    opening.moved?.(false);
    if (takesFocus) button.focus();
  };

  (opening.preview ?? document.body).append(host);
  if (opening.tab) showTab(false);
  else show(false);
  return { host, answer: () => form?.answer(), isOpen: () => isOpen, remove };
}

/** Says politely that there is a question; it stands at the end of the page. */
function tell(panel: Element, text: string): void {
  const region = make("p", { className: "told" });
  region.setAttribute("aria-live", "polite");
  panel.append(region);
  setTimeout(() => {
    region.textContent = text;
  }, 100);
}

function cross(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "m4 4 8 8m0-8-8 8");
  svg.append(path);
  return svg;
}

// What happened, as a colleague would say it: one event of a session becomes a mark, a sentence
// and a detail. The same mark for the same thing everywhere.
import type { SessionEvent } from "@hitmetrix/wire";
import { decimal, duration, joined, plural } from "./format.ts";
import { errorKind } from "./words.ts";

export type Mark =
  | "page"
  | "click"
  | "rage"
  | "dead"
  | "error"
  | "form"
  | "leave"
  | "own"
  | "vital"
  | "person"
  | "link";

export interface Happened {
  mark: Mark;
  title: string;
  detail: string;
}

function text(event: SessionEvent, key: string): string {
  const value = event.properties[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function number(event: SessionEvent, key: string): number | null {
  const value = event.properties[key];
  return typeof value === "number" ? value : null;
}

/** The last two steps of an element path: `form#pay > button`. */
function shortPath(path: string): string {
  return path.split(">").slice(-2).join(">").trim();
}

/** The form's own name; none when it has only a place in the page. */
function formName(event: SessionEvent): string {
  const form = text(event, "form");
  return form.includes(">") ? "" : form;
}

function fieldWords(event: SessionEvent): string {
  const form = text(event, "form");
  return form ? `form ${formName(event) || shortPath(form)}` : "";
}

function properties(event: SessionEvent): string {
  return Object.entries(event.properties)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .slice(0, 4)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(", ");
}

function clickOn(event: SessionEvent): string {
  const label = text(event, "text");
  return label ? `“${label}”` : shortPath(text(event, "path"));
}

/** The score or what was chosen. */
function answerOf(event: SessionEvent): string {
  const { choice } = event.properties;
  return (
    text(event, "score") || (Array.isArray(choice) ? choice.join(", ") : text(event, "choice"))
  );
}

const SENTENCES: Record<string, (event: SessionEvent) => Happened> = {
  pageview: (event) => ({ mark: "page", title: event.page.path, detail: event.page.title }),
  page_leave: (event) => {
    const engaged = number(event, "engaged_ms");
    const scrolled = number(event, "scroll_percent");
    const parts = [
      engaged === null ? "" : `${joined(duration(engaged))} engaged`,
      scrolled === null ? "" : `${decimal(scrolled, 0)} % scrolled`,
    ];
    return { mark: "leave", title: "Left the page", detail: parts.filter(Boolean).join(", ") };
  },
  click: (event) => ({
    mark: "click",
    title: `Clicked ${clickOn(event)}`.trim(),
    detail: text(event, "text") ? shortPath(text(event, "path")) : "",
  }),
  rage_click: (event) => ({
    mark: "rage",
    title: `Rage click${clickOn(event) ? ` on ${clickOn(event)}` : ""}`,
    detail: plural(number(event, "clicks") ?? 3, "click", "clicks"),
  }),
  dead_click: (event) => ({
    mark: "dead",
    title: `Clicked ${clickOn(event)}`.trim(),
    detail: "no effect",
  }),
  thrash: () => ({ mark: "rage", title: "Shook the pointer", detail: "to and fro" }),
  outbound: (event) => ({
    mark: "link",
    title: "Went to another site",
    detail: text(event, "href"),
  }),
  download: (event) => ({ mark: "link", title: "Downloaded", detail: text(event, "href") }),
  form_view: (event) => ({
    mark: "form",
    title: `Saw ${formName(event) || "a form"}`,
    detail: "",
  }),
  form_error: (event) => ({
    mark: "form",
    title: `Was shown an error at ${text(event, "field") || "a field"}`,
    detail: [errorKind(text(event, "kind")), fieldWords(event)].filter(Boolean).join(", "),
  }),
  form_focus: (event) => ({
    mark: "form",
    title: `Entered ${text(event, "field") || "a field"}`,
    detail: fieldWords(event),
  }),
  form_change: (event) => ({
    mark: "form",
    title: `Filled ${text(event, "field") || "a field"}`,
    detail: ["masked", fieldWords(event)].filter(Boolean).join(", "),
  }),
  form_submit: (event) => ({
    mark: "form",
    title: `Submitted ${formName(event) || "a form"}`,
    detail: "",
  }),
  form_abandon: (event) => ({
    mark: "form",
    title: `Left ${formName(event) || "a form"} unfinished`,
    detail: text(event, "field") ? `last at ${text(event, "field")}` : "",
  }),
  error: (event) => {
    const source = text(event, "source").split("/").pop() ?? "";
    const line = text(event, "line");
    const column = text(event, "column");
    return {
      mark: "error",
      title: text(event, "message") || "JavaScript error",
      detail: [source, [line, column].filter(Boolean).join(":")].filter(Boolean).join(" "),
    };
  },
  web_vital: (event) => {
    const metric = text(event, "metric");
    const value = number(event, "value") ?? 0;
    const said = metric === "CLS" ? decimal(value, 2) : joined(duration(value));
    return {
      mark: "vital",
      title: `${metric} ${said}`,
      detail: text(event, "rating").replace("-", " "),
    };
  },
  survey_shown: (event) => ({
    mark: "form",
    title: "Saw a question",
    detail: text(event, "question"),
  }),
  survey_answered: (event) => ({
    mark: "form",
    title: `Answered ${answerOf(event)}`.trim(),
    detail: [text(event, "comment"), text(event, "question")].filter(Boolean)[0] ?? "",
  }),
  survey_dismissed: (event) => ({
    mark: "form",
    title: "Closed a question",
    detail: text(event, "question"),
  }),
  request: (event) => ({
    mark: "link",
    title: `${text(event, "method")} ${text(event, "target")}`.trim(),
    detail: `status ${text(event, "status")}`,
  }),
  identify: (event) => ({
    mark: "person",
    title: "Said who it is",
    detail: event.unverified ? "unverified" : "",
  }),
  group: (event) => ({
    mark: "person",
    title: "Joined an account",
    detail: text(event, "account"),
  }),
  alias: () => ({ mark: "person", title: "Joined another visitor", detail: "" }),
};

export function happened(event: SessionEvent): Happened {
  const sentence = SENTENCES[event.name];
  if (sentence) return sentence(event);
  const detail = properties(event);
  return {
    mark: "own",
    title: event.name,
    detail: event.unverified && detail ? `${detail}, unverified` : detail,
  };
}

/** Measurements, not acts: what lists leave out unless asked. */
export const MEASUREMENTS = [
  "web_vital",
  "page_leave",
  "form_view",
  "form_focus",
  "request",
] as const;

export function isMeasurement(name: string): boolean {
  return MEASUREMENTS.some((each) => each === name);
}

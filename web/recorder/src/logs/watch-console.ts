import { listen } from "../observe/natives";
import { patch } from "../observe/patch";
import { errorText, textOf } from "./text-of";

const LEVELS = ["log", "info", "warn", "error", "debug"] as const;
/** Browsers say this of layouts that settle a frame later; nothing is broken. */
const HARMLESS = /^ResizeObserver loop/;

type Tell = (payload: Record<string, unknown>) => void;

/** What the page logs, and the errors that nobody caught. */
export function watchConsole(tell: Tell, fail: Tell): () => void {
  let before = "";
  const say = (level: string, text: string, to = tell) => {
    // A loop that logs the same is told of once.
    if (!text || `${level} ${text}` === before) return;
    before = `${level} ${text}`;
    to({ level, text });
  };
  const ends = [
    ...LEVELS.map((level) => patch(console, level, (_self, values) => say(level, textOf(values)))),
    listen(window, "error", (event: ErrorEvent) => {
      const { message, filename, lineno, colno, error } = event;
      // Of resources that do not load nobody says anything here.
      if (!message || HARMLESS.test(message)) return;
      const place = `${message}\n    at ${filename}:${lineno}:${colno}`;
      say("error", error ? errorText(error) : place, fail);
    }),
    listen(window, "unhandledrejection", ({ reason }: PromiseRejectionEvent) =>
      say("error", errorText(reason), fail),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

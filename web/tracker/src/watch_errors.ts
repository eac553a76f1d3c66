/** JavaScript errors nobody caught. Addresses in their texts lose query, fragment and names. */
import type { Watched } from "./watched.ts";

/** Errors of one page load; further ones are not told. */
const ERRORS_MAX = 50;
/** Characters of an error's message; what is longer is cut. */
const CHARACTERS_MAX = 500;
/** Browsers say this of layouts that settle a frame later; nothing is broken. */
const HARMLESS = /^ResizeObserver loop/;

export function watchErrors({ base, on, emit, repeats }: Watched): void {
  let told = 0;
  let before = "";
  const tell = (text: unknown, source: string, line: number, column: number, time: number) => {
    const message = `${text}`
      .replace(/(\/\/)[^\s/]*@|(\/[^\s?#)'"]*)[?#][^\s)'"]*/g, "$1$2")
      .slice(0, CHARACTERS_MAX);
    const same = `${message}${source}${line}`;
    if (HARMLESS.test(message) || same === before || told >= ERRORS_MAX) return;
    before = same;
    told += 1;
    emit("error", { message: repeats(message) ? "" : message, source, line, column }, time);
  };
  // Resources that fail to load come as errors too, without a message.
  on("error", ({ event, time }) => {
    const { message, filename, lineno, colno } = event;
    if (message) tell(message, filename ? base.address(filename) : "", lineno, colno, time);
  });
  on("unhandledrejection", ({ event, time }) => {
    tell(event.reason?.message ?? event.reason, "", 0, 0, time);
  });
}

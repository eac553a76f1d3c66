/** What the watchers of the second file work with. Types only. */
import type { Base, Core, Properties, Seen } from "./core.ts";

export interface Watched {
  base: Base;
  core: Core;
  /** Watches page events; those that happened before, back to the start of the tracker, come first. */
  on(type: string, handler: (seen: Seen) => void): void;
  /** Watches any event of the window or of another target, from now on. */
  listen(
    type: string,
    // biome-ignore lint/suspicious/noExplicitAny: the event's type follows from its name, which is data here
    handler: (event: any) => void,
    target?: EventTarget,
  ): void;
  /** Whether a value that was typed on this page stands in the text. */
  repeats(text: string): boolean;
  emit(name: string, properties: Properties, time?: number): void;
  onPage(callback: () => void): void;
  onStop(callback: () => void): void;
}

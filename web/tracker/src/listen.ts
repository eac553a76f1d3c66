/**
 * Listens on the window, before the page does, and never through the page's own methods: an
 * element named `addEventListener` hides that of `window`.
 */
import { guard } from "./guard.ts";

const { addEventListener } = EventTarget.prototype;

export function listen(
  type: string,
  // biome-ignore lint/suspicious/noExplicitAny: the event's type follows from its name, which is data here
  work: (event: any) => void,
  capture = true,
): void {
  addEventListener.call(window, type, guard(work), capture);
}

/** Listens, past the page's own methods, until it is told to end. */
import { guard } from "../guard.ts";

const { addEventListener, removeEventListener } = EventTarget.prototype;

export interface Listening {
  on(
    target: EventTarget,
    type: string,
    // biome-ignore lint/suspicious/noExplicitAny: the event's type follows from its name, which is data here
    work: (event: any) => void,
  ): void;
  end(): void;
}

export function listening(): Listening {
  const ends: (() => void)[] = [];
  return {
    on(target, type, work) {
      const guarded = guard(work);
      const options = { capture: true, passive: true };
      addEventListener.call(target, type, guarded, options);
      ends.push(() => removeEventListener.call(target, type, guarded, options));
    },
    end() {
      for (const end of ends.splice(0)) end();
    },
  };
}

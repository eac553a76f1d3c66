/**
 * Which surveys this visitor was asked. With a visitor's cookie that stands beside it on the device,
 * and goes with the consent; without one it is known while the page lives, and the server knows what
 * the session was shown before.
 */
import type { Base } from "../core.ts";
import { guard } from "../guard.ts";

/** Surveys that are remembered as asked, the newest; an older one might ask again. */
const IDS_MAX = 200;

export interface Asked {
  has(survey: string): boolean;
  add(survey: string): void;
  /** Writes down what is known, where there is a visitor by now. */
  keep(): void;
}

export function keepAsked({ name, identity }: Base, before: readonly string[] = []): Asked {
  // The core deletes all that begins so when the consent ends.
  const key = `${name}.s`;
  const here = new Set(before);
  const stored = guard(() => ((identity.visitor && localStorage[key]) || "").split(","));
  const keep = () => {
    if (!identity.visitor || !here.size) return;
    guard(() => {
      localStorage[key] = [...new Set([...(stored() ?? []), ...here])]
        .filter(Boolean)
        .slice(-IDS_MAX)
        .join(",");
    })();
  };
  return {
    has: (survey) => here.has(survey) || !!stored()?.includes(survey),
    add(survey) {
      here.add(survey);
      keep();
    },
    keep,
  };
}

/** Whether nothing may be sent about a page. `url` is cut to the address rule already. */
import type { Rules } from "./core.ts";
import { fitsPattern } from "./fits_pattern.ts";

export function isBlocked(url: string, rules: Rules | null): boolean | null {
  const { pathname, hash } = new URL(url);
  // biome-ignore lint/complexity/useOptionalChain: where the server had none they may be `false`
  return rules && rules.blocked.some((pattern) => fitsPattern(pattern, pathname + hash));
}

/** Whether nothing may be sent about a page. `url` is cut to the address rule already. */
import type { Rules } from "./core.ts";

export function isBlocked(url: string, rules: Rules | null): boolean {
  const { pathname, hash } = new URL(url);
  return !!rules?.blocked.some((pattern) =>
    RegExp(`^${pattern.replace(/\W/g, (sign) => (sign === "*" ? ".*" : `\\${sign}`))}$`).test(
      pathname + hash,
    ),
  );
}

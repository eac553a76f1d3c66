/**
 * The address rule: scheme, host and path, of the query only allow-listed keys, no fragment but
 * for hash routes. Without rules not even those. Another scheme becomes "", what is no address at
 * all throws.
 */
import type { Rules } from "./core.ts";

const KEYS = /^(utm_\w+|\w{1,3}clk?id|li_fat_id|[gw]braid|ref)$/;

export function address(url: string, rules: Rules | null): string {
  const { href, origin, pathname, search, hash } = new URL(url, location.href);
  if (!/^http/.test(href)) return "";
  const query = search
    .slice(1)
    .split("&")
    .filter((pair) => {
      const key = pair.split("=")[0] as string;
      return rules && (KEYS.test(key) || rules.query_keys.includes(key));
    })
    .join("&");
  return (
    origin +
    pathname +
    (query && `?${query}`) +
    (rules?.hash_routes && origin === location.origin && /^#!?\//.test(hash)
      ? hash.split("?")[0]
      : "")
  );
}

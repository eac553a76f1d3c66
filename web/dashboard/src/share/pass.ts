// A link to a recording: `/share/ID#SECRET`, and `&t=83` to begin at that second. What stands
// behind the `#` stays in the browser; the page sends it as a bearer token.

export interface Pass {
  /** What is sent; empty when the address is none of a link. */
  token: string;
  /** Where to begin, in milliseconds. */
  start_ms: number | null;
}

export function readPass({ pathname, hash }: { pathname: string; hash: string }): Pass {
  const id = /^\/share\/([0-9a-f]{16})\/?$/.exec(pathname)?.[1];
  const [, secret, second] = /^#([0-9a-f]{32})(?:&t=(\d{1,7}))?$/.exec(hash) ?? [];
  return {
    token: id && secret ? `hms_${id}_${secret}` : "",
    start_ms: second === undefined ? null : Number(second) * 1000,
  };
}

/** The link that begins at a moment. */
export function linkAt(link: string, ms: number | null): string {
  const seconds = Math.floor((ms ?? 0) / 1000);
  return seconds > 0 ? `${link}&t=${seconds}` : link;
}

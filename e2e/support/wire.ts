// Bodies as the server sees them.
import { gunzipSync } from "node:zlib";
import type { Sent } from "./browser.ts";

/** The body's text, gunzipped when its first bytes say so. */
export function bodyText(sent: Sent): string {
  const gzipped = sent.body[0] === 0x1f && sent.body[1] === 0x8b;
  return (gzipped ? gunzipSync(sent.body) : sent.body).toString("utf8");
}

/** The first line of a body: who sent it, and from which page. */
export function envelopeOf(sent: Sent): { readonly url?: string } {
  return JSON.parse(bodyText(sent).split("\n", 1)[0] ?? "{}");
}

/** Everything that left the browser, as one text in which a secret can be looked for. */
export function everythingSent(all: readonly Sent[]): string {
  return all
    .map((sent) => `${sent.url}\n${JSON.stringify(sent.headers)}\n${bodyText(sent)}`)
    .join("\n");
}

/** One event line of an events body. */
export interface EventLine {
  readonly name: string;
  readonly sequence: number;
  readonly url?: string;
  readonly properties?: Record<string, unknown>;
}

/** The events that were sent, in the order of sending. */
export function eventsSent(all: readonly Sent[]): EventLine[] {
  return all
    .filter((sent) => new URL(sent.url).pathname.startsWith("/e/"))
    .flatMap((sent) => bodyText(sent).trimEnd().split("\n").slice(1))
    .map((line) => JSON.parse(line) as EventLine);
}

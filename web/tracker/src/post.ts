/**
 * One body to the server. Small bodies go by keepalive, so that they outlive the page, while the
 * bytes in flight stay under the browser's own limit of 64 KiB; the others by ordinary fetch. The
 * beacon is the last resort of a page that is being left.
 */
import type { Ack } from "./core.ts";
import { documentValue } from "./document_value.ts";

const FLIGHT_BYTES_MAX = 61_440;
const send = fetch;
let flying = 0;

/** Of the refusals only these two ask to be tried again. */
const REFUSED = /^4(?!08|29)/;

/** The answer; else the status of a refusal for good, or minus the seconds to wait before the next try. */
export async function post(
  url: string,
  body: string | Blob,
  mayKeepAlive: boolean,
): Promise<Ack | number> {
  let { size } = new Blob([body]);
  const keepalive = mayKeepAlive && flying + size < FLIGHT_BYTES_MAX;
  if (!keepalive) size = 0;
  flying += size;
  try {
    const answer = await send(url, {
      method: "POST",
      body,
      keepalive,
      credentials: "omit",
      // The body has the path, cut to the address rule: the whole one stays out of the header.
      referrerPolicy: "origin",
    });
    if (answer.ok) return await answer.json();
    return REFUSED.test(`${answer.status}`)
      ? answer.status
      : -Number(answer.headers.get("retry-after")) || 0;
  } catch {
    if (documentValue("visibilityState") === "hidden") navigator.sendBeacon(url, body);
    return 0;
  } finally {
    flying -= size;
  }
}

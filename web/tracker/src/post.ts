/**
 * One body to the server. Small bodies go by keepalive, so that they outlive the page, while the
 * bytes in flight stay under the browser's own limit of 64 KiB; the others by ordinary fetch. Never
 * by a beacon: it would say where the page is as the page's own policy has it, whole if that says so.
 */
import type { Ack } from "./core.ts";

/** What may be under way so that it outlives the page, all together; more goes without. */
const FLIGHT_BYTES_MAX = 60_000;
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
    return REFUSED.test(answer.status as unknown as string)
      ? answer.status
      : -(answer.headers.get("retry-after") as unknown as number) || 0;
  } catch {
    return 0;
  } finally {
    flying -= size;
  }
}

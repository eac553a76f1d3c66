// Recordings made by hand, in the recorder's own form.
import type { Browser } from "playwright-core";
import { firstUser, type Owner } from "./api.ts";
import { type Desk, openDesk } from "./dashboard.ts";
import type { Server } from "./server.ts";
import { addSite, recordingOf, type Site } from "./sites.ts";

export interface Node {
  readonly type: number;
  readonly id: number;
  readonly [member: string]: unknown;
}

/** What is posted: recorder events in the order of their times. */
export type RecordedEvents = readonly Record<string, unknown>[];

/** Makes nodes with ids of their own. */
export function nodeMaker() {
  let id = 1;
  const text = (textContent: string): Node => ({ type: 3, id: id++, textContent });
  const element = (
    tagName: string,
    attributes: Record<string, unknown> = {},
    ...children: (Node | string)[]
  ): Node => ({
    type: 2,
    id: id++,
    tagName,
    attributes,
    childNodes: children.map((child) => (typeof child === "string" ? text(child) : child)),
  });
  const svg = (
    tagName: string,
    attributes: Record<string, unknown> = {},
    ...children: (Node | string)[]
  ): Node => ({ ...element(tagName, attributes, ...children), isSVG: true });
  const page = (head: readonly Node[], body: Node): Node => ({
    type: 0,
    id: id++,
    childNodes: [
      { type: 1, id: id++, name: "html", publicId: "", systemId: "" },
      element("html", { lang: "en" }, element("head", {}, ...head), body),
    ],
  });
  return { text, element, svg, page };
}

/** Posts a visit with one pageview and one chunk, as a page of `origin` that knows the key. */
export async function postVisit(
  server: { readonly origin: string },
  visit: {
    readonly key: string;
    readonly origin: string;
    readonly session: string;
    readonly lines: RecordedEvents;
    readonly events: RecordedEvents;
    /** The page load and the visitor, where they are not named as the session. */
    readonly window?: string;
    readonly visitor?: string;
    /** Number of the chunk in its page load; the first one where it is not said. */
    readonly sequence?: number;
    /** The page when the chunk began; the first one where it is not said. */
    readonly path?: string;
    /** What the browser calls itself. */
    readonly userAgent?: string;
  },
): Promise<void> {
  const { key, origin, session, lines, events } = visit;
  const envelope = {
    v: 1,
    window: visit.window ?? session,
    visitor: visit.visitor ?? session,
    session,
    mode: "persistent",
    sent_ms: Date.now(),
    tracker: "1",
  };
  const chunk = {
    ...envelope,
    sequence: visit.sequence ?? 0,
    recorder: "rrweb-2.1.6/1",
    url: `${origin}${visit.path ?? "/"}`,
  };
  for (const [path, all] of [
    ["e", [envelope, ...events]],
    ["r", [chunk, ...lines]],
  ] as const) {
    if (all.length === 1) continue;
    const answer = await fetch(`${server.origin}/${path}/${key}`, {
      method: "POST",
      headers: {
        origin,
        "content-type": "text/plain",
        ...(visit.userAgent ? { "user-agent": visit.userAgent } : {}),
      },
      body: all.map((line) => JSON.stringify(line)).join("\n"),
    });
    if (!answer.ok) throw new Error(`/${path}/: ${answer.status} ${await answer.text()}`);
  }
}

/** Makes events of one page, each a number of seconds after the visit began. */
export function eventMaker(beganMs: number, url: string) {
  return (second: number, name: string, properties: object = {}) => ({
    name,
    sequence: second,
    time_ms: beganMs + second * 1000,
    url,
    properties,
  });
}

/** The first user of a server, their site, and a browser in which they are signed in. */
export interface Visited {
  readonly owner: Owner;
  readonly site: Site;
  readonly desk: Desk;
}

/** A new server's first user, whose site has one recorded visit. */
export async function visited(
  [server, browser]: readonly [Server, Browser],
  visit: {
    readonly origin: string;
    readonly session: string;
    readonly lines: RecordedEvents;
    readonly events: RecordedEvents;
  },
): Promise<Visited> {
  const owner = await firstUser(server);
  const site = await addSite(owner, "Lamps");
  await postVisit(server, { ...visit, key: site.key });
  await recordingOf(owner, site, visit.session);
  const desk = await openDesk(browser, server, owner);
  return { owner, site, desk };
}

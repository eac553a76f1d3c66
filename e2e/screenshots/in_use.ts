// What an installation has once people work with it, made through the public API on top of the demo:
// segments, insights, an alert with its log, notes and tags, links that were given out, users.
import type { Owner } from "../support/api.ts";
import type { Site } from "../support/sites.ts";
import { codeOf, STEP_S } from "../support/totp.ts";
import { until } from "../support/until.ts";

/** What the pictures need to know of it. */
export interface InUse {
  /** An insight that can be watched. */
  readonly insight: string;
  /** A saved funnel, as the board's template makes one. */
  readonly funnel: string;
  readonly alert: string;
  /** Pages that somebody without a login opens: paths with their secrets. */
  readonly links: {
    readonly board: string;
    readonly boardWithPassword: string;
    readonly recording: string;
    readonly invitation: string;
  };
  /** Somebody who signs in with a code. */
  readonly second: { readonly email: string; readonly password: string };
}

interface Made {
  readonly id: string;
  readonly link: string;
}

const PERIOD = { last: "30d" };

/** Makes it all; `session` has a recording, `board` is the one that is shared. */
export async function putInUse(
  owner: Owner,
  site: Site,
  { session, board }: { session: string; board: string },
): Promise<InUse> {
  const at = `sites/${site.id}`;
  await makeSegments(owner, at);
  const insight = await makeInsights(owner, at);
  await markSession(owner, at, session);
  await owner.send("POST", `${at}/tokens`, { name: "Nightly export", scope: "read" });
  const share = (draft: unknown): Promise<Made> =>
    owner.send<Made>("POST", `${at}/boards/${board}/shares`, draft);
  const [open, locked, recording, invited] = [
    await share({ name: "Agency", days: 90, period_days: 90 }),
    await share({ name: "Board of directors", days: 30, password: "a sentence to tell" }),
    await owner.send<Made>("POST", `${at}/recordings/${session}/shares`, { hide_person: true }),
    await owner.send<Made>("POST", "users", { email: "analyst@example.org" }),
  ];
  return {
    insight,
    funnel: await savedFunnel(owner, at),
    alert: await makeAlert(owner, at, insight),
    links: {
      board: pathOf(open.link),
      boardWithPassword: pathOf(locked.link),
      recording: pathOf(recording.link),
      invitation: pathOf(invited.link),
    },
    second: { email: "second@example.org", password: "one more long sentence" },
  };
}

/** Gives somebody a second factor, so that the sign-in asks for its code. */
export async function makeSecondFactor(of: Owner): Promise<void> {
  const { password } = of;
  const { secret } = await of.send<{ secret: string }>("POST", "me/second-factor", { password });
  const code = codeOf(secret.replaceAll(" ", ""), Math.floor(Date.now() / 1000 / STEP_S));
  await of.send("POST", "me/second-factor/confirm", { code });
}

async function makeSegments(owner: Owner, at: string): Promise<void> {
  const is = (dimension: string, ...values: string[]) => ({ dimension, operator: "is", values });
  for (const draft of [
    { name: "On a phone", of: "sessions", conditions: [is("device", "phone")] },
    { name: "From a search", of: "sessions", conditions: [is("channel", "Organic search")] },
    { name: "Newsletter readers", of: "persons", conditions: [is("source", "newsletter")] },
  ])
    await owner.send("POST", `${at}/segments`, draft);
}

async function makeInsights(owner: Owner, at: string): Promise<string> {
  const trend = (series: unknown) => ({
    kind: "trend",
    period: PERIOD,
    trend: { series: [series] },
  });
  const drafts = [
    { name: "Orders a day", question: trend({ events: ["order"], aggregate: "count" }) },
    {
      name: "Value a day",
      description: "Looked at each Monday",
      question: trend({ events: ["order"], aggregate: "sum", property: "value" }),
    },
    { name: "Do they come back?", question: { kind: "retention", period: PERIOD, retention: {} } },
  ];
  const made: Made[] = [];
  for (const draft of drafts) made.push(await owner.send<Made>("POST", `${at}/insights`, draft));
  return made[0]?.id ?? "";
}

async function savedFunnel(owner: Owner, at: string): Promise<string> {
  type Listed = { insights: { id: string; kind: string }[] };
  const { insights } = await owner.get<Listed>(`${at}/insights`);
  const found = insights.find(({ kind }) => kind === "funnel");
  if (!found) throw new Error("the board has no funnel");
  return found.id;
}

/** An alert that fires at its first check, with what was sent. */
async function makeAlert(owner: Owner, at: string, insight: string): Promise<string> {
  const { id } = await owner.send<Made>("POST", `${at}/alerts`, {
    name: "Orders are few",
    watch: { insight, column: "A", condition: { kind: "threshold", side: "below", value: 40 } },
    emails: [owner.email],
  });
  await until("the first check of the alert", 60_000, async () => {
    const log = await owner.get<{ entries: unknown[] }>(`${at}/alerts/${id}/log`);
    return log.entries.length > 0;
  });
  return id;
}

async function markSession(owner: Owner, at: string, session: string): Promise<void> {
  const path = `${at}/recordings/${session}`;
  const { summary } = await owner.get<{ summary: { started_ms: number } }>(path);
  const text = "Pay now does nothing; the same error each time. Ask who ships the card form.";
  await owner.send("POST", `${path}/notes`, { text, time_ms: summary.started_ms + 50_000 });
  for (const tag of ["checkout", "bug"]) await owner.send("PUT", `${path}/tags/${tag}`);
  const { id } = await owner.send<Made>("POST", `${at}/collections`, { name: "For the release" });
  await owner.send("PUT", `${at}/collections/${id}/recordings/${session}`);
}

function pathOf(link: string): string {
  const { pathname, search, hash } = new URL(link);
  return pathname + search + hash;
}

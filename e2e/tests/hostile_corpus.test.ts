// Some hundred hostile recordings, each behind one defence alone: the player's look at every event
// without the policy of its document, and what the server makes of them without the player's look.
// Nothing may run, nobody may be asked or looked up, nothing around the picture may change, and a
// recording that cannot be shown says so. The server gets all of them; a share is shown, all of them
// where `cargo xtask proof hostile` asks.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activeIn } from "../hostile/active.ts";
import { BESIDE, corpus, type Hostile } from "../hostile/corpus.ts";
import { type Defence, openHall, openSink, type Sink, type Way } from "../hostile/hall.ts";
import type { Outcome } from "../hostile/hall_page.ts";
import { LAST_WORD } from "../hostile/visit.ts";
import { isProving, proofs, writeProof } from "../proof/pages.ts";
import type { Owner } from "../support/api.ts";
import { letIn } from "../support/dashboard.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const ORIGIN = "http://127.0.0.1:9";
/** A picture that could be shown. */
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");
/** Posts at the same time. */
const TOGETHER = 8;
/** Kinds of recordings that are whole, so that they are shown to their end. */
const WHOLE = /^(attribute|scheme|link|style) /;
/** One of so many is shown, and one of so many is saved as a page and opened; all of them for the proof. */
const [SHOWN_OF, OPENED_OF] = isProving("hostile") ? [1, 1] : [4, 16];
/** What the dashboard is tried with too. */
const SEEN = [
  "a snapshot of an empty document",
  "a document within a document",
  "shadow roots where none may be",
  "all nodes with one id",
  "the page taken away",
  "nothing but remarks",
];

let sink: Sink;
let all: Hostile[];
/** Those that are shown. */
let shown: Hostile[];
let server: Server;
let owner: Owner;
let site: Site;
let browser: Browser;
/** What the server kept of those that it took, by their names. */
let kept = new Map<string, string>();
/** Places in what it kept that would act. */
let left = 0;
/** What was seen, a line of a table each. */
const seen: string[] = [];

beforeAll(async () => {
  sink = await openSink();
  all = corpus(sink.port);
  shown = all.filter((_, index) => index % SHOWN_OF === 0);
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Hostile");
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await sink?.stop();
});

test("there are enough of them", () => {
  expect(all.length).toBeGreaterThanOrEqual(200);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test("the player alone lets nothing out", async () => {
  const lines = shown.map((each) => each.lines.join("\n"));
  await holds(lines, [{ player: "looks", policy: "missing" }, "play"], (outcomes) => {
    for (const [index, { name }] of shown.entries()) {
      const outcome = outcomes[index] as Outcome;
      expect(["paused", "ended", "failed"], `${name}: ${outcome.message}`).toContain(
        outcome.status,
      );
      if (outcome.status === "failed") expect(outcome.message, name).toMatch(/^[A-Z].{20,}\.$/);
      if (WHOLE.test(name)) expect(outcome.text, name).toContain(LAST_WORD);
    }
  });
});

test("the picture of a page lets nothing out either", async () => {
  const lines = shown.map((each) => each.lines.join("\n"));
  await holds(lines, [{ player: "looks", policy: "missing" }, "picture"], (outcomes) => {
    for (const [index, { name }] of shown.entries()) {
      const outcome = outcomes[index] as Outcome;
      if (outcome.status === "failed")
        expect(outcome.message, name).toMatch(/^the picture .*read$/);
      if (WHOLE.test(name)) expect(outcome.text, name).toContain(LAST_WORD);
    }
  });
});

test("the server takes out of them what acts, loads or leads away, before it keeps them", async () => {
  kept = await posted();
  expect(kept.size).toBeGreaterThan(all.length * 0.9);
  // That this finds it: nearly all have something of the kind before.
  const before = all.filter(({ lines }) => activeIn(lines.filter(isJson).join("\n")).length > 0);
  expect(before.length).toBeGreaterThan(all.length / 2);
  const found = [...kept].flatMap(([name, of]) => activeIn(of).map((it) => `${name}: ${it}`));
  left = found.length;
  expect(found).toEqual([]);
});

test("what the server lets in is safe for a player that trusts it", async () => {
  const names = shown.map(({ name }) => name).filter((name) => kept.has(name));
  const lines = names.map((name) => kept.get(name) ?? "");
  await holds(lines, [{ player: "trusts", policy: "sent" }, "play"], (outcomes) => {
    for (const [index, name] of names.entries()) {
      if (WHOLE.test(name)) expect(outcomes[index]?.text, name).toContain(LAST_WORD);
    }
  });
});

test("saved as pages they let nothing out of a folder", { timeout: 900_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "hitmetrix-hostile-"));
  const names = all.map(({ name }) => name).filter((name) => kept.has(name));
  const opened = names.filter((name, index) => index % OPENED_OF === 0 || name === BESIDE.name);
  expect(opened).toContain(BESIDE.name);
  try {
    const files: string[] = [];
    await writeFile(join(folder, BESIDE.file), PIXEL);
    for (const name of opened) {
      const index = all.findIndex((each) => each.name === name);
      const path = `sites/${site.id}/recordings/${sessionOf(index)}/export?format=html`;
      const answer = await fetch(`${server.origin}/api/v1/${path}`, {
        headers: { cookie: owner.cookie, "sec-fetch-site": "same-origin" },
      });
      expect(answer.status, name).toBe(200);
      files.push(join(folder, `${index}.html`));
      await writeFile(files.at(-1) as string, await answer.text());
    }
    await holds(files, [{ player: "looks", policy: "sent" }, "file"], (outcomes) => {
      for (const [index, name] of opened.entries()) {
        const outcome = outcomes[index] as Outcome;
        if (WHOLE.test(name)) expect(outcome.text, name).toContain(LAST_WORD);
      }
      expect(outcomes.some(({ status }) => status === "shown")).toBe(true);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the dashboard shows what it can, and says what it cannot", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await letIn(context, server, owner);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  for (const [index, each] of all.entries()) {
    if (!SEEN.includes(each.name)) continue;
    await page.goto(`${server.origin}/sites/${site.id}/sessions/${sessionOf(index)}`);
    const replay = page.getByRole("region", { name: "Replay" });
    await until(`a picture or words for ${each.name}`, 20_000, async () => {
      const words = await replay.locator("h2").allInnerTexts();
      const time = replay.getByRole("slider", { name: "Position" });
      return words.some(Boolean) || (await time.count()) > 0;
    });
  }
  expect(errors).toEqual([]);
  await context.close();
});

test("the documentation says what was seen", async () => {
  if (isProving("hostile")) await writeProof("hostile", page(seen));
  else expect(await proofs()).toContain("the browser test `hostile_corpus`");
});

function page(rows: readonly string[]): string {
  const kinds = new Map<string, number>();
  for (const { name } of all) {
    const kind = /^(element|drawn|attribute|scheme|link|style|source) /.exec(name)?.[1] ?? "other";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const count = (kind: string) => kinds.get(kind) ?? 0;
  return `# What recordings can do: the proof

Written by \`cargo xtask proof hostile\`, the browser test \`hostile_corpus\`; do not edit. [The player's frame](adr/0021-player-frame.md) says what stands between a recording and who looks at it.

${all.length} hostile recordings are played in a real Chromium: one for each of ${count("element")} elements of HTML, ${count("drawn")} of SVG, ${count("attribute")} attributes, ${count("scheme")} schemes, ${count("link")} relations of links and ${count("style")} ways to write a style, ${count("source")} with wrong members in each kind of change or about nodes that are not there, and ${count("other")} that are malformed, huge, deep, cyclic, cut off or out of order. Elements are tried in the page, in shadow roots, in frames and added later; styles as sheets, attributes, rules, declarations, adopted sheets and texts. Each asks for addresses of its own, and would run a script wherever one can stand.

The player's look stands alone, and the server's without it but with the policy, which is there for what styles may still name: so none hides a hole of another. Requests and sockets reach a server of the test, look-ups of names and connections ahead of their time stand in the browser's own log of its network; the page around the picture, its dialogs, windows, cookies and history are compared. That the trial can fail was tried by letting links keep their relation and address: it named dozens of places, look-ups ahead of their time among them. What the server keeps of them is searched by itself too, for elements, attributes, addresses and styles that act, by lists that are not the product's: ${left} are left; with its look taken out it named 66,612.

| what stands in the way | recordings | asked for outside | dialogs, windows, changes around | errors | shown | said that it cannot be shown |
|---|--:|--:|--:|--:|--:|--:|
${rows.join("\n")}
`;
}

/** Plays them, or opens them as files, in a browser of their own, and looks at what got out of it. */
async function holds(
  lines: readonly string[],
  [defence, as]: readonly [Defence, Way | "file"],
  look: (outcomes: Outcome[]) => void,
): Promise<void> {
  const hall = await openHall(sink);
  let outcomes: Outcome[] = [];
  try {
    outcomes = as === "file" ? await hall.open(lines) : await hall.play(lines, defence, as);
  } finally {
    const { asked, done, errors } = await hall.close();
    const places = asked.map((address) => {
      const number = /^h(\d+)\./.exec(address)?.[1];
      return number === undefined ? address : `${all[Number(number)]?.name}: ${address}`;
    });
    expect.soft(places).toEqual([]);
    expect.soft(done).toEqual([]);
    // A player that looks has none; one that trusts may stumble, but no further.
    if (defence.player === "looks") expect.soft(errors).toEqual([]);
    const failed = outcomes.filter(({ status }) => status === "failed").length;
    const shown = outcomes.length - failed;
    const what =
      as === "file"
        ? "all of them: what the server took, saved as a page and opened from a folder"
        : as === "picture"
          ? "the same, as the picture that heatmaps and the marking of elements are drawn on"
          : defence.player === "looks"
            ? "the player's look at each event, without the policy of its document"
            : "the server's look at what comes in and the document's policy, with a player that trusts";
    seen.push(
      `| ${what} | ${lines.length} | ${asked.length} | ${done.length} | ${errors.length} | ${shown} | ${failed} |`,
    );
  }
  look(outcomes);
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function sessionOf(index: number): string {
  return index.toString(16).padStart(32, "5");
}

/** Posts all; what the server gives back of those that it took. The others it refused with a reason. */
async function posted(): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  const waiting = [...all.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, each] = next;
      const lines = await postAndRead(sessionOf(index), each);
      if (lines !== null) kept.set(each.name, lines);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  return new Map(all.flatMap(({ name }) => (kept.has(name) ? [[name, kept.get(name) ?? ""]] : [])));
}

async function postAndRead(session: string, { name, lines }: Hostile): Promise<string | null> {
  const of = { v: 1, window: session, visitor: session, session, mode: "persistent", tracker: "1" };
  const send = async (way: "e" | "r", body: readonly string[]) =>
    fetch(`${server.origin}/${way}/${site.key}`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "text/plain" },
      body: body.join("\n"),
    });
  const chunk = {
    ...of,
    sent_ms: Date.now(),
    sequence: 0,
    recorder: "rrweb-2.1.6/1",
    url: `${ORIGIN}/`,
  };
  const seen = { name: "pageview", sequence: 0, time_ms: Date.now(), url: `${ORIGIN}/` };
  const event = await send("e", [
    JSON.stringify({ ...of, sent_ms: Date.now() }),
    JSON.stringify(seen),
  ]);
  expect(event.status, name).toBeLessThan(300);
  const answer = await send("r", [JSON.stringify(chunk), ...lines]);
  if (!answer.ok) {
    const problem = (await answer.json()) as { detail?: string };
    expect([400, 413, 422], `${name}: ${problem.detail}`).toContain(answer.status);
    expect(problem.detail, name).toMatch(/.{20,}/);
    return null;
  }
  const path = `sites/${site.id}/recordings/${session}/chunks/${session}/0`;
  return until(`what is kept of ${name}`, 10_000, async () => {
    const found = await fetch(`${server.origin}/api/v1/${path}`, {
      headers: { cookie: owner.cookie },
    });
    return found.ok && (await found.text());
  });
}

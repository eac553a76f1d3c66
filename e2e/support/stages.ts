// Two pages rebuilt side by side, and what differs between them.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { startLoopback } from "./loopback.ts";
import type { Way } from "./stage_page.ts";
import { until } from "./until.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.HITMETRIX_BINARY ?? join(ROOT, "target/debug/hitmetrix");
/** Built with the tests of the workspace. */
const EXAMPLES = process.env.HITMETRIX_EXAMPLES ?? join(dirname(BINARY), "examples");
const KEYFRAMES = join(EXAMPLES, "keyframes");
/** As the server sends it with `/player-frame`. */
const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; media-src blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

const NO_POINTER = "- pointer  ";

/** A state of a page as recorder events. */
export interface Keyframe {
  readonly before_line: number;
  readonly time_ms: number;
  readonly lines: string;
}

/** What is shown: lines of recorder events, at a time. */
export interface Shown {
  readonly lines: string;
  readonly at_ms: number;
  readonly way?: Way;
}

export interface Stages {
  readonly page: Page;
  /** Lines in which two rebuilt pages differ, once they have come to rest. */
  unlike(one: Shown, other: Shown): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a page that rebuilds recordings. */
export async function openStages(browser: Browser): Promise<Stages> {
  const built = await build({
    entryPoints: [join(import.meta.dirname, "stage_page.ts")],
    bundle: true,
    format: "esm",
    write: false,
  });
  const script = built.outputFiles[0]?.text ?? "";
  const frames = ["one", "other"].map(
    (name) => `<iframe name="${name}" src="/player-frame" width="1000" height="700"></iframe>`,
  );
  const loopback = await startLoopback((request, response) => {
    if (request.url === "/player-frame") {
      response.setHeader("content-security-policy", FRAME_POLICY);
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>player</title>");
    } else if (request.url === "/page.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(script);
    } else {
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html>${frames.join("")}<script type="module" src="/page.js"></script>`,
      );
    }
  });
  const page = await browser.newPage({ viewport: { width: 1100, height: 1500 } });
  await page.goto(loopback.origin);
  await until("the stages", 20_000, () => page.evaluate(() => "written" in window));
  return {
    page,
    unlike: (one, other) => unlike(page, one, other),
    async close() {
      await page.close();
      await loopback.stop();
    },
  };
}

async function unlike(page: Page, one: Shown, other: Shown): Promise<string[]> {
  for (const [name, shown] of Object.entries({ one, other })) {
    await page.evaluate(([frame, lines, at_ms, way]) => window.rebuild(frame, lines, at_ms, way), [
      name,
      shown.lines,
      shown.at_ms,
      shown.way ?? "player",
    ] as const);
  }
  let differences: string[] = [];
  // Sheets are adopted and pages scrolled a moment later.
  await until("two pages that are alike", 10_000, async () => {
    const [left, right] = await page.evaluate(() => [
      window.written("one"),
      window.written("other"),
    ]);
    differences = differing(left ?? [], right ?? []);
    if (isPointerOnly(differences)) differences = [];
    return differences.length === 0;
  }).catch(() => {});
  return differences;
}

/**
 * Over a node that is gone by then a seek shows no pointer, a keyframe where it was, and what lies
 * under it as hovered over.
 */
function isPointerOnly(differences: readonly string[]): boolean {
  if (differences[0] !== NO_POINTER) return false;
  const bare = (sign: string) =>
    differences
      .filter((line) => line.startsWith(sign) && !line.startsWith(`${sign} pointer`))
      .map((line) => line.slice(1).replace(".:hover", "").replace(/[ .]+/g, " ").trim())
      .join("\n");
  return bare("-") === bare("+");
}

/** What only one of two lists has, in order; at most twenty lines. */
function differing(left: readonly string[], right: readonly string[]): string[] {
  const found: string[] = [];
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  for (const line of left) if (!inRight.has(line)) found.push(`- ${line.slice(0, 300)}`);
  for (const line of right) if (!inLeft.has(line)) found.push(`+ ${line.slice(0, 300)}`);
  if (!found.length && left.join("\n") !== right.join("\n")) found.push("the order differs");
  return found.slice(0, 20);
}

/** The states of a window before some of its lines. */
export async function keyframesOf(lines: string, before: readonly number[]): Promise<Keyframe[]> {
  if (!existsSync(KEYFRAMES)) throw new Error(`${KEYFRAMES} is not built`);
  const folder = await mkdtemp(join(tmpdir(), "hitmetrix-keyframes-"));
  try {
    const file = join(folder, "window.jsonl");
    await writeFile(file, lines);
    const output = await new Promise<string>((done, fail) => {
      execFile(
        KEYFRAMES,
        [file, before.join(",")],
        { maxBuffer: 1 << 30 },
        (error, stdout, stderr) => (error ? fail(new Error(`keyframes: ${stderr}`)) : done(stdout)),
      );
    });
    return output
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Keyframe);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

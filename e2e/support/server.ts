// The real server, started on a data folder of its own and stopped when the test is over.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PATIENCE, until } from "./until.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.HITMETRIX_BINARY ?? join(ROOT, "target/debug/hitmetrix");
/** What ends by itself may write its last for so long. */
const STOPPED_MS = PATIENCE * 10_000;

export interface Server {
  /** Where the dashboard and the scripts are served. */
  readonly origin: string;
  /** Where the demo shop is served: another origin. */
  readonly shop: string;
  /** The data folder. */
  readonly data: string;
  /** Number of its process. */
  readonly pid: number;
  /** The one-time link of the first sign-in. */
  readonly link: string;
  /** Everything the server printed so far. */
  output(): string;
  /** Ends the server as a service manager would, and removes its data unless they stay. */
  stop(): Promise<void>;
  /** A command line on the same data. */
  command(...words: string[]): Promise<string>;
}

/**
 * Starts a server with the demo shop, on any free port unless one is given, with further flags; with
 * a data folder that stays when it stops if that is given, else with an empty one of its own.
 */
export async function startServer(
  shop?: number,
  flags: readonly string[] = [],
  kept?: string,
): Promise<Server> {
  const data = kept ?? (await mkdtemp(join(tmpdir(), "hitmetrix-e2e-")));
  const words = [
    "serve",
    "--data",
    data,
    // The machine chooses: a port that was free a moment ago may be somebody's by now.
    "--listen",
    "127.0.0.1:0",
    "--demo",
    "--demo-listen",
    `127.0.0.1:${shop ?? 0}`,
    // On a machine whose disk is nearly full, the recordings of a test would give way.
    "--disk-mark-percent",
    "101",
    ...flags,
  ];
  const child = spawn(BINARY, words, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (bytes: Buffer) => {
    output += bytes.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const link = await until("the sign-in link", 20_000, () => {
    if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
    return /(http:\/\/\S+\/welcome#\S+)\s/.exec(output)?.[1];
  });
  return {
    origin: new URL(link).origin,
    shop: /^Demo shop is at\s+(\S+)$/m.exec(output)?.[1] ?? "",
    data,
    pid: child.pid ?? 0,
    link,
    output: () => output,
    stop: async () => {
      await stop(child);
      if (kept === undefined) await rm(data, { recursive: true, force: true });
    },
    command: (...all) => run([...all, "--data", data]),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOPPED_MS);
    await ended;
    clearTimeout(timer);
  }
}

function run(words: string[]): Promise<string> {
  return new Promise((done, fail) => {
    execFile(BINARY, words, { cwd: ROOT, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      error ? fail(new Error(`${words.join(" ")}: ${stderr}`)) : done(stdout),
    );
  });
}

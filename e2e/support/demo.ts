// The demo's ninety days of visits, made once for all tests that only look at them: each gets a copy.
import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "./server.ts";
import { until } from "./until.ts";

/** Where it is made, while a run of tests goes on. */
const FOLDER = "HITMETRIX_TEST_DEMO";

/** Before all tests: a place for it. Nothing is made until a test asks. */
export async function setup(): Promise<void> {
  process.env[FOLDER] = await mkdtemp(join(tmpdir(), "hitmetrix-demo-"));
}

/** After all tests. */
export async function teardown(): Promise<void> {
  const folder = process.env[FOLDER];
  if (folder) await rm(folder, { recursive: true, force: true });
}

/** A server nobody has signed in to yet, with the demo's visits in it. */
export async function startDemo(flags: readonly string[] = []): Promise<Server> {
  const folder = process.env[FOLDER] ?? "";
  const made = join(folder, "made");
  if (await isFirst(join(folder, "making"))) {
    const data = await mkdtemp(join(folder, "data-"));
    const server = await startServer(undefined, [], data);
    await server.command("demo");
    await server.stop();
    await rename(data, made);
  }
  await until("the demo's visits", 200_000, () => stat(made));
  const data = await mkdtemp(join(folder, "data-"));
  await cp(made, data, { recursive: true });
  return startServer(undefined, flags, data);
}

/** Only one makes the folder. */
function isFirst(folder: string): Promise<boolean> {
  return mkdir(folder).then(
    () => true,
    () => false,
  );
}

// A browser in which hostile recordings are played, that hears whatever they ask of anybody: requests
// and sockets reach a server of this machine, and look-ups of names stand in the browser's own log.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { startLoopback } from "../support/loopback.ts";
import { wordsOf } from "../support/stage.ts";
import { PATIENCE, until } from "../support/until.ts";
import type { Outcome } from "./hall_page.ts";

/** As the server sends it with `/player-frame`. */
const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; media-src blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
/** Recordings that are played at the same time. */
const TOGETHER = 10;
/** What a saved page shows is there, and what it would do is done, so long after. */
const REST_MS = 150;
/** What a page may take on an idle machine to show what is waited for. */
const SHOWN_MS = 20_000;

/** What stands between a recording and the browser. */
export interface Defence {
  /** The player's own look at each event. */
  readonly player: "looks" | "trusts";
  /** The policy of the document that it is rebuilt in. */
  readonly policy: "sent" | "missing";
}

/** As what a recording is shown. */
export type Way = "play" | "picture";

export interface Hall {
  /** Plays recordings, or shows pictures of their ends, and gives how each ended. */
  play(all: readonly string[], defence: Defence, as: Way): Promise<Outcome[]>;
  /** Opens recordings that were saved as pages, and shows their ends. */
  open(files: readonly string[]): Promise<Outcome[]>;
  /** Closes the browser; all that it asked for outside, and what it said or did that it must not. */
  close(): Promise<{ asked: string[]; done: string[]; errors: string[] }>;
}

/** Whoever hears what recordings ask for. */
export interface Sink {
  readonly port: number;
  readonly heard: string[];
  stop(): Promise<void>;
}

/** Answers anything to anybody, and keeps what for. */
export async function openSink(): Promise<Sink> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.headers.host}${request.url}`);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  server.on("connection", () => heard.push("a socket"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Opens the browser, with a profile: without one it would look no name up ahead of its time. */
export async function openHall(sink: Sink): Promise<Hall> {
  const folder = await mkdtemp(join(tmpdir(), "hitmetrix-hall-"));
  const log = join(folder, "net.json");
  const scripts = { looks: await script([]), trusts: await script([trusting]) };
  const loopback = await startLoopback((request, response) => {
    const [path, query] = (request.url ?? "/").split("?");
    if (path === "/player-frame") {
      if (request.headers.referer?.includes("policy=sent")) {
        response.setHeader("content-security-policy", FRAME_POLICY);
      }
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>player</title>");
    } else if (path === "/page.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(query === "trusts" ? scripts.trusts : scripts.looks);
    } else {
      response.setHeader("content-type", "text/html");
      const player = query?.includes("player=trusts") ? "trusts" : "looks";
      response.end(
        `<!doctype html><link rel="icon" href="data:,"><p>hall</p><script type="module" src="/page.js?${player}"></script>`,
      );
    }
  });
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: process.env.HITMETRIX_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: { width: 900, height: 700 },
    ignoreDefaultArgs: ["--disable-background-networking"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-component-update",
      "--disable-sync",
      `--log-net-log=${log}`,
      "--net-log-capture-mode=Everything",
    ],
  });
  context.setDefaultTimeout(PATIENCE * SHOWN_MS);
  const done: string[] = [];
  const errors: string[] = [];
  const watched = await context.newPage();
  for (const page of context.pages()) if (page !== watched) await page.close();
  context.on("page", (page) => done.push(`opened ${page.url()}`));
  watched.on("dialog", (dialog) => {
    done.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  watched.on("pageerror", (error) => errors.push(error.message));
  watched.on("crash", () => done.push("crash"));
  return {
    async play(all, defence, as) {
      const address = `${loopback.origin}/?player=${defence.player}&policy=${defence.policy}`;
      await watched.goto(address);
      await until("the hall", 20_000, () => watched.evaluate(() => "play" in window));
      const before = await outside(watched);
      const outcomes: Outcome[] = [];
      for (let from = 0; from < all.length; from += TOGETHER) {
        const some = all.slice(from, from + TOGETHER);
        const more = await watched.evaluate(
          ({ each, as }) =>
            Promise.all(
              each.map((lines) =>
                window[as](lines).catch((error) => ({
                  status: "thrown",
                  message: String(error),
                  text: "",
                })),
              ),
            ),
          { each: some, as },
        );
        outcomes.push(...more);
      }
      if ((await outside(watched)) !== before) done.push("changed the page around it");
      if (watched.url() !== address) done.push(`went to ${watched.url()}`);
      return outcomes;
    },
    async open(files) {
      // What lies beside it is none of a page's business either.
      let own = "";
      context.on("request", (request) => {
        const url = request.url();
        if (url !== own && !/^(data|blob):/.test(url)) done.push(`asked for ${url}`);
      });
      const outcomes: Outcome[] = [];
      for (const file of files) {
        const address = pathToFileURL(file).href;
        own = address;
        // Frames of a recording may be on their way for ever.
        await watched.goto(address, { waitUntil: "commit" });
        outcomes.push(await until(`the end of ${file}`, 30_000, () => endOf(watched)));
        const found = await watched.evaluate(() => [
          "ran" in window,
          document.cookie,
          document.body.innerText.includes("owned"),
          location.href,
        ]);
        if (JSON.stringify(found) !== JSON.stringify([false, "", false, address]))
          done.push(`${file}: ${found}`);
      }
      return outcomes;
    },
    async close() {
      await context.close();
      const text = await readFile(log, "utf8");
      const names = text.match(/h\d+\.localhost(?::\d+)?[^"\\ ]{0,80}/g) ?? [];
      await rm(folder, { recursive: true, force: true });
      await loopback.stop();
      return { asked: [...new Set([...names, ...sink.heard])], done, errors };
    },
  };
}

/** How a saved recording ended: what its picture says at its end, or in what words it says that it has none. */
async function endOf(page: Page): Promise<Outcome | undefined> {
  const replay = page.getByRole("region", { name: "Replay" });
  const message = (await replay.locator("h2").allInnerTexts()).find(Boolean);
  if (message) return { status: "failed", message, text: "" };
  const slider = replay.getByRole("slider", { name: "Position" });
  const inner = page.mainFrame().childFrames()[0]?.childFrames()[0];
  if (!inner || (await slider.count()) === 0 || (await page.getByText("Loading…").count()) > 0)
    return undefined;
  await slider.evaluate((input: HTMLInputElement) => {
    input.value = input.max;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.waitForTimeout(REST_MS);
  // It may give way to another picture just then.
  const last = page.mainFrame().childFrames()[0]?.childFrames()[0];
  return last && { status: "shown", message: "", text: await wordsOf(last) };
}

/** The page around the recordings: its elements, what it keeps, and whether anything ran. */
function outside(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      document.cookie,
      localStorage.length,
      "ran" in window,
      location.href,
      history.length,
    ]),
  );
}

/** Takes the player's look at events away. */
const trusting: Plugin = {
  name: "trusting",
  setup(within) {
    within.onLoad({ filter: /player\/inert(-css)?\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: path.endsWith("inert-css.ts")
        ? "export const inertCss = (css: string) => css;"
        : "export const inert = (event: unknown) => event; export const isHost = () => true;",
    }));
  },
};

async function script(plugins: readonly Plugin[]): Promise<string> {
  const built = await build({
    entryPoints: [join(import.meta.dirname, "hall_page.ts")],
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      ...plugins,
      {
        name: "style",
        setup(within) {
          within.onLoad({ filter: /\.css/ }, () => ({ contents: "", loader: "text" }));
        },
      },
    ],
  });
  return built.outputFiles[0]?.text ?? "";
}

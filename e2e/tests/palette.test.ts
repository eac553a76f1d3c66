// Whoever keeps the hands on the keyboard: everything is found by what is typed, single keys can be
// switched off, and a condition is changed where it stands.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { type Receiver, type Told, webhookReceiver } from "../support/receivers.ts";
import { postVisit } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site, sessionWith } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const VISITS: [digit: string, steps: Step[]][] = [
  [
    "a",
    [
      [0, "/"],
      [5, "/", "identify", { user: "ada@example.org" }],
      [6, "/", "group", { account: "Harbour Hotels" }],
      [10, "/order"],
      [12, "/order", "form_focus", { form: "delivery", field: "zip" }],
      [20, "/order", "form_change", { form: "delivery", field: "zip" }],
      [30, "/order", "error", { message: "zip is not a function", source: "/shop.js", line: 3 }],
      [40, "/order", "order", { plan: "pro" }],
    ],
  ],
  [
    "b",
    [
      [0, "/"],
      [40, "/order", "order", { plan: "free" }],
    ],
  ],
];

let hooks: Receiver<Told>;
let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;

beforeAll(async () => {
  hooks = await webhookReceiver();
  ({ server, browser, owner } = await openWorld(["--egress-allow", `127.0.0.1:${hooks.port}`]));
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  for (const [digit, steps] of VISITS) {
    const visit = { key: site.key, origin: ORIGIN, session: digit.repeat(32) };
    await postVisit(server, { ...visit, lines: recorded(), events: steps.map(eventOf) });
    await sessionWith(owner, site, visit.session, { order: 1 });
  }
  await owner.send("POST", `sites/${site.id}/surveys`, {
    name: "Zip survey",
    survey: { kind: "rating", moment: "exit", words: { question: "How was it?" } },
  });
  const insight = await owner.send<{ id: string }>("POST", `sites/${site.id}/insights`, {
    name: "Sessions a day",
    question: { kind: "trend", period: { last: "30d" }, measures: ["sessions"] },
  });
  await owner.send("POST", `sites/${site.id}/alerts`, {
    name: "Zip is quiet",
    watch: {
      insight: insight.id,
      column: "sessions",
      condition: { kind: "threshold", side: "below", value: 1 },
    },
    webhooks: [`http://127.0.0.1:${hooks.port}/alerts`],
  });
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await hooks?.stop();
});

test("alerts, surveys, forms, errors and accounts are found by what is typed", async () => {
  const { page } = desk;
  await page.goto(base);
  await opened(page);
  for (const [typed, option, there] of [
    ["quiet", /^Zip is quiet/, /\/alerts\/[0-9a-f]{16}/],
    ["zip survey", /^Zip survey/, /\/feedback\?survey=/],
    ["delivery", /^delivery/, /\/forms\?form=delivery/],
    ["not a function", /^zip is not a function/, /\/errors\?error=zip/],
    ["harbour", /^Harbour Hotels/, /\/accounts\/Harbour%20Hotels/],
  ] as const) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find" }).fill(typed);
    await page.getByRole("option", { name: option }).first().click();
    await page.waitForURL(there);
  }
  // The account says who came, by name.
  const sessions = page.getByRole("list", { name: "Sessions of the account, the latest first" });
  await sessions.getByRole("link", { name: "ada@example.org" }).waitFor();
});

test("settings are found by what stands there, tags and collections by name, rare events by typing", async () => {
  const { page } = desk;
  const session = "a".repeat(32);
  await owner.send(
    "PUT",
    `sites/${site.id}/recordings/${session}/tags/checkout%20fault`,
    undefined,
  );
  const name = "Shown to the board";
  await make("collections", { name });
  const { collections } = await owner.get<{ collections: { id: string; name: string }[] }>(
    `sites/${site.id}/collections`,
  );
  const id = collections.find((each) => each.name === name)?.id;
  await owner.send("PUT", `sites/${site.id}/collections/${id}/recordings/${session}`, undefined);
  // More names than are listed, each twice, and one that came once.
  const time = new Date(Date.now() - 60_000).toISOString();
  const lines = Array.from({ length: 310 }, (_, at) => `step_${at}`)
    .flatMap((event) => [event, event])
    .concat("voucher_scratched")
    .map((event) => JSON.stringify({ event, time, visitor: "server-1", url: ORIGIN }));
  const file = join(server.data, "steps.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", "Lamps");

  await page.goto(base);
  await opened(page);
  for (const [typed, option, there] of [
    ["losses", /^Losses/, /\/settings\/losses$/],
    ["exclude ip", /^Own traffic/, /\/settings\/own$/],
    ["idle", /^Counting and keeping/, /\/settings\/counting$/],
    ["checkout fault", /^checkout fault\s*1 recording/, /\/sessions\?.*tag=checkout\+fault/],
    ["shown to", /^Shown to the board\s*1 recording/, /\/sessions\?.*collection=/],
    ["scratched", /^voucher_scratched/, /\/sessions\?.*event=voucher_scratched/],
  ] as const) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find" }).fill(typed);
    await page.getByRole("option", { name: option }).first().click();
    await page.waitForURL(there);
  }
});

test("single keys can be switched off, and what has a modifier stays", async () => {
  const { page } = desk;
  await page.goto(base);
  await opened(page);
  const dark = () => page.evaluate(() => document.documentElement.dataset.theme ?? "");
  const before = await dark();
  await page.keyboard.press("t");
  await until("the other theme", 15_000, async () => (await dark()) !== before);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.getByLabel("Single keys act").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  const now = await dark();
  await page.keyboard.press("t");
  await page.keyboard.press("g");
  await page.keyboard.press("x");
  // The palette opens after them: they did nothing meanwhile.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).waitFor();
  expect(await dark()).toBe(now);
  expect(new URL(page.url()).pathname).toBe(`/sites/${site.id}`);
  await page.keyboard.press("Escape");

  await page.reload();
  await opened(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("keyboard shortcuts");
  await page.getByRole("option", { name: /^Keyboard shortcuts/ }).click();
  await help.getByLabel("Single keys act").check();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  // Two keys are a pair when they come soon after each other, which a busy machine may not manage.
  await until("the funnels", 15_000, async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await page.getByRole("heading", { name: "No funnel yet" }).waitFor({ timeout: 5_000 });
    return true;
  });
});

test("J and K go through the rows of every list, Enter opens one, and the sheet says what acts", async () => {
  const { page } = desk;
  const order = { events: ["order"] };
  for (const name of ["Ordered", "Ordered twice"]) {
    await make("goals", { name, event: order });
    await make("segments", {
      name,
      of: "persons",
      conditions: [{ did: { sequence: [order] } }],
    });
    await make("boards", { name });
    await make("insights", {
      name,
      question: { kind: "trend", period: { last: "30d" }, measures: ["sessions"] },
    });
  }
  const names = page.locator('main :is(tbody tr, li.opens) :is(.opener, th[scope="row"] a)');
  const has = (row: number, screen: string) =>
    until(`the focus on row ${row} of ${screen}`, 15_000, () =>
      names.nth(row).evaluate((node) => {
        const focused = document.activeElement;
        if (focused !== node) throw new Error(`“${focused?.textContent?.trim()}” has it`);
        return true;
      }),
    );
  for (const [screen, two] of [
    ["people", true],
    ["sessions?event=order", true],
    ["errors", false],
    ["goals", true],
    ["segments", true],
    ["boards", true],
    ["insights", true],
  ] as const) {
    await page.goto(`${base}/${screen}`);
    await names.nth(two ? 1 : 0).waitFor();
    // The list of sessions opens the first one beside itself, with its recording; the sheet says the
    // keys that act when it is opened.
    const plays = screen.startsWith("sessions");
    if (plays) await page.getByRole("region", { name: "Replay" }).waitFor();
    await page.keyboard.press("j");
    await has(0, screen);
    if (two) {
      await page.keyboard.press("j");
      await has(1, screen);
      await page.keyboard.press("ArrowUp");
      await has(0, screen);
      await page.keyboard.press("ArrowDown");
      await has(1, screen);
      await page.keyboard.press("k");
      await has(0, screen);
    }
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard" });
    await sheet.getByText("Open the row, or filter by it").waitFor();
    expect(await sheet.getByText("In the player").count(), screen).toBe(plays ? 1 : 0);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    const before = page.url();
    await names.nth(two ? 1 : 0).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== before);
  }
  await page.goto(`${base}/code`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await sheet.getByText("Find anything").waitFor();
  expect(await sheet.getByText("Open the row").count()).toBe(0);
  expect(await sheet.getByText("Comparison").count()).toBe(0);
  await page.keyboard.press("Escape");
});

test("a condition on a property is changed where it stands", async () => {
  const { page } = desk;
  await page.goto(`${base}?where=p.plan!is!pro`);
  await page.getByRole("button", { name: /^Sessions\s*1\b/ }).waitFor();
  await page.getByRole("button", { name: "Change the filter plan is pro" }).click();
  const values = page.getByRole("list", { name: "Values seen in the period" });
  const pro = values.getByRole("checkbox", { name: /^pro/ });
  await expect.poll(() => pro.isChecked()).toBe(true);
  await values.getByRole("checkbox", { name: /^free/ }).check();
  await page.getByRole("button", { name: "Change condition" }).click();
  await page.getByRole("button", { name: /^Sessions\s*2\b/ }).waitFor();
  expect(new URL(page.url()).searchParams.getAll("where")).toEqual(["p.plan!is!pro!free"]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Makes something that has a name; a test that is tried once more finds it. */
async function make(
  kind: string,
  draft: { readonly name: string; [more: string]: unknown },
): Promise<void> {
  await owner.send("POST", `sites/${site.id}/${kind}`, draft).catch((error: Error) => {
    if (!error.message.includes(": 409 ")) throw error;
  });
}

const opened = (page: Page) =>
  page
    .getByRole("group", { name: /^Numbers of the period/ })
    .getByRole("button", { name: /^Sessions\s*[23]\b/ })
    .waitFor();

// What a shop owner comes for: to be told when orders stop. An alert is made on a saved trend in two
// clicks, with a look at when it would have fired; it tells a webhook and an e-mail address; the log
// says so, and the alert is muted, changed, archived and taken back.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { mailServer, type Receiver, type Told, webhookReceiver } from "../support/receivers.ts";
import { holdOnPhone, violationsOf } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, dayAtSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const DAY_MS = 86_400_000;

let hooks: Receiver<Told>;
let mail: Receiver<string>;
let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
/** The alert's own page. */
let alertUrl: string;

/** Twenty orders a day for ten weeks, and three yesterday. */
async function order(): Promise<void> {
  const noon = Date.parse(`${dayAtSite(Date.now())}T12:00:00Z`);
  const lines: string[] = [];
  for (let ago = 1; ago <= 70; ago += 1) {
    for (let at = 0; at < (ago === 1 ? 3 : 20); at += 1) {
      const time = new Date(noon - ago * DAY_MS + at * 1000).toISOString();
      const visitor = `v${ago}-${at}`;
      lines.push(JSON.stringify({ event: "order", time, visitor, url: "https://boats.example/" }));
    }
  }
  const file = join(server.data, "orders.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", "Boats");
}

beforeAll(async () => {
  hooks = await webhookReceiver();
  mail = await mailServer();
  ({ server, browser, owner } = await openWorld([
    "--egress-allow",
    `127.0.0.1:${hooks.port}`,
    "--smtp-host",
    "127.0.0.1",
    "--smtp-port",
    String(mail.port),
    "--smtp-tls",
    "none",
    "--smtp-from",
    "Hitmetrix <alerts@example.org>",
  ]));
  site = await addSite(owner, "Boats");
  await order();
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await hooks?.stop();
  await mail?.stop();
});

test("two clicks from a saved question an alert is there, after a look at the past", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${site.id}/explore?last=30d&compare=none&bots=include&series=order~do!count`,
  );
  await page.getByRole("button", { name: "Save this question" }).click();
  await page.getByLabel("Name").fill("Orders");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("link", { name: "Alert me" }).click();

  await page.getByText("It would have told you once in the last 30 days.").waitFor();
  const fires = page.locator(".chart-mark:not([hidden])");
  await until("the mark", 15_000, async () => (await fires.allTextContents()).join() === "fires");
  // What is unusual is looked at first; any other condition is judged on the same past.
  await page.getByLabel("Condition").selectOption("change");
  await page.getByLabel("Which side").selectOption("below");
  await page.getByLabel("Percent").fill("99");
  await page.getByText("It would have told nobody in the last 30 days.").waitFor();
  await page.getByLabel("Percent").fill("50");
  await page.getByText("It would have told you once in the last 30 days.").waitFor();
  expect(await page.getByLabel("E-mail to").inputValue()).toBe(owner.email);
  await page.getByLabel("Webhooks").fill(`http://127.0.0.1:${hooks.port}/orders`);
  await page
    .getByText("The owner allows", { exact: false })
    .or(page.getByText("Hosts that the owner has listed"))
    .waitFor();
  const check = page.getByRole("combobox", { name: /^Check/ });
  expect(await check.inputValue()).toBe("60");
  await check.selectOption("every 15 minutes");
  await page.getByLabel("Name").fill("Orders stop");
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, "alert-new");
  await page.getByRole("button", { name: "Save alert" }).click();
  await page.getByRole("heading", { name: "Orders stop" }).waitFor();
  await page.getByText("checked every 15 minutes").waitFor();
  expect(await page.locator(".secret code").innerText()).toMatch(/^whsec_/);
  alertUrl = page.url();
});

test("webhook and mail are told once, with the way to the numbers, and the log says so", async () => {
  const { page } = desk;
  await until("a webhook", 30_000, async () => hooks.told.length > 0);
  await until("a mail", 30_000, async () => mail.told.length > 0);
  const log = page.getByRole("region", { name: "Log of the alert" });
  await until("the log", 15_000, async () => {
    const said = await log.innerText();
    return (said.match(/sent/g) ?? []).length === 2 && said.includes("Fired");
  });
  const told = hooks.told[0];
  expect(told?.path).toBe("/orders");
  expect(told?.headers["webhook-signature"]).toMatch(/^v1,/);
  const message = JSON.parse(told?.body ?? "{}") as { value: number; said: string; link: string };
  expect(message.value).toBe(3);
  expect(message.said).toContain("a fall of more than 50 %");
  expect(mail.told[0]).toContain(`RCPT TO:<${owner.email}>`);
  expect(mail.told[0]).toContain("Subject: Orders stop (Boats)");

  await page.goto(message.link);
  await page.getByText("Orders", { exact: true }).first().waitFor();
  await page.locator(".chart").first().waitFor();
  expect([hooks.told.length, mail.told.length]).toEqual([1, 1]);
});

test("a test is sent on demand, and says that it is one", async () => {
  const { page } = desk;
  await page.goto(alertUrl);
  const [hooked, mailed] = [hooks.told.length, mail.told.length];
  await page.getByRole("button", { name: "Send a test" }).click();
  await until("the test", 30_000, () => hooks.told.length > hooked && mail.told.length > mailed);
  expect(JSON.parse(hooks.told[hooked]?.body ?? "{}")).toMatchObject({ type: "alert.test" });
  expect(mail.told[mailed]).toContain("Subject: Test: Orders stop");
  expect([hooks.told.length, mail.told.length]).toEqual([hooked + 1, mailed + 1]);
});

test("it is muted, archived and taken back from the list", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/alerts`);
  const table = page.getByRole("table", { name: "Alerts" });
  await table.getByText("Firing").waitFor();
  const mute = page.getByLabel("Mute Orders stop", { exact: true });
  await mute.selectOption("for an hour");
  await table.getByText(/Muted until .*\. Firing$/).waitFor();
  await page.getByRole("button", { name: "Unmute Orders stop" }).click();
  await mute.selectOption("until switched on");
  await table.getByText("Muted. Firing").waitFor();
  await page.getByRole("button", { name: "Unmute Orders stop" }).click();
  await mute.waitFor();
  await page.getByRole("button", { name: "Archive Orders stop" }).click();
  await page
    .locator(".toasts p", { hasText: "“Orders stop” is archived" })
    .getByRole("button", { name: "Undo" })
    .click();
  await table.getByRole("link", { name: "Orders stop" }).waitFor();
  const insight = (await owner.get<{ insights: { id: string }[] }>(`sites/${site.id}/insights`))
    .insights[0]?.id;
  await holdOnPhone(page, [
    { name: "alerts", url: page.url(), there: () => table.waitFor() },
    {
      name: "alert",
      url: alertUrl,
      there: () => page.getByRole("region", { name: "Log of the alert" }).waitFor(),
    },
    {
      name: "alert-form",
      url: `${server.origin}/sites/${site.id}/alerts/new-${insight}`,
      there: () => page.locator(".chart canvas").first().waitFor(),
    },
  ]);
});

test("alerts that cannot be read keep their title", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  await page.route("**/alerts", (route) =>
    route.request().resourceType() === "fetch"
      ? route.abort("connectionrefused")
      : route.continue(),
  );
  await page.goto(`${server.origin}/sites/${site.id}/alerts`);
  await page.getByRole("alert").getByText("The server does not answer").waitFor();
  await page.getByRole("heading", { level: 1, name: "Alerts" }).waitFor();
  await context.close();
});

test("stickiness is watched as days of the week; what comes to no number says what does", async () => {
  const { page } = desk;
  const bots = { period: { last: "30d" }, bots: "include" };
  const save = (name: string, question: object) =>
    owner.send<{ id: string }>("POST", `sites/${site.id}/insights`, {
      name,
      address: "",
      question: { ...bots, ...question },
    });
  const sticky = await save("Times they order", { kind: "stickiness" });
  await save("Ways to an order", { kind: "paths", paths: {} });

  await page.goto(`${server.origin}/sites/${site.id}/alerts/new-${sticky.id}`);
  await page.getByRole("heading", { name: "Alert on Times they order" }).waitFor();
  const number = page.getByLabel("Which number");
  await number.waitFor();
  expect(await number.locator("option").allTextContents()).toEqual([
    "active days per person",
    "persons",
  ]);
  const bucket = page.getByLabel("Bucket");
  expect(await bucket.inputValue()).toBe("week");
  expect(await bucket.locator("option").allTextContents()).toEqual(["day", "week"]);
  await keepPicture(page, "alert-stickiness");
  await bucket.selectOption("day");
  await number
    .locator("option", { hasText: "active hours per person" })
    .waitFor({ state: "attached" });

  await page.goto(`${server.origin}/sites/${site.id}/insights`);
  await page.getByRole("button", { name: "More with Ways to an order" }).click();
  await page.getByRole("link", { name: "Why no alert?" }).click();
  await page.getByRole("heading", { name: "No alert on Ways to an order" }).waitFor();
  await page.getByText("Watch the way that matters as a funnel").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, "alert-none");
  expect((await owner.get<{ alerts: unknown[] }>(`sites/${site.id}/alerts`)).alerts).toHaveLength(
    1,
  );
});

test("a board is sent by mail, now and on its day, and says what became of it", async () => {
  const { page } = desk;
  const insight = (await owner.get<{ insights: { id: string }[] }>(`sites/${site.id}/insights`))
    .insights[0]?.id;
  // A board of an earlier attempt keeps its name.
  const name = `Shop ${Date.now()}`;
  const board = await owner.send<{ id: string }>("POST", `sites/${site.id}/boards`, {
    name,
    panels: [
      {
        id: "a",
        place: { x: 0, y: 0, width: 12, height: 4 },
        shows: { insight, display: "chart" },
      },
    ],
    common: { bots: "include" },
  });
  await page.goto(`${server.origin}/sites/${site.id}/boards/${board.id}`);
  await page.getByRole("button", { name: "Send this board by mail" }).click();
  await page.getByRole("combobox", { name: /^When/ }).selectOption({ label: "each Friday" });
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Send it" }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  const told = () => mail.told.find((one) => one.includes(`Subject: ${name} (Boats)`));
  await until("the board", 30_000, async () => told() !== undefined);
  expect(told()).toMatch(/\norder \| \d+ \| \d+ \| /);
  await page.keyboard.press("Escape");
  const sent = page.getByRole("list", { name: "Mails of this board" });
  await until("its log", 15_000, async () => {
    await page.getByRole("button", { name: "Send this board by mail" }).click();
    await sent.waitFor();
    const said = await sent.innerText();
    if (!said.includes("sent")) await page.keyboard.press("Escape");
    return said.includes("sent");
  });
  expect(await page.getByRole("combobox", { name: /^When/ }).inputValue()).toBe("friday");
  await keepPicture(page, "board-mail");
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByText("The board is not sent any more").waitFor();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

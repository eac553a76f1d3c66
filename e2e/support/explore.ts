// Explore in the tests: data that is known to the last event, tables as a person reads them, the
// keyboard, and what must hold for every screen.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Server } from "./server.ts";
import { PATIENCE } from "./until.ts";

const DAY_MS = 86_400_000;
const DESKTOP =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";

/** Four persons over six days: what each test counts on. */
export async function importBoats(server: Server): Promise<void> {
  const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
  const lines: string[] = [];
  const visit = (
    visitor: string,
    phone: boolean,
    daysAgo: number,
    did: [string, string, object?][],
  ): void => {
    did.forEach(([event, path, properties], index) => {
      const time = new Date(noon - daysAgo * DAY_MS + index * 60_000).toISOString();
      const url = `https://boats.example${path}`;
      const user_agent = phone ? PHONE : DESKTOP;
      lines.push(JSON.stringify({ event, time, visitor, url, user_agent, properties }));
    });
  };
  const saw = (path: string): [string, string] => ["pageview", path];
  visit("ada", false, 5, [
    saw("/boats/dinghy"),
    ["add_to_cart", "/boats/dinghy"],
    saw("/cart"),
    ["order", "/cart", { amount: 100 }],
  ]);
  visit("bea", true, 5, [saw("/boats/canoe"), ["add_to_cart", "/boats/canoe"]]);
  visit("cyn", true, 5, [saw("/boats/kayak")]);
  visit("ada", false, 4, [saw("/help")]);
  visit("cyn", true, 4, [saw("/boats/kayak")]);
  visit("dan", false, 4, [
    saw("/boats/dinghy"),
    ["add_to_cart", "/boats/dinghy"],
    saw("/cart"),
    ["order", "/cart", { amount: 70 }],
  ]);
  visit("ada", false, 3, [["order", "/cart", { amount: 50 }]]);
  visit("cyn", true, 2, [["order", "/cart", { amount: 30 }], saw("/boats/canoe")]);
  const file = join(server.data, "boats.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", "Boats");
}

export async function openTable(page: Page, name: string): Promise<void> {
  const region = page.getByRole("region", {
    name: `${name}, as a table`,
    exact: true,
    includeHidden: true,
  });
  await region.waitFor({ state: "attached" });
  await region.evaluate((node) => {
    node.closest("details")?.setAttribute("open", "");
  });
}

/** The rows of a chart's table, as a person reads them. */
export async function table(page: Page, name: string): Promise<string[][]> {
  await openTable(page, name);
  const region = page.getByRole("region", { name: `${name}, as a table`, exact: true });
  return region
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => (cell as HTMLElement).innerText.replaceAll("\u202f", " ")),
      ),
    );
}

export async function addStep(page: Page, what: "Pages" | "Events", name: string): Promise<void> {
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("button", { name: what, exact: true }).click();
  await page.getByLabel(what === "Pages" ? "Find a page" : "Find an event").fill(name);
  await page
    .getByRole("list", { name: /seen in the period/ })
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .click();
}

/** Presses Tab until something of this name has the focus; what is still loading gets its time. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const from = performance.now();
  while (performance.now() - from < PATIENCE * 20_000) {
    const focused = await page.evaluate(() => {
      const node = document.activeElement as HTMLElement | null;
      return node?.getAttribute("aria-label") ?? node?.innerText.trim() ?? "";
    });
    if (name.test(focused)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${name}`);
}

// What the visitors of the demo's recordings do in the shop: the stories of docs/guide/demo.md, lived
// through once more in a browser. What is broken there for some of them is broken by a script, not in
// the shop, which newcomers click through.
import { devices, type Page } from "playwright-core";
import { type Random, seeded } from "./random.ts";
import type { Place } from "./sites.ts";
import { moveTo, press, scroll, type Visitor, wander } from "./visitor.ts";

const SHOP: Place = { name: "demo shop", paths: ["/"], keys: [] };

const AGENTS = {
  "Safari on a phone":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
  "Safari on a desktop":
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
  "Chrome on a phone":
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Mobile Safari/537.36",
  "Chrome on a desktop":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36",
  "Firefox on a desktop":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0",
} as const;

/** One visit that is recorded. */
export interface DemoVisit {
  /** What of the demo's stories it shows. */
  readonly story: "payment" | "postcode" | "order" | "picture" | "error" | "looking";
  readonly agent: keyof typeof AGENTS;
  readonly country: string;
  readonly language: string;
  readonly referrer?: string;
  /** Path and query of the first page. */
  readonly entry: string;
  readonly act: (visitor: Visitor) => Promise<void>;
}

/** The user agent that the visit shows. */
export function agentOf({ agent }: DemoVisit): string {
  return AGENTS[agent];
}

/** Options for the browser of a visit. */
export function contextOf(visit: DemoVisit) {
  const onPhone = visit.agent.endsWith("phone");
  const phone = visit.agent.startsWith("Safari") ? devices["iPhone 14"] : devices["Pixel 7"];
  return {
    viewport: onPhone ? (phone?.viewport ?? null) : { width: 1440, height: 810 },
    hasTouch: onPhone,
    isMobile: onPhone,
    userAgent: agentOf(visit),
    locale: visit.language,
  };
}

/** The visitor of a visit; the same in every run. */
export async function visitorOf(page: Page, visit: DemoVisit, seed: number): Promise<Visitor> {
  const { width, height } = page.viewportSize() ?? { width: 1440, height: 810 };
  const touch = visit.agent.endsWith("phone");
  const random = seeded(seed);
  const visitor: Visitor = {
    page,
    random,
    screen: { width, height, touch },
    at: [width / 2, height / 3],
    cutMs: 0,
    place: SHOP,
  };
  if (touch) visitor.touch = await page.context().newCDPSession(page);
  return visitor;
}

/** Runs in the page before all else: paying ends in an error, as in Safari since the release. */
export function breakPayment(): void {
  addEventListener(
    "submit",
    (event) => {
      if ((event.target as Element).id !== "payment") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const card: { scheme?: { name: string } } = {};
      console.info((card.scheme as { name: string }).name);
    },
    true,
  );
}

/** Runs in the page before all else: the address takes postcodes of five digits only. */
export function refusePostcodes(): void {
  addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const zip = form.querySelector<HTMLInputElement>("#zip");
      if (!zip || /^\d{5}$/.test(zip.value)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const said = form.querySelector("[role=alert]") ?? document.createElement("p");
      said.setAttribute("role", "alert");
      said.textContent = "We deliver to postcodes of five digits.";
      zip.parentElement?.append(said);
    },
    true,
  );
}

function between(random: Random, low: number, high: number): Promise<void> {
  return new Promise((next) => setTimeout(next, random.between(low, high)));
}

const look = ({ random }: Visitor) => between(random, 1200, 3200);

/** Goes to something, scrolling there if need be, and presses it. */
async function go(visitor: Visitor, selector: string, times = 1): Promise<void> {
  const target = visitor.page.locator(selector).first();
  await target.waitFor();
  await target.scrollIntoViewIfNeeded();
  await between(visitor.random, 250, 500);
  const box = await target.boundingBox();
  if (!box) throw new Error(`${selector} has no box`);
  const share = () => 0.35 + visitor.random.next() * 0.3;
  await moveTo(visitor, box.x + box.width * share(), box.y + box.height * share());
  for (let pressed = 0; pressed < times; pressed += 1) {
    await press(visitor);
    if (times > 1) await between(visitor.random, 160, 320);
  }
}

async function type(visitor: Visitor, selector: string, text: string): Promise<void> {
  await go(visitor, selector);
  const field = visitor.page.locator(selector);
  if ((await field.inputValue()) !== "") await field.fill("");
  for (const letter of text) {
    await visitor.page.keyboard.type(letter);
    await between(visitor.random, 60, 190);
  }
  await between(visitor.random, 300, 900);
}

/** From the list to a lamp. */
async function lamp(visitor: Visitor, slug: string): Promise<void> {
  await look(visitor);
  await scroll(visitor);
  await look(visitor);
  await go(visitor, `#lamps a[href="/product/${slug}"]`);
  await visitor.page.waitForURL(`**/product/${slug}`);
  await look(visitor);
}

async function buy(visitor: Visitor, slug: string): Promise<void> {
  await lamp(visitor, slug);
  await wander(visitor);
  await go(visitor, "form#add button");
  await look(visitor);
  await go(visitor, "a.cart");
  await visitor.page.waitForURL("**/cart");
  await look(visitor);
  await go(visitor, "a#to-checkout, a[href='/checkout']");
  await visitor.page.waitForURL("**/checkout");
  await look(visitor);
}

async function address(visitor: Visitor, postcode: string): Promise<void> {
  await type(visitor, "#full-name", "A. Demo");
  await type(visitor, "#email", "a@demo.example");
  await type(visitor, "#street", "Quay 7");
  await type(visitor, "#zip", postcode);
  await type(visitor, "#city", "Lightham");
  await go(visitor, "#address button");
  await look(visitor);
}

async function pay(visitor: Visitor): Promise<void> {
  await go(visitor, visitor.random.next() < 0.5 ? "input[value=bike]" : "input[value=post]");
  await look(visitor);
  await go(visitor, "#delivery button");
  await look(visitor);
  await type(visitor, "#card", "4000 0000 0000 0002");
  await type(visitor, "#valid", "11 / 29");
  await type(visitor, "#code", "907");
  await go(visitor, "input[name=terms]");
  await look(visitor);
}

const inVain = (slug: string) => async (visitor: Visitor) => {
  await visitor.page.context().addInitScript(breakPayment);
  await buy(visitor, slug);
  await address(visitor, "20457");
  await pay(visitor);
  await go(visitor, "#pay");
  await look(visitor);
  await go(visitor, "#pay", 4);
  await look(visitor);
  await scroll(visitor);
  await go(visitor, "#pay");
  await look(visitor);
};

const refused = (slug: string, postcode: string) => async (visitor: Visitor) => {
  await visitor.page.context().addInitScript(refusePostcodes);
  await buy(visitor, slug);
  await address(visitor, postcode);
  for (const again of [postcode.replace(/\W/g, ""), postcode.slice(-4)]) {
    await type(visitor, "#zip", again);
    await go(visitor, "#address button");
    await look(visitor);
  }
};

const ordered = (slug: string) => async (visitor: Visitor) => {
  await buy(visitor, slug);
  await address(visitor, "10115");
  await pay(visitor);
  await go(visitor, "#pay");
  await visitor.page.getByRole("heading", { name: "Thank you" }).waitFor();
  await look(visitor);
};

async function picture(visitor: Visitor): Promise<void> {
  await lamp(visitor, "moss");
  await go(visitor, "#picture svg");
  await look(visitor);
  await go(visitor, "#picture svg", 3);
  await look(visitor);
  await go(visitor, "lamp-rating button");
  await look(visitor);
  await wander(visitor);
}

async function sizes(visitor: Visitor): Promise<void> {
  await lamp(visitor, "reed");
  await go(visitor, "a[href='/broken']");
  await visitor.page.waitForURL("**/broken");
  await look(visitor);
  await go(visitor, "#chart");
  await look(visitor);
  await go(visitor, "#chart", 2);
  await go(visitor, "#dead");
  await look(visitor);
}

async function looking(visitor: Visitor): Promise<void> {
  await look(visitor);
  await type(visitor, "#q", "table");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForURL("**/search?q=table");
  await look(visitor);
  await scroll(visitor);
  await go(visitor, "#results a");
  await visitor.page.waitForURL("**/product/*");
  await look(visitor);
  await go(visitor, "a[href='/help']");
  await visitor.page.waitForURL("**/help");
  await go(visitor, "summary");
  await look(visitor);
  await scroll(visitor);
  await look(visitor);
}

const GERMAN = { country: "DE", language: "de-DE" };
const BRITISH = { country: "GB", language: "en-GB" };
const DUTCH = { country: "NL", language: "nl-NL" };
const SEARCH = "https://www.google.com/";
const NEWS = "/?utm_source=newsletter&utm_medium=email&utm_campaign=october";

/** All visits, in the order in which they are recorded. */
export const DEMO_VISITS: readonly DemoVisit[] = [
  { story: "payment", agent: "Safari on a phone", ...GERMAN, entry: NEWS, act: inVain("pebble") },
  {
    story: "payment",
    agent: "Safari on a desktop",
    ...BRITISH,
    referrer: SEARCH,
    entry: "/",
    act: inVain("harbour"),
  },
  { story: "payment", agent: "Safari on a phone", ...DUTCH, entry: "/", act: inVain("dusk") },
  {
    story: "postcode",
    agent: "Chrome on a desktop",
    ...BRITISH,
    referrer: SEARCH,
    entry: "/",
    act: refused("arc", "SW1A 2AA"),
  },
  {
    story: "postcode",
    agent: "Chrome on a phone",
    ...DUTCH,
    entry: "/",
    act: refused("pebble", "1011 AB"),
  },
  {
    story: "order",
    agent: "Chrome on a desktop",
    ...GERMAN,
    referrer: SEARCH,
    entry: "/",
    act: ordered("arc"),
  },
  { story: "order", agent: "Chrome on a phone", ...GERMAN, entry: NEWS, act: ordered("moss") },
  { story: "picture", agent: "Firefox on a desktop", ...DUTCH, entry: "/", act: picture },
  { story: "picture", agent: "Chrome on a phone", ...BRITISH, entry: "/", act: picture },
  { story: "error", agent: "Chrome on a desktop", ...GERMAN, entry: "/", act: sizes },
  {
    story: "looking",
    agent: "Chrome on a desktop",
    ...BRITISH,
    referrer: SEARCH,
    entry: "/",
    act: looking,
  },
];

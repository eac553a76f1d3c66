// Steps of buying among what was really seen: nobody types in a page or an event.
import { isOwnEvent } from "../words.ts";
import { foldersOf, type Seen, type SeenValue } from "./seen.ts";
import {
  eventSelection,
  pageOf,
  pageSelection,
  type Selection,
  selectionName,
} from "./selection.ts";

const has = (words: RegExp) => (each: SeenValue) => words.test(each.value);
const PRODUCT = /\/(products?|items?|shop|p|dp|artikel|catalog\w*|collections?)\/$/i;
const TO_CART = /(add|put).*(cart|basket|bag)|cart_?add/i;
const CART = /^\/(cart|basket|bag|warenkorb)\b/i;
const CHECKOUT = /checkout|kasse|\/(payment|pay|shipping|delivery)\b/i;
const BOUGHT =
  /^(order(ed)?|purchased?|buy|bought|paid|payment|checkout_?(done|completed?)|subscribed?|sale)$/i;
const THANKS = /thank|danke|order-?(received|confirm)|\/success/i;
const CHECKOUT_PAGES = 4;

/** Pages seen less often than this, for each view of the checkout's first, are no steps of all. */
const STEP_SHARE = 0.1;

/** The pages of the checkout: the one seen most, and those whose address goes on from it. Fewer
    come to a later one, so the number of views is their order. */
function checkoutPages(seen: Seen): Selection[] {
  const pages = seen.pages
    .filter((each) => CHECKOUT.test(each.value) && !THANKS.test(each.value))
    .sort((one, other) => other.count - one.count);
  const [first] = pages;
  if (!first) return [];
  return pages
    .filter((each) => each.value.startsWith(first.value) && each.count >= STEP_SHARE * first.count)
    .slice(0, CHECKOUT_PAGES)
    .map(({ value }) => pageSelection(value));
}

/** What many of them are called: by the name of the event what a person would say. */
const MANY: readonly (readonly [RegExp, string])[] = [
  [/^order(ed)?$/i, "Orders"],
  [/^(purchased?|buy|bought)$/i, "Purchases"],
  [/^(paid|payment)$/i, "Payments"],
  [/^subscribed?$/i, "Subscriptions"],
  [/^sale$/i, "Sales"],
  [/^checkout_?(done|completed?)$/i, "Completed checkouts"],
  [/^(begin_?)?checkout$/i, "Checkouts begun"],
];

/** What the numbers of a step are of: `Orders`, `Views of /thanks`. */
export function manyName(step: Selection): string {
  const [event = ""] = step.events;
  const known = MANY.find(([words]) => words.test(event));
  if (known && step.events.length === 1 && step.where.length === 0) return known[1];
  const name = selectionName(step);
  return pageOf(step) ? `Views of ${name}` : `Times of ${name}`;
}

/** In the order in which they are taken. */
export function buyingSteps(seen: Seen): Selection[] {
  const events = seen.events.filter(({ value }) => isOwnEvent(value));
  const folders = foldersOf(seen.pages);
  const added = events.find(has(TO_CART));
  // Where things are put into a cart, the pages that are seen most are those of the things.
  const others = folders.filter(({ prefix }) => !CHECKOUT.test(prefix));
  const product = others.find(({ prefix }) => PRODUCT.test(prefix)) ?? (added ? others[0] : null);
  return [
    ...(product ? [pageSelection(product.prefix, "starts")] : []),
    ...(added ? [eventSelection(added.value)] : []),
    ...checkoutSteps(seen),
  ];
}

/** From the cart to the order, page by page. */
export function checkoutSteps(seen: Seen): Selection[] {
  const events = seen.events.filter(({ value }) => isOwnEvent(value));
  const cart = seen.pages.find(has(CART));
  const begun = events.find(has(/^(begin_?)?checkout$/i));
  const pages = checkoutPages(seen);
  const bought = events.find(has(BOUGHT));
  const thanks = seen.pages.find(has(THANKS));
  return [
    ...(cart ? [pageSelection(cart.value)] : []),
    ...(pages.length === 0 && begun ? [eventSelection(begun.value)] : pages),
    ...(bought ? [eventSelection(bought.value)] : thanks ? [pageSelection(thanks.value)] : []),
  ];
}

/** The steps of the checkout that come before something that people should do, and that. */
export function stepsTo(goal: Selection, seen: Seen): Selection[] {
  const text = (each: Selection): string => JSON.stringify([each.events, each.where]);
  const same = (each: Selection): boolean => text(each) === text(goal);
  const checkout = checkoutSteps(seen);
  const at = checkout.findIndex(same);
  const bought = goal.events.some((event) => BOUGHT.test(event));
  const before = at >= 0 ? checkout.slice(0, at) : bought ? checkout.slice(0, -1) : [];
  if (before.length > 1) return [...before, goal];
  const all = buyingSteps(seen);
  const among = all.findIndex(same);
  return among > 0 ? [...all.slice(0, among), goal] : [eventSelection("pageview"), goal];
}

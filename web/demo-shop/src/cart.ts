import { LAMPS } from "./catalogue.ts";

const PLACE = "glimt-cart";

/** Amounts by slug. */
export type Cart = Record<string, number>;

/** What lies in the cart; nothing that the catalogue does not have. */
export function readCart(): Cart {
  const known: Cart = {};
  try {
    const stored = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Cart;
    for (const { slug } of LAMPS) {
      const amount = Number(stored[slug]);
      if (amount > 0) known[slug] = amount;
    }
  } catch {
    // Broken or forbidden storage is an empty cart.
  }
  return known;
}

/** Keeps `cart` and shows its number in the header. */
export function writeCart(cart: Cart): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(cart));
  } catch {
    // Without storage the cart lives as long as the page.
  }
  showCount(cart);
}

/** The number beside "Cart". */
export function showCount(cart: Cart): void {
  const count = Object.values(cart).reduce((sum, amount) => sum + amount, 0);
  const place = document.querySelector("#cart-count");
  if (place) place.textContent = String(count);
}

/** What it costs, in cents. */
export function totalCents(cart: Cart): number {
  return LAMPS.reduce((sum, lamp) => sum + lamp.cents * (cart[lamp.slug] ?? 0), 0);
}

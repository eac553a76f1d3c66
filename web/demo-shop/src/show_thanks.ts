import { price } from "./catalogue.ts";

/** The order that was just paid, told once. */
export function showThanks(): void {
  const place = document.querySelector("#order");
  if (!place) return;
  const stored = sessionStorage.getItem("glimt-order");
  if (stored === null) {
    place.textContent = "(none)";
    return;
  }
  sessionStorage.removeItem("glimt-order");
  const { order, cents } = JSON.parse(stored) as { order: string; cents: number };
  place.textContent = order;
  const sum = document.querySelector("#sum");
  if (sum) sum.textContent = price(cents);
  window.hitmetrix?.track("order", { value: cents / 100, currency: "EUR", order_id: order });
}

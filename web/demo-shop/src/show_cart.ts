import { readCart, totalCents, writeCart } from "./cart.ts";
import { LAMPS, price } from "./catalogue.ts";

/** The lines of the cart, each with a way out. */
export function showCart(): void {
  const lines = document.querySelector("#lines");
  const full = document.querySelector<HTMLElement>("#full");
  const empty = document.querySelector<HTMLElement>("#empty");
  if (!lines || !full || !empty) return;
  const cart = readCart();
  const rows = LAMPS.filter((lamp) => cart[lamp.slug]).map((lamp) => {
    const row = document.createElement("tr");
    const cell = (text: string, kind = "") => {
      const data = document.createElement("td");
      data.className = kind;
      data.textContent = text;
      return data;
    };
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "Remove";
    remove.addEventListener("click", () => {
      delete cart[lamp.slug];
      writeCart(cart);
      showCart();
    });
    const last = cell("");
    last.append(remove);
    const amount = cart[lamp.slug] ?? 0;
    row.append(
      cell(lamp.name),
      cell(String(amount), "number"),
      cell(price(lamp.cents * amount), "number"),
      last,
    );
    return row;
  });
  lines.replaceChildren(...rows);
  full.hidden = rows.length === 0;
  empty.hidden = rows.length > 0;
  const total = document.querySelector("#total");
  if (total) total.textContent = price(totalCents(cart));
}

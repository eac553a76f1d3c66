import { readCart, writeCart } from "./cart.ts";
import { lampOf, price } from "./catalogue.ts";
import { drawing } from "./drawing.ts";

/** The page of one lamp. */
export function showProduct(): void {
  const lamp = lampOf(location.pathname);
  const name = document.querySelector("#name");
  if (!name) return;
  if (!lamp) {
    name.textContent = "We do not have this lamp";
    document.querySelector<HTMLElement>("#add")?.remove();
    return;
  }
  document.title = `${lamp.name} · Glimt`;
  name.textContent = lamp.name;
  document.querySelector("#picture")?.replaceChildren(drawing(lamp));
  document.querySelector("#rating")?.setAttribute("value", String(lamp.rating));
  const set = (id: string, text: string) => {
    const place = document.querySelector(id);
    if (place) place.textContent = text;
  };
  set("#price", price(lamp.cents));
  set("#about", lamp.about);
  document.querySelector<HTMLFormElement>("#add")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const amount = Number(document.querySelector<HTMLSelectElement>("#amount")?.value ?? 1);
    const cart = readCart();
    cart[lamp.slug] = (cart[lamp.slug] ?? 0) + amount;
    writeCart(cart);
    set("#added", `${amount} × ${lamp.name} is in your cart.`);
    window.hitmetrix?.track("add_to_cart", { product: lamp.slug, amount, value: lamp.cents / 100 });
  });
}

/** The whole shop: each function does something only on the page that has its elements. */
import { breakOnClick } from "./break_on_click.ts";
import { readCart, showCount } from "./cart.ts";
import { LAMPS } from "./catalogue.ts";
import { defineRating } from "./lamp_rating.ts";
import { list } from "./list.ts";
import { runCheckout } from "./run_checkout.ts";
import { showCart } from "./show_cart.ts";
import { showProduct } from "./show_product.ts";
import { showSearch } from "./show_search.ts";
import { showThanks } from "./show_thanks.ts";

declare global {
  interface Window {
    hitmetrix?: { track(name: string, properties?: Record<string, unknown>): void };
  }
}

defineRating();
showCount(readCart());
const lamps = document.querySelector("#lamps");
if (lamps) list(lamps, LAMPS);
showProduct();
showSearch();
showCart();
runCheckout();
showThanks();
breakOnClick();

import { readCart, totalCents, writeCart } from "./cart.ts";
import { price } from "./catalogue.ts";

const STEPS = ["address", "delivery", "payment"] as const;
type Step = (typeof STEPS)[number];

/** Three steps on one page; the address changes with the step, and Back works. */
export function runCheckout(): void {
  if (!document.querySelector("#payment")) return;
  show(stepOfPath());
  window.addEventListener("popstate", () => show(stepOfPath()));
  for (const [index, step] of STEPS.entries()) {
    form(step).addEventListener("submit", (event) => {
      event.preventDefault();
      const next = STEPS[index + 1];
      if (next) {
        history.pushState(null, "", `/checkout-${next}`);
        show(next);
      } else {
        pay();
      }
    });
  }
}

function stepOfPath(): Step {
  return STEPS.find((step) => location.pathname.endsWith(`-${step}`)) ?? "address";
}

function form(step: Step): HTMLFormElement {
  return document.getElementById(step) as HTMLFormElement;
}

function show(current: Step): void {
  for (const step of STEPS) form(step).hidden = step !== current;
  for (const item of document.querySelectorAll<HTMLElement>(".steps li")) {
    item.toggleAttribute("data-current", item.dataset.step === current);
  }
  const confirm = document.querySelector("#confirm");
  const email = document.querySelector<HTMLInputElement>("#email");
  if (confirm && current === "payment") {
    confirm.textContent = `${price(totalCents(readCart()))}; the receipt goes to ${email?.value}`;
  }
}

function pay(): void {
  const cents = totalCents(readCart());
  const order = `G-${Date.now().toString(36).toUpperCase()}`;
  sessionStorage.setItem("glimt-order", JSON.stringify({ order, cents }));
  writeCart({});
  location.assign("/thanks");
}

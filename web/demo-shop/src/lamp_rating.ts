/** `<lamp-rating value="4.5">`: stars and a number in a shadow root of its own. */
class LampRating extends HTMLElement {
  static readonly observedAttributes = ["value"];

  attributeChangedCallback(): void {
    const value = Number(this.getAttribute("value")) || 0;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent =
      "span{color:#b65c00;letter-spacing:2px}b{font-weight:500;margin-left:8px}button{margin-left:12px;padding:0;border:0;background:none;font:inherit;color:inherit;text-decoration:underline;text-underline-offset:3px;cursor:pointer}button:focus-visible{outline:2px solid #b65c00;outline-offset:2px}";
    const stars = document.createElement("span");
    const full = Math.floor(value);
    stars.textContent = "★".repeat(full) + "☆".repeat(5 - full);
    const number = document.createElement("b");
    number.textContent = `${value.toFixed(1)} of 5`;
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = "Read what people say";
    more.addEventListener("click", () => {
      more.textContent = "“It gives light.”";
    });
    root.replaceChildren(style, stars, number, more);
  }
}

/** Makes the element known. */
export function defineRating(): void {
  if (!customElements.get("lamp-rating")) customElements.define("lamp-rating", LampRating);
}

import { type Lamp, price } from "./catalogue.ts";
import { drawing } from "./drawing.ts";

/** Fills a list with lamps, each one link. */
export function list(place: Element, lamps: readonly Lamp[]): void {
  place.replaceChildren(
    ...lamps.map((lamp) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/product/${lamp.slug}`;
      const name = document.createElement("strong");
      name.textContent = lamp.name;
      const cost = document.createElement("span");
      cost.textContent = price(lamp.cents);
      link.append(drawing(lamp), name, cost);
      item.append(link);
      return item;
    }),
  );
}

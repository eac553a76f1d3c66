/** What the shop has. Prices in cents, so that sums are exact. */
export interface Lamp {
  readonly slug: string;
  readonly name: string;
  readonly about: string;
  readonly cents: number;
  readonly rating: number;
  readonly shape: "arc" | "ball" | "cone" | "tube";
  readonly hue: number;
}

/** All lamps, in the order of the list. */
export const LAMPS: readonly Lamp[] = [
  {
    slug: "arc",
    name: "Arc",
    about: "A floor lamp that leans over the sofa and asks for nothing else.",
    cents: 18900,
    rating: 4.5,
    shape: "arc",
    hue: 28,
  },
  {
    slug: "pebble",
    name: "Pebble",
    about: "A round light for the bedside, dimmed by a touch.",
    cents: 4900,
    rating: 4.8,
    shape: "ball",
    hue: 44,
  },
  {
    slug: "harbour",
    name: "Harbour",
    about: "A pendant of enamelled steel, as they hang over quays.",
    cents: 12900,
    rating: 4.1,
    shape: "cone",
    hue: 170,
  },
  {
    slug: "reed",
    name: "Reed",
    about: "A thin tube of light for the corner that nobody used.",
    cents: 9900,
    rating: 3.9,
    shape: "tube",
    hue: 96,
  },
  {
    slug: "moss",
    name: "Moss",
    about: "A table lamp with a shade of pressed moss.",
    cents: 7900,
    rating: 4.3,
    shape: "cone",
    hue: 118,
  },
  {
    slug: "dusk",
    name: "Dusk",
    about: "A pair of wall lights that go down with the sun.",
    cents: 15900,
    rating: 4.6,
    shape: "ball",
    hue: 12,
  },
];

/** The lamp of a path such as /product/arc. */
export function lampOf(path: string): Lamp | undefined {
  const slug = path.split("/").pop();
  return LAMPS.find((lamp) => lamp.slug === slug);
}

/** 18900 as 189.00 €. */
export function price(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}

// Secrets, each different and in one place only, so that one that is found tells where it leaked.
import type { Hidden, On } from "./options.ts";

/** Where a secret must not be: anywhere, or only in what the server keeps. */
export type Reach = "wire and disk" | "disk";

export interface Place {
  readonly name: string;
  readonly hidden: Hidden;
  readonly reach: Reach;
  /** What is searched for: the secret in small letters. */
  readonly needle: string;
}

/** Hands out the secrets of one visit. */
export interface Planter {
  /** A word for a place. */
  (name: string, hidden: Hidden, reach?: Reach): string;
  /** A number that passes for a card, in groups apart by `gap`: it must not be kept. */
  card(name: string, gap: string): string;
  readonly places: readonly Place[];
}

const LETTERS = "bcdfghjklmnpqrstvwxz";
const CARD_DIGITS = 15;

/** Secrets of the visit with this number: no visit shares one with another. */
export function planter(visit: number): Planter {
  const places: Place[] = [];
  const names = new Set<string>();
  const add = (needle: string, name: string, hidden: Hidden, reach: Reach) => {
    if (names.has(name)) throw new Error(`two places are called ${name}`);
    if (!shapesIn(needle.toLowerCase()).has(needle.toLowerCase()))
      throw new Error(`the search would not find ${needle}`);
    names.add(name);
    places.push({ name, hidden, reach, needle: needle.toLowerCase() });
    return needle;
  };
  const plant = (name: string, hidden: Hidden, reach: Reach = "wire and disk") =>
    add(`q${letters(visit)}y${letters(places.length)}vex`, name, hidden, reach);
  const card = (name: string, gap: string) => {
    const plain = `4${digits(visit, 6)}${digits(places.length, CARD_DIGITS - 7)}`;
    const groups = withCheckDigit(plain).match(/.{4}/g) ?? [];
    return add(groups.join(gap), name, () => true, "disk");
  };
  return Object.assign(plant, { card, places });
}

function letters(number: number): string {
  const { length } = LETTERS;
  return [Math.floor(number / length / length), Math.floor(number / length), number]
    .map((part) => LETTERS[part % length])
    .join("");
}

function digits(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

/** The digits and the one that Luhn's check wants behind them. */
function withCheckDigit(from: string): string {
  const sum = [...from].reverse().reduce((total, digit, place) => {
    const double = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (double > 9 ? double - 9 : double);
  }, 0);
  return `${from}${(10 - (sum % 10)) % 10}`;
}

/** A place whose secret was found, and where. */
export interface Found {
  readonly options: string;
  readonly place: string;
  readonly where: string;
}

/** One heap of bytes in which secrets are looked for. */
export interface Heap {
  readonly where: "wire" | "disk";
  readonly name: string;
  readonly text: string;
}

/** What secrets look like, in small letters; cards may begin within other digits. */
const SHAPES = [
  new RegExp(`(?=(q[${LETTERS}]{3}y[${LETTERS}]{3}vex))`, "g"),
  /(?=(4\d{3}(\D{0,8})\d{4}\2\d{4}\2\d{4}))/g,
];
/** Each heap is read once, however many secrets are looked for in it. */
const known = new WeakMap<Heap, Set<string>>();

function shapesIn(text: string): Set<string> {
  return new Set(
    SHAPES.flatMap((shape) => [...text.matchAll(shape)].map(([, found]) => found ?? "")),
  );
}

function lookedThrough(heap: Heap): Set<string> {
  const found = known.get(heap) ?? shapesIn(heap.text.toLowerCase());
  known.set(heap, found);
  return found;
}

/** The needles of `places` that stand in `heaps`, with the heap's name. */
export function search(
  places: readonly Place[],
  heaps: readonly Heap[],
): { place: Place; heap: Heap }[] {
  return places.flatMap((place) =>
    heaps.filter((heap) => lookedThrough(heap).has(place.needle)).map((heap) => ({ place, heap })),
  );
}

/** Of what was found, what must not have been. */
export function leaks(places: readonly Place[], heaps: readonly Heap[], on: On): string[] {
  return search(places, heaps)
    .filter(({ place, heap }) => place.hidden(on) && place.reach.includes(heap.where))
    .map(({ place, heap }) => `${place.name}: in ${heap.name}`);
}

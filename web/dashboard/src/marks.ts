// Tags, collections and notes in the address of the list of sessions, and the person whose
// sessions it lists.
import type { Question } from "@hitmetrix/wire";
import { type Asking, ownValue, withOwn } from "./question.ts";

export interface Marked {
  tags: string[];
  /** Id of a collection. */
  collection: string;
  notes: boolean;
}

export function readMarked(asking: Pick<Asking, "own">): Marked {
  const tags = asking.own.flatMap(([name, value]) => (name === "tag" && value ? [value] : []));
  return {
    tags,
    collection: ownValue(asking, "collection"),
    notes: ownValue(asking, "notes") === "yes",
  };
}

export function withMarked(asking: Asking, marked: Marked): Asking {
  const bare = withOwn(asking, "tag", "");
  const tags = marked.tags.map((tag) => ["tag", tag] as const);
  const tagged = { ...bare, own: [...bare.own, ...tags] };
  const noted = withOwn(tagged, "notes", marked.notes ? "yes" : "");
  return withOwn(noted, "collection", marked.collection);
}

export function countOf({ tags, collection, notes }: Marked): number {
  return tags.length + (collection ? 1 : 0) + (notes ? 1 : 0);
}

export function readPerson(asking: Pick<Asking, "own">): string {
  const person = ownValue(asking, "person");
  return /^[0-9a-f]{32}$/.test(person) ? person : "";
}

export function withPerson(asking: Asking, person: string): Asking {
  return withOwn(asking, "person", person);
}

/** What a question asks of marks and person. */
export function askedOf(asking: Pick<Asking, "own">): Partial<NonNullable<Question["sessions"]>> {
  const { tags, collection, notes } = readMarked(asking);
  const person = readPerson(asking);
  const marked = {
    ...(tags.length > 0 && { tags }),
    ...(collection && { collection }),
    ...(notes && { notes }),
  };
  return {
    ...(Object.keys(marked).length > 0 && { marked }),
    ...(person && { person }),
  };
}

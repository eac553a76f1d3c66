// People as the command palette finds them: by anything that is known of them.
import type { Answer, PersonListQuestion } from "@hitmetrix/wire";
import { columnOf, textAt } from "../rows.ts";
import { personName } from "./list.ts";

const MOST = 5;

export function personsFor(text: string): PersonListQuestion {
  return {
    question: { kind: "sessions", period: { last: "365d" }, limit: MOST },
    list: { search: text.slice(0, 100), properties: ["traits.email", "traits.name"] },
  };
}

export interface FoundPerson {
  person: string;
  name: string;
  note: string;
}

export function foundOf(answer: Answer): FoundPerson[] {
  const [person = -1, user = -1, account = -1, mail = -1, name = -1] = [
    "person",
    "user",
    "account",
    "property.traits.email",
    "property.traits.name",
  ].map((column) => columnOf(answer, column));
  return answer.rows.map((row) => {
    const key = textAt(row, person);
    const known = textAt(row, user);
    const facts = [textAt(row, name), textAt(row, mail), textAt(row, account)];
    const note = facts.filter((fact) => fact && fact !== known).join(", ");
    return { person: key, name: personName(known, key), note: note || "person" };
  });
}

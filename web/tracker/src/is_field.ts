/** Whether an element is a field that a visitor fills, not one that holds or does something. */
import { matches } from "./matches.ts";

const FIELDS = "input,select,textarea";
const NO_FIELDS = /hidden|submit|button|image|reset/;

export function isField(node: unknown): boolean {
  return matches(node, FIELDS) && !NO_FIELDS.test((node as HTMLInputElement).type);
}

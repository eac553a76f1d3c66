/**
 * Whether a field is for a password, a card or a one-time code, or the browser filled it in: of
 * these not even what is wrong with their value may be told.
 */
import { matches } from "./matches.ts";
import { SECRET_AUTOCOMPLETE, SECRET_NAME } from "./secret_names.ts";

// Within `:is` a browser passes over what it does not know.
const SECRET = "[type=password],[data-rr-is-password],:autofill,:-webkit-autofill";
const NAMES = ["name", "id", "autocomplete", "aria-label", "placeholder"];
const attribute = Element.prototype.getAttribute;

export function isSecret(field: Element): boolean {
  const says = NAMES.map((name) => `${attribute.call(field, name)}`);
  return (
    matches(field, `:is(${SECRET})`) ||
    SECRET_AUTOCOMPLETE.test(says[2] as string) ||
    says.some((said) => SECRET_NAME.test(said))
  );
}

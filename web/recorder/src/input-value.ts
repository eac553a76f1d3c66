import { flags } from "./flags";
import { FIXED } from "./shape";
import { BLOCK, MASK, OWNER, SHOW, type Table, UNKNOWN } from "./table";

/** What a field holds now, as it may leave the page: at most whether it is empty. */
export function inputValue(
  data: Record<string, unknown>,
  table: Table,
): Record<string, unknown> | null {
  const id = Number(data.id);
  const entry = table.entries.get(id);
  const all = flags(entry);
  if (!entry || all & (BLOCK | UNKNOWN)) return null;
  const value = String(data.text ?? "");
  const choice = /^(checkbox|radio)$/.test(entry.type);
  const shown =
    all & (SHOW | OWNER) &&
    !(all & MASK) &&
    !table.secrets.has(id) &&
    !table.page.sensitive(id) &&
    entry.type !== "hidden";
  if (shown)
    return {
      source: 5,
      text: choice ? "on" : table.page.secret(value),
      isChecked: data.isChecked === true,
      id,
    };
  // Nothing of a masked choice can be told apart, so there is nothing to tell.
  if (choice || entry.tag === "select" || entry.type === "hidden" || entry.type === "file")
    return null;
  return { source: 5, text: value && FIXED, isChecked: false, id };
}

/** Names of a field and of the form around it; nothing for what is no field. */
import type { Rules } from "./core.ts";
import { formName } from "./form_name.ts";
import { formPath } from "./form_path.ts";
import { isField } from "./is_field.ts";

/** Stands for the form of fields that have none. */
export const PAGE = "page";

export function fieldPlace(
  path: readonly EventTarget[],
  rules: Rules | null,
): { form: string; field: string } | undefined {
  if (!isField(path[0])) return undefined;
  const form = formPath(path);
  return { form: form[0] ? formName(form, rules) : PAGE, field: formName(path, rules) };
}

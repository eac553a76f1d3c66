/**
 * Forms: which field was entered, changed, and where the form was sent or abandoned. Names only
 * (of what is marked only its place), never values. A form counts as abandoned when a page is left after a change that was not sent.
 */
import { fieldPlace, PAGE } from "./field_place.ts";
import { formName } from "./form_name.ts";
import type { Watched } from "./watched.ts";

export function watchForms({ base, on, emit, listen, onPage }: Watched): void {
  const open = new Map<string, string>();
  let focused = "";
  on("focusin", ({ path, time }) => {
    const at = fieldPlace(path, base.rules);
    const before = focused;
    focused = at ? `${at.form} ${at.field}` : "";
    if (at && focused !== before) emit("form_focus", at, time);
  });
  on("change", ({ path, time }) => {
    const at = fieldPlace(path, base.rules);
    if (!at) return;
    open.set(at.form, at.field);
    emit("form_change", at, time);
  });
  on("submit", ({ path, time }) => {
    const form = formName(path, base.rules);
    open.delete(form);
    open.delete(PAGE);
    emit("form_submit", { form }, time);
  });
  const abandon = (url?: string) => {
    for (const [form, field] of open) base.emit("form_abandon", { form, field }, url);
    open.clear();
  };
  let url = location.href;
  onPage(() => {
    abandon(url);
    url = location.href;
  });
  listen("pagehide", () => abandon());
}

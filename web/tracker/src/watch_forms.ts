/**
 * Forms: which field was entered, changed, and where the form was sent or abandoned. Names only
 * (of what is marked only its place), never values. A form counts as abandoned when a page is left after a change that was not sent.
 */
import { elementPath } from "./element_path.ts";
import { isMasked } from "./is_masked.ts";
import { matches } from "./matches.ts";
import type { Watched } from "./watched.ts";

const NO_FIELDS = /hidden|submit|button|image|reset/;
/** Stands for the form of fields that have none. */
const PAGE = "page";
const attribute = Element.prototype.getAttribute;

export function watchForms({ base, on, emit, listen, onPage }: Watched): void {
  const open = new Map<string, string>();
  let focused = "";
  const nameOf = (path: readonly EventTarget[]) =>
    (!isMasked(path, base.rules) &&
      (attribute.call(path[0] as Element, "name") || attribute.call(path[0] as Element, "id"))) ||
    elementPath(path);
  const place = (path: EventTarget[]) => {
    const field = path[0] as HTMLInputElement;
    if (!matches(field, "input,select,textarea") || NO_FIELDS.test(field.type)) return undefined;
    const at = path.findIndex((node) => matches(node, "form"));
    return { form: at < 0 ? PAGE : nameOf(path.slice(at)), field: nameOf(path) };
  };
  on("focusin", ({ path, time }) => {
    const at = place(path);
    const before = focused;
    focused = at ? `${at.form} ${at.field}` : "";
    if (at && focused !== before) emit("form_focus", at, time);
  });
  on("change", ({ path, time }) => {
    const at = place(path);
    if (!at) return;
    open.set(at.form, at.field);
    emit("form_change", at, time);
  });
  on("submit", ({ path, time }) => {
    const form = nameOf(path);
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

/**
 * What forms show, whether anybody touches them or not: that one came into view, told once a page,
 * and that a field is wrong, which browsers tell by `invalid` and pages by `aria-invalid`. Names
 * and the kind of error only, never a value nor a message. The page is looked through a moment
 * after it changed, never within a change.
 */
import { documentValue } from "./document_value.ts";
import { fieldPlace, PAGE } from "./field_place.ts";
import { formName } from "./form_name.ts";
import { formPath } from "./form_path.ts";
import { guard } from "./guard.ts";
import { FIELDS, isField } from "./is_field.ts";
import { later } from "./later.ts";
import { pathOf } from "./path_of.ts";
import type { Watched } from "./watched.ts";

const LOOK_MS = 500;
/** What is told in both ways, or asked twice in a row, is one error. */
const SAME_MS = 1000;
/** Further forms of one page load are told of when they are entered. */
const FORMS_MAX = 100;
const ARIA = "aria-invalid";
const VISIBLE = { opacityProperty: true, visibilityProperty: true };
const { querySelectorAll, checkVisibility } = Element.prototype;

export function watchShown({ base, core, on, emit, listen, onPage, onStop }: Watched): void {
  const told = new Set<string>();
  const erred = new Map<string, number>();
  let known = new WeakSet<EventTarget>();
  let wrong = new Set<Element>();
  let isSoon = false;
  let isTyping = true;

  const see = (form: string, time?: number) => {
    const key = `${base.address(location.href)} ${form}`;
    if (told.has(key)) return;
    told.add(key);
    emit("form_view", { form }, time);
  };
  const err = (path: EventTarget[], kind: string) => {
    const at = fieldPlace(path, base.rules);
    if (!at) return;
    const key = `${at.form} ${at.field}`;
    const time = base.now();
    if (time - (erred.get(key) ?? 0) < SAME_MS) return;
    erred.set(key, time);
    emit("form_error", { ...at, kind });
  };
  const views = new IntersectionObserver(
    guard((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        views.unobserve(target);
        const form = formPath(pathOf(target));
        // One that is there without being seen is looked at again when something happens.
        if (checkVisibility?.call(target, VISIBLE) === false) known.delete(form[0] as Element);
        else see(formName(form, base.rules));
      }
    }),
  );
  const all = (root: unknown, selector: string) => [
    ...querySelectorAll.call(root as Element, selector),
  ];
  const look = guard(() => {
    isSoon = false;
    const root = documentValue("documentElement");
    for (const form of all(root, "form")) {
      const field = all(form, FIELDS).find(isField);
      if (!field || known.has(form) || told.size >= FORMS_MAX) continue;
      known.add(form);
      // A form without a box of its own is where its first field is.
      views.observe(getComputedStyle(form).display === "contents" ? field : form);
    }
    const before = wrong;
    wrong = new Set(all(root, `[${ARIA}=true]`));
    for (const field of wrong) if (!before.has(field)) err(pathOf(field), "aria");
  });
  const soon = () => {
    if (!isSoon) later(look, LOOK_MS);
    isSoon = true;
  };
  const anew = () => {
    views.disconnect();
    known = new WeakSet();
    soon();
  };
  on("focusin", ({ path, time }) => {
    const { form = PAGE } = fieldPlace(path, base.rules) ?? {};
    if (form !== PAGE) see(form, time);
  });
  // Scripts ask a field whether it is valid with each key: that shows nothing yet.
  on("input", () => {
    isTyping = true;
  });
  for (const type of ["focusin", "change", "click"]) {
    on(type, () => {
      isTyping = false;
      soon();
    });
  }
  listen("invalid", (event) => {
    const { validity } = event.target;
    const kind = Object.keys(Object.getPrototypeOf(validity)).find((flag) => validity[flag]);
    if (kind && !isTyping) err(event.composedPath(), kind);
  });
  const changes = new MutationObserver(soon);
  changes.observe(document, { subtree: true, childList: true, attributeFilter: [ARIA] });
  onPage(anew);
  core.onNewSession(() => {
    told.clear();
    anew();
  });
  onStop(() => {
    changes.disconnect();
    views.disconnect();
  });
  soon();
}

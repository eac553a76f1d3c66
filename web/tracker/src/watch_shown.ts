/**
 * What forms show, whether anybody touches them or not: that one came into view, told once a page,
 * and that a field is wrong, which browsers tell by `invalid` and pages by `aria-invalid`. Names
 * and the kind of error only, never a value nor a message; of secrets not even the kind. The page
 * is looked through a moment after it changed, never within a change.
 */
import { documentValue } from "./document_value.ts";
import { fieldPlace, PAGE } from "./field_place.ts";
import { formName } from "./form_name.ts";
import { formPath } from "./form_path.ts";
import { guard } from "./guard.ts";
import { isField } from "./is_field.ts";
import { isMasked } from "./is_masked.ts";
import { isSecret } from "./is_secret.ts";
import { later } from "./later.ts";
import { matches } from "./matches.ts";
import { pathOf } from "./path_of.ts";
import type { Watched } from "./watched.ts";

/** How long after the page changed its forms and errors are looked at. */
const LOOK_MS = 500;
/** One that is there without being seen is looked at again so often, each time after twice as long. */
const LOOKS_MAX = 6;
/** What is told in both ways, or asked twice in a row, is one error. */
const SAME_MS = 1000;
/** Asking whether fields are valid is an attempt to send so long after a button or Enter. */
const ATTEMPT_MS = 100;
/** Further forms of one page are told of when they are entered. */
const FORMS_MAX = 100;
/** And further ones of one page load not at all. */
const TOLD_MAX = 1000;
/** Further errors of one page are not told. */
const ERRORS_MAX = 100;
const ARIA = "aria-invalid";
const BUTTONS = "button,[type=submit],[type=image],[type=button],[role=button]";
const VISIBLE = { opacityProperty: true, visibilityProperty: true };
const { querySelectorAll, checkVisibility } = Element.prototype;

export function watchShown({ base, core, on, emit, listen, onPage, onStop }: Watched): void {
  const told = new Set<string>();
  const erred = new Map<string, number>();
  let known = new WeakSet<EventTarget>();
  let unseen = new WeakMap<EventTarget, number>();
  let wrong = new Set<string>();
  let isSoon = false;
  let isAttempt = false;
  let forms = 0;
  let errors = 0;

  const see = (form: string, time?: number) => {
    const key = `${base.address(location.href)} ${form}`;
    // Entered is one at a time, so that needs no limit of the page.
    if (told.has(key) || told.size >= TOLD_MAX || (time === undefined && forms >= FORMS_MAX))
      return;
    told.add(key);
    forms++;
    emit("form_view", { form }, time);
  };
  const err = (path: EventTarget[], at: ReturnType<typeof fieldPlace>, kind: string) => {
    const { rules } = base;
    const blocks = ["[data-hm-block]", ...(rules?.block ?? [])];
    if (!at || errors >= ERRORS_MAX || path.some((node) => matches(node, `${blocks}`))) return;
    const key = `${at.form} ${at.field}`;
    const time = base.now();
    if (time - (erred.get(key) ?? 0) < SAME_MS) return;
    erred.set(key, time);
    errors++;
    const isHidden = isMasked(path, rules) || isSecret(path[0] as Element);
    emit("form_error", { ...at, kind: isHidden ? "invalid" : kind });
  };
  const views = new IntersectionObserver(
    guard((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        views.unobserve(target);
        const form = formPath(pathOf(target));
        const [element] = form;
        if (!element) continue;
        if (checkVisibility?.call(target, VISIBLE) !== false) {
          see(formName(form, base.rules));
          continue;
        }
        // It may be fading in, which nothing tells; afterwards when something happens.
        known.delete(element);
        const looks = unseen.get(element) ?? 0;
        unseen.set(element, looks + 1);
        if (looks < LOOKS_MAX) later(soon, LOOK_MS * (2 ** looks - 1));
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
      const field =
        !known.has(form) &&
        forms < FORMS_MAX &&
        [...Reflect.get(HTMLFormElement.prototype, "elements", form)].find(isField);
      if (!field) continue;
      known.add(form);
      // A form without a box of its own, or whose first field is elsewhere, is where that is.
      const isAround = pathOf(field).includes(form);
      views.observe(isAround && getComputedStyle(form).display !== "contents" ? form : field);
    }
    // By name: frameworks put another element in the place of a field that stays wrong.
    const before = wrong;
    wrong = new Set();
    for (const field of all(root, `[${ARIA}=true]`).filter(isField).slice(0, ERRORS_MAX)) {
      const path = pathOf(field);
      const at = fieldPlace(path, base.rules);
      const key = `${at?.form} ${at?.field}`;
      wrong.add(key);
      if (!before.has(key)) err(path, at, "aria");
    }
  });
  const soon = () => {
    if (!isSoon) later(look, LOOK_MS);
    isSoon = true;
  };
  const anew = () => {
    views.disconnect();
    known = new WeakSet();
    unseen = new WeakMap();
    erred.clear();
    forms = errors = 0;
    soon();
  };
  for (const type of ["focusin", "change"]) {
    on(type, ({ path, time }) => {
      const { form = PAGE } = fieldPlace(path, base.rules) ?? {};
      if (form !== PAGE) see(form, time);
      soon();
    });
  }
  // Scripts ask fields whether they are valid with each key, and when one is left: that shows
  // nothing yet. A timer, because what a button sets off may itself take long.
  const attempt = () => {
    isAttempt = true;
    later(() => {
      isAttempt = false;
    }, ATTEMPT_MS);
  };
  on("click", ({ path }) => {
    if (path.some((node) => matches(node, BUTTONS))) attempt();
    soon();
  });
  listen("keydown", ({ key }) => {
    if (key === "Enter") attempt();
  });
  listen("invalid", (event) => {
    const { validity } = event.target;
    const kind = Object.keys(Object.getPrototypeOf(validity)).find((flag) => validity[flag]);
    const path = event.composedPath();
    if (kind && isAttempt) err(path, fieldPlace(path, base.rules), kind);
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

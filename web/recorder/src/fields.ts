import type { Typed } from "./typed";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What is known of the page's fields, by all recordings of it. */
export interface Known {
  /** What was typed, anywhere. */
  readonly typed: Typed;
  /** What was typed into secret fields. */
  readonly secrets: Typed;
  /** Fields that are or were passwords, filled in by the browser, or secret by their names. */
  readonly sensitive: WeakSet<Node>;
}

/**
 * Watches the fields of a document: which were filled in by the browser, which ever were password
 * fields, and what is typed. Listens on the window's way down, so before the page's own handlers.
 */
export function watchFields(document: Document, { typed, secrets, sensitive }: Known): () => void {
  const edited = new WeakSet<Field>();
  const look = (event: Event) => {
    try {
      const target = (event.composedPath()[0] ?? event.target) as Node | null;
      if (!(target && target.nodeType === 1)) return;
      const element = target as HTMLElement;
      if (/^(INPUT|TEXTAREA)$/.test(element.tagName)) {
        const field = element as Field;
        if (field.type === "password" || autofilled(field)) sensitive.add(field);
        if (sensitive.has(field)) secrets.add(String(field.value), event.type !== "input");
        if (event.type === "input") edited.add(field);
        // A value that was only looked at was not typed. In shadow roots there is no change to hear.
        const isTyped = event.type === "change" || edited.has(field);
        if (
          isTyped &&
          !/^(checkbox|radio|button|submit|reset|image|file|hidden|color|range)$/.test(field.type)
        ) {
          typed.add(String(field.value), event.type !== "input");
        }
      } else if (event.type === "input" && element.isContentEditable) {
        typed.add(element.textContent ?? "", false);
      }
    } catch {
      // A page that has changed its natives must not break, and neither must we.
    }
  };
  const kinds = ["input", "change", "focusin", "focusout"];
  for (const kind of kinds) document.addEventListener(kind, look, { capture: true, passive: true });
  for (const field of document.querySelectorAll<Field>("input,textarea")) {
    if (field.type === "password") sensitive.add(field);
    if (field.value !== field.defaultValue)
      look({ type: "change", target: field, composedPath: () => [field] } as unknown as Event);
  }
  return () => {
    for (const kind of kinds) document.removeEventListener(kind, look, { capture: true });
  };
}

/** Whether the browser filled the field in. */
export function autofilled(field: Element): boolean {
  for (const selector of [":autofill", ":-webkit-autofill"]) {
    try {
      if (field.matches(selector)) return true;
    } catch {
      // Unknown to this browser.
    }
  }
  return false;
}

// The tracker as a page has it.
import type { Page } from "playwright-core";

declare global {
  interface Window {
    hitmetrix: {
      session(): Promise<string>;
      consent(mode: string): void;
      track(name: string, properties?: Record<string, unknown>): void;
      reset(): void;
      stop(): void;
    };
  }
}

/** The line that Get code gives. */
export function snippetOf(origin: string, key: string, mode: string): string {
  return `<script defer src="${origin}/t.js" data-key="${key}" data-mode="${mode}" referrerpolicy="origin"></script>`;
}

/** The id of the session that the page is in, as soon as there is one. */
export function sessionOf(page: Page): Promise<string> {
  return page.evaluate(() => window.hitmetrix.session());
}

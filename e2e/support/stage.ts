// The player as a person uses it, and what stands on its screen.
import type { Frame, Page } from "playwright-core";
import { until } from "./until.ts";

/** The rebuilt document, once the player is no longer loading it. */
export function pictureOf(page: Page): Promise<Frame> {
  return until("a rebuilt document", 20_000, async () => {
    const inner = page.mainFrame().childFrames()[0]?.childFrames()[0];
    const isThere = await inner?.evaluate(() => document.documentElement !== null);
    return isThere && (await page.getByText("Loading…").count()) === 0 ? inner : undefined;
  });
}

/** Where the player stands, and how long the recording is, in milliseconds. */
export async function positionOf(page: Page): Promise<{ at: number; length: number }> {
  const slider = page.getByRole("slider", { name: "Position" });
  const [at, length] = await slider.evaluate((input: HTMLInputElement) => [input.value, input.max]);
  return { at: Number(at), length: Number(length) };
}

/** Presses keys of the player, as `End` or `>`. */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  const player = page.getByRole("region", { name: "Replay" });
  await player.focus();
  for (const key of keys) await player.press(key);
}

/** Takes the player to a moment, by its slider, and waits until the picture stands there. */
export async function seek(page: Page, ms: number): Promise<void> {
  const slider = page.getByRole("slider", { name: "Position" });
  const go = () =>
    slider.evaluate((input: HTMLInputElement, at) => {
      input.value = String(at);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, ms);
  await go();
  await until(`the picture at ${ms} ms`, 20_000, async () => {
    const { at, length } = await positionOf(page);
    // One that plays may have gone by before it was looked at.
    if (at > ms + 2500) await go();
    const stands = at >= Math.min(ms, length) - 100 && at <= ms + 2500;
    return stands && (await page.getByText("Loading…").count()) === 0;
  });
}

/** Waits until the recording has been played to its end. */
export async function ended(page: Page, limitMs: number): Promise<void> {
  const play = page.getByRole("button", { name: "Play", exact: true });
  await until("the end of the recording", limitMs, async () => {
    const { at, length } = await positionOf(page);
    return length > 0 && at >= length - 1 && (await play.isVisible()) && (await play.isEnabled());
  });
}

/** Every word of a document, through frames and shadow roots, with what stands in its fields. */
export function wordsOf(frame: Frame | Page): Promise<string> {
  return frame.evaluate(() => {
    const unseen = "style,script,noscript,template,title,head";
    const said: string[] = [];
    const walk = (node: Node): void => {
      if (node.nodeType === 3) said.push(node.nodeValue ?? "");
      if (node.nodeType === 9) for (const child of node.childNodes) walk(child);
      if (node.nodeType !== 1) return;
      const element = node as HTMLElement & { value?: string; contentDocument?: Document };
      if (element.matches(unseen)) return;
      if (element.matches("input,textarea")) said.push(element.value ?? "");
      else for (const child of element.shadowRoot?.childNodes ?? []) walk(child);
      if (element.contentDocument) walk(element.contentDocument);
      if (!element.matches("textarea,iframe")) for (const child of element.childNodes) walk(child);
    };
    walk(document);
    return said.join(" ").replace(/\s+/g, " ").trim();
  });
}

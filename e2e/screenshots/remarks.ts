// What a picture cannot say by itself and can be measured: a page that scrolls sideways, what is too
// small for a thumb, words that are cut and told nowhere else. Things to look at, and no verdicts.
import type { Page } from "playwright-core";

/** Narrower windows are taken for phones. */
const PHONE_PX = 700;
const THUMB_PX = 32;
/** So many of one kind are named. */
const NAMED_MAX = 12;

export async function remarksOn(page: Page): Promise<string[]> {
  const width = page.viewportSize()?.width ?? 0;
  const found = await page.evaluate(measured, { thumb: width < PHONE_PX ? THUMB_PX : 0 });
  return found.flatMap(({ what, of }) => {
    const rest = of.length > NAMED_MAX ? ` and ${of.length - NAMED_MAX} more` : "";
    return of.length > 0 ? [`${what}: ${of.slice(0, NAMED_MAX).join(" | ")}${rest}`] : [];
  });
}

interface Found {
  readonly what: string;
  readonly of: string[];
}

/** In the page. */
function measured({ thumb }: { thumb: number }): Found[] {
  const root = document.documentElement;
  const seen = (node: Element): boolean =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    node.getBoundingClientRect().width > 1;
  const called = (node: Element): string =>
    (node.getAttribute("aria-label") || node.textContent || node.tagName)
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 40);
  const wide =
    root.scrollWidth > root.clientWidth + 1 ? [...document.querySelectorAll("main *")] : [];
  const sideways = wide
    .filter((node) => seen(node) && node.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(-3)
    .map((node) => `${node.tagName.toLowerCase()}.${node.className} ${called(node)}`);
  /** What is laid over a larger box, so that all of that box can be pressed. */
  const pressed = (node: Element): DOMRect => {
    const after = getComputedStyle(node, "::after");
    const isLaid = after.position === "absolute" && after.content !== "none" && after.top === "0px";
    const box =
      isLaid && getComputedStyle(node).position === "static"
        ? node.closest("tr, li, .opens")
        : null;
    const label = node instanceof HTMLInputElement ? node.closest("label") : null;
    return (box ?? label ?? node).getBoundingClientRect();
  };
  const small = [
    ...document.querySelectorAll<HTMLElement>(
      "button, a[href], select, summary, input, [role=tab]",
    ),
  ]
    .filter((node) => thumb > 0 && seen(node) && !node.closest("p, .sr, svg, [inert], .u-wrap"))
    .filter((node) => node.tabIndex >= 0 && !node.matches(".skip, :disabled"))
    .map((node) => ({ node, box: pressed(node) }))
    .filter(({ box }) => box.height > 0 && (box.height < thumb - 0.5 || box.width < thumb - 8))
    .map(({ node, box }) => `${called(node)} ${Math.round(box.width)}×${Math.round(box.height)}`);
  const cut = [...document.querySelectorAll("body *")]
    .filter((node) => getComputedStyle(node).textOverflow === "ellipsis" && seen(node))
    .filter(
      (node) => node.scrollWidth > node.clientWidth + 1 && !node.closest("[title], [aria-label]"),
    )
    .map(called);
  return [
    {
      what: "scrolls sideways",
      of: sideways.length > 0 ? sideways : wide.length > 0 ? ["page"] : [],
    },
    { what: "small for a thumb", of: small },
    { what: "cut without a title", of: cut },
  ];
}

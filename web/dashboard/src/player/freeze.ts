/** Units of the window's height; those of its width stay, because the width does. */
const OF_HEIGHT = /(-?\d*\.?\d+)(vh|svh|lvh|dvh|vb|svb|lvb|dvb|vmin|vmax)\b/gi;

/**
 * A picture that is as high as its page has no window any more, and what was as high as the window
 * would grow with it. So each length of the window's height becomes the pixels that it was.
 */
export function freezeHeights(document: Document, window: { width: number; height: number }): void {
  for (const root of roots(document)) {
    for (const sheet of [...root.styleSheets, ...(root.adoptedStyleSheets ?? [])]) {
      freezeRules(rulesOf(sheet), window);
    }
    for (const element of root.querySelectorAll<HTMLElement>("[style]")) {
      freezeStyle(element.style, window);
    }
  }
}

/** The value with pixels in place of what depends on the window's height. */
export function inPixels(
  value: string,
  { width, height }: { width: number; height: number },
): string {
  return value.replace(OF_HEIGHT, (_, number: string, unit: string) => {
    const name = unit.toLowerCase();
    const of =
      name === "vmin"
        ? Math.min(width, height)
        : name === "vmax"
          ? Math.max(width, height)
          : height;
    return `${(Number(number) * of) / 100}px`;
  });
}

/** The document and all open shadow roots in it. */
export function roots(document: Document): (Document | ShadowRoot)[] {
  const found: (Document | ShadowRoot)[] = [document];
  for (const root of found) {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) found.push(element.shadowRoot);
    }
  }
  return found;
}

function rulesOf(sheet: CSSStyleSheet): CSSRuleList | null {
  try {
    return sheet.cssRules;
  } catch {
    return null;
  }
}

function freezeRules(rules: CSSRuleList | null, window: { width: number; height: number }): void {
  for (const rule of rules ?? []) {
    // Most rules say nothing of the window; their text is quicker to look at than their parts.
    OF_HEIGHT.lastIndex = 0;
    if (!OF_HEIGHT.test(rule.cssText)) continue;
    const { style, cssRules } = rule as { style?: CSSStyleDeclaration; cssRules?: CSSRuleList };
    if (style) freezeStyle(style, window);
    if (cssRules) freezeRules(cssRules, window);
  }
}

function freezeStyle(style: CSSStyleDeclaration, window: { width: number; height: number }): void {
  // All names first: setting one may bring others into another order.
  for (const name of Array.from(style)) {
    const value = style.getPropertyValue(name);
    const frozen = inPixels(value, window);
    if (frozen !== value) style.setProperty(name, frozen, style.getPropertyPriority(name));
  }
}

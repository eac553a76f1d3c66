/** Whether the page is dark: by what is painted behind its text, not by what the device prefers. */
const LIGHT_MIN = 0.5;

export function pageIsDark(): boolean {
  for (const element of [document.body, document.documentElement]) {
    const { backgroundColor } = getComputedStyle(element);
    const [a = 0, b = 0, c = 0, alpha = 1] = (backgroundColor.match(/-?[\d.]+/g) ?? []).map(Number);
    if (!/\d/.test(backgroundColor) || alpha < LIGHT_MIN) continue;
    if (/^(ok)?l/.test(backgroundColor)) return a / (backgroundColor[0] === "o" ? 1 : 100) < 0.5;
    const most = backgroundColor.startsWith("rgb") ? 255 : 1;
    return (0.299 * a + 0.587 * b + 0.114 * c) / most < LIGHT_MIN;
  }
  const { colorScheme } = getComputedStyle(document.documentElement);
  return colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Largest side that a stand-in is drawn with. */
const SIDE_MAX = 8192;

/**
 * A picture of that size, written by us, which stands where the recorded page had one: the viewer
 * never asks the recorded site for it. `size` is `WIDTHxHEIGHT` in CSS pixels.
 */
export function box(size: string): string {
  const [, width = "", height = ""] = /^(\d{1,5})x(\d{1,5})$/.exec(size) ?? [];
  const w = Math.min(SIDE_MAX, Number(width));
  const h = Math.min(SIDE_MAX, Number(height));
  if (!(w && h)) return "";
  const label =
    w >= 64 && h >= 24
      ? `<text x="50%" y="50%" text-anchor="middle" dominant-baseline="central" font-family="system-ui,sans-serif" font-size="12" fill="#6b7280">${w} × ${h}</text>`
      : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><rect x=".5" y=".5" width="${w - 1}" height="${h - 1}" fill="#9ca3af" fill-opacity=".16" stroke="#9ca3af" stroke-opacity=".5"/>${label}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Largest side that a stand-in is drawn with. */
const SIDE_MAX = 8192;

/** Why a picture is not there: the recorder may not take it along, or took it and it did not come. */
export type Lack = "not recorded" | "not received";
/** Widths from which on there is room for the whole reason, and for its last words. */
const WHOLE_PX = 150;
const SHORT_PX = 84;
const LINE_PX = 20;

/**
 * A picture of that size, written by us, which stands where the recorded page had one: the viewer
 * never asks the recorded site for it. `size` is `WIDTHxHEIGHT` in CSS pixels.
 */
export function box(size: string, lack: Lack = "not recorded"): string {
  const [, width = "", height = ""] = /^(\d{1,5})x(\d{1,5})$/.exec(size) ?? [];
  const w = Math.min(SIDE_MAX, Number(width));
  const h = Math.min(SIDE_MAX, Number(height));
  if (!(w && h)) return "";
  const words = h < LINE_PX || w < SHORT_PX ? "" : w < WHOLE_PX ? lack : `Picture, ${lack}`;
  const label = words
    ? `<text x="50%" y="50%" text-anchor="middle" dominant-baseline="central" font-family="system-ui,sans-serif" font-size="12" fill="#6b7280">${words}</text>`
    : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><rect x=".5" y=".5" width="${w - 1}" height="${h - 1}" fill="#9ca3af" fill-opacity=".16" stroke="#9ca3af" stroke-opacity=".5"/>${label}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

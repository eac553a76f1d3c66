import type { Json } from "./json";

/** Why the inside of an element is not in a recording, as the recorder says it, and what is shown. */
const WHY: Record<string, string> = {
  frame: "Frame of another origin, not recorded",
  shadow: "Closed shadow root, not recorded",
};

/** What the player makes of `data-hm-unseen`: why, and the size that its inside gave the element. */
export function unseen(value: unknown): Json {
  const [, why, width, height] =
    /^(frame|shadow)(?: (\d{1,5})x(\d{1,5}))?$/.exec(String(value)) ?? [];
  return {
    "data-hm-unseen": why ?? null,
    "data-hm-wide": width ?? null,
    "data-hm-high": height ?? null,
  };
}

/** Rules by which such an element is a box that says why it shows nothing. */
export const UNSEEN_RULES: readonly string[] = [
  ":where([data-hm-high]){display:inline-block;min-width:attr(data-hm-wide px,0px);min-height:attr(data-hm-high px,0px)}",
  ...Object.entries(WHY).map(
    ([why, words]) =>
      `[data-hm-unseen="${why}"]{background:#9ca3af29 url("${label(words)}") center/min(100%,260px) auto no-repeat!important;outline:1px solid #9ca3af80!important;outline-offset:-1px!important}`,
  ),
];

/** Words that stand in the middle of an element; as a picture, and smaller where it is narrow. */
export function label(words: string): string {
  const text = `<text x="50%" y="50%" text-anchor="middle" dominant-baseline="central" font-family="system-ui,sans-serif" font-size="12" fill="#6b7280">${words}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="260" height="20" viewBox="0 0 260 20">${text}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

// The one line that a site pastes, for each mode, and what each mode means in plain words.

export type SnippetMode = "persistent" | "cookieless";

export interface ModeWords {
  mode: SnippetMode;
  name: string;
  short: string;
  means: string[];
}

export const MODES: readonly ModeWords[] = [
  {
    mode: "cookieless",
    name: "Cookieless until consent",
    short: "Nothing is stored on the visitor's device until your consent banner says so.",
    means: [
      "Nothing is stored on the device: no cookie, no local storage.",
      "A visitor is known for one day at most, by a keyed hash whose key is destroyed each night. Somebody who comes back tomorrow counts as new.",
      'When your banner gets a yes, call hitmetrix.consent("persistent"). From then on it is as in the other mode, until the answer is taken back.',
    ],
  },
  {
    mode: "persistent",
    name: "Persistent",
    short: "A first-party cookie recognises visitors who come back.",
    means: [
      "One first-party cookie on your own domain names the browser; no other site can read it.",
      "Visitors who come back are recognised, so new and returning, journeys and conversion over days are right.",
      "In many countries this needs the visitor's consent first. Global Privacy Control and Do Not Track still switch to cookieless, without recording.",
    ],
  },
];

export function snippet(origin: string, key: string, mode: SnippetMode): string {
  return `<script defer src="${origin}/t.js"\n  data-key="${key}"\n  data-mode="${mode}"\n  referrerpolicy="origin"></script>`;
}

/** What a page's content security policy must allow. */
export function policyFor(origin: string): string {
  return `script-src ${origin}; connect-src ${origin}`;
}

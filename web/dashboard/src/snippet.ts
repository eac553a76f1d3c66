// What a site pastes to be measured, for each way of building pages and each mode, and what each mode
// means in plain words. Every snippet here is run by a browser test as it stands.

import type { SiteSettings } from "@hitmetrix/wire";

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

/** What stands in place of the modes where the site's privacy mode leaves no choice. */
export const CAPPED: readonly ModeWords[] = [
  {
    mode: "cookieless",
    name: "Cookieless",
    short: "The privacy mode of this site: nothing is ever stored on a visitor's device.",
    means: [
      "Nothing is stored on the device: no cookie, no local storage. What an earlier visit left there is deleted.",
      "A visitor is known for one day at most, by a keyed hash whose key is destroyed each night. Somebody who comes back tomorrow counts as new.",
      "No tag, no consent and no identify changes that; the server holds to it too. An admin can choose another privacy mode in the site's settings.",
    ],
  },
];

/** The modes that a site's pages can have. */
export function modesOf({ mode }: Pick<SiteSettings, "mode">): readonly ModeWords[] {
  return mode === "cookieless" ? CAPPED : MODES;
}

export type Way = "html" | "tag-manager" | "react" | "vue" | "svelte" | "next";

/** A way to bring the script into pages. */
export interface WayWords {
  way: Way;
  name: string;
  /** Where the snippet goes. */
  place: string;
  /** What is to be known of it; may be empty. */
  note: string;
}

export const WAYS: readonly WayWords[] = [
  { way: "html", name: "HTML", place: "Into the head of every page", note: "" },
  {
    way: "tag-manager",
    name: "Tag manager",
    place: "A custom HTML tag that fires on all pages",
    note: "Everything is in the address, so it works where a tag manager or site builder drops attributes, or runs the tag late. Where only an address is asked for, give the address alone.",
  },
  {
    way: "react",
    name: "React",
    place: "src/Hitmetrix.jsx, and <Hitmetrix /> once in your App",
    note: "Changes of the route are counted as pages by themselves.",
  },
  {
    way: "vue",
    name: "Vue",
    place: "src/hitmetrix.js, and app.use(hitmetrix) in main.js",
    note: "Changes of the route are counted as pages by themselves.",
  },
  {
    way: "svelte",
    name: "Svelte",
    place: "App.svelte, or src/routes/+layout.svelte of SvelteKit: into its script",
    note: "Changes of the route are counted as pages by themselves.",
  },
  {
    way: "next",
    name: "Next.js",
    place: "app/layout.jsx, at the end of the body",
    note: "The layout is sent with every page, and stays when the route changes; each route is counted as a page by itself.",
  },
];

/** The tag as one address: everything that it needs is in it. */
export function tagAddress(origin: string, key: string, mode: SnippetMode): string {
  return `${origin}/tag/${key}.js${mode === "persistent" ? "?mode=persistent" : ""}`;
}

export function snippet(origin: string, key: string, mode: SnippetMode, way: Way = "html"): string {
  const address = tagAddress(origin, key, mode);
  const put = `const tag = document.createElement("script");
    tag.src = "${address}";
    tag.referrerPolicy = "origin";
    document.head.append(tag);`;
  switch (way) {
    case "html":
      return `<script defer src="${origin}/t.js"\n  data-key="${key}"\n  data-mode="${mode}"\n  referrerpolicy="origin"></script>`;
    case "tag-manager":
      return `<script async src="${address}" referrerpolicy="origin"></script>`;
    case "react":
      return `import { useEffect } from "react";

export function Hitmetrix() {
  useEffect(() => {
    ${put}
  }, []);
  return null;
}`;
    case "vue":
      return `export const hitmetrix = {
  install() {
    ${put}
  },
};`;
    case "svelte":
      return `import { onMount } from "svelte";

onMount(() => {
    ${put}
});`.replaceAll("\n    ", "\n  ");
    case "next":
      return `<script async src="${address}" referrerPolicy="origin" />`;
  }
}

/** What a page's content security policy must allow. */
export function policyFor(origin: string): string {
  return `script-src ${origin}; connect-src ${origin}`;
}

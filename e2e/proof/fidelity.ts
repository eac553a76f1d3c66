// The sections on fidelity of docs/recording-proofs.md: what was compared, and where a replay differs.
import { LOOSE } from "../fidelity/places.ts";
import { PHONE } from "../fidelity/visit.ts";
import { CLOSE, PROPERTIES } from "../support/likeness.ts";

/** What was compared of one site or feature. */
export interface Row {
  readonly name: string;
  readonly pages: number;
  readonly moments: number;
  /** Elements at all moments, and how many of them lie in frames and shadow roots. */
  readonly elements: number;
  readonly inside: number;
  readonly differences: number;
}

function table(title: string, rows: readonly Row[]): string {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const line = (row: Row, name = row.name) =>
    `| ${name} | ${row.pages} | ${row.moments} | ${row.elements} | ${row.inside} | ${row.elements * PROPERTIES.length} | ${row.differences} |`;
  const all: Row = {
    name: "",
    pages: sum(({ pages }) => pages),
    moments: sum(({ moments }) => moments),
    elements: sum(({ elements }) => elements),
    inside: sum(({ inside }) => inside),
    differences: sum(({ differences }) => differences),
  };
  return [
    `| ${title} | page loads | moments | elements | of them in frames and shadow roots | computed values | differences |`,
    "|---|--:|--:|--:|--:|--:|--:|",
    ...rows.map((row) => line(row)),
    line(all, `**all ${rows.length}**`),
  ].join("\n");
}

/** The section on sites. */
export function pageOfSites(seed: number, rows: readonly Row[]): string {
  return `# How true replays are: the proof

Written by \`cargo xtask proof fidelity\`, the browser test \`foreign_sites\`; do not edit.

Sites that nobody here wrote, and our shop, are used in a real Chromium before the real server: scrolled, clicked, typed into, with what is done and when the page is looked at chosen by a seed (here ${seed}; \`HITMETRIX_SEED\` takes others). On a phone is a screen of ${PHONE.width} by ${PHONE.height}, by touch. A moment is one at which the page stands still. Then the replay is opened in the dashboard and sought to the same moments in another order, and each element is compared with the one in the page, through shadow roots and into frames, with the fonts that were recorded: its own text with what style sheets put before and after it, its box, and the computed values of ${PROPERTIES.map((property) => `\`${property}\``).join(", ")}.

Boxes may be off by ${LOOSE.px} px and ${LOOSE.share * 100} % of their distance from the page's corner, because a browser gives the rules of a sheet back with six digits (a line of 20 px becomes 19.984375) and that adds up down a page; lengths in a \`transform\` as well. Texts and all other values must be equal.

${table("site", rows)}

Not compared, because it is masked on purpose: typed values, chosen options, what is typed into editable elements, the width of fields that follows from them, and words that a style sheet takes from attributes. A word that was typed is compared with what masking makes of it. The server takes e-mail addresses and what is called a password, token or secret out of texts: the sites are served without. What pictures, videos, canvases and frames of other origins show is not compared here, their boxes are.

Known to differ, and so not there when a page is looked at: what has the focus looks so in the page alone; what comes under a mouse at rest, by scrolling, is hovered over in the page alone until the mouse moves; fonts that a style sheet carries in its own text (\`data:\`) are not recorded; a picture that could not be loaded stands as a box of its size without its alternative text.
`;
}

/** The section on features of browsers. */
export function pageOfFeatures(rows: readonly Row[]): string {
  return `## Features of browsers

Written by \`cargo xtask proof fidelity\`, the browser test \`fidelity\`; do not edit.

One small page for each feature that recorders get wrong, changed step by step; some of them on a phone too; each step is a moment that the replay is sought to, the last ones first. The same is compared, with boxes off by ${CLOSE.px} px and ${CLOSE.share * 100} % at most.

${table("feature", rows)}
`;
}

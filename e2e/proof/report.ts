// What was looked for and found, as a table for the terminal and for docs/recording-proofs.md.
import { nameOf, OPTIONS } from "./options.ts";
import { leaks, type Place } from "./secrets.ts";
import type { Visit } from "./visit.ts";

interface Row {
  readonly name: string;
  readonly places: number;
  readonly hidden: number;
  readonly bytes: number;
  readonly found: number;
}

function rowOf({ on, places, heaps }: Visit): Row {
  return {
    name: nameOf(on),
    places: places.length,
    hidden: places.filter(({ hidden }) => hidden(on)).length,
    bytes: heaps.reduce((sum, { text }) => sum + text.length, 0),
    found: leaks(places, heaps, on).length,
  };
}

/** One line for each set of options, and one for all. */
export function tableOf(visits: readonly Visit[]): string {
  const rows = visits.map(rowOf);
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  return [
    "| options | places | must be hidden | bytes searched | found |",
    "|---|--:|--:|--:|--:|",
    ...rows.map(
      ({ name, places, hidden, bytes, found }) =>
        `| ${name} | ${places} | ${hidden} | ${bytes} | ${found} |`,
    ),
    `| **${rows.length} sets** | ${sum((row) => row.places)} | ${sum((row) => row.hidden)} | ${sum((row) => row.bytes)} | ${sum((row) => row.found)} |`,
  ].join("\n");
}

/** The page of the documentation. */
export function pageOfProof(visits: readonly Visit[]): string {
  const places = visits[0]?.places ?? [];
  return `# What recordings give away: the proof

Written by \`cargo xtask proof secrets\`, the browser test \`recording_secrets\`; do not edit. [What is masked](concepts/masking.md) says what must happen to each place.

A page has a different secret in each of ${places.length} places: in its markup, in frames, shadow roots and style sheets, in what a visitor types, pastes and drops, in what scripts set, in errors and addresses, in storage. It is visited in a real Chromium before the real server once for each set of options, and then everything is searched: every byte that the browser sent (unpacked, with headers), every recording and event as the API and the export give them, every file of the data folder, what the server printed. A secret counts as found wherever the table of the design hides it under these options. What the second pass on the server takes out (e-mail addresses, card numbers, tokens in the page's own text) is searched for on disk only.

The search can fail: scripts with one rule broken are found out by the same test, and everything that is shown by default is found.

${tableOf(visits)}

## Places
Hidden: always, or unless (or only when) one of these options is set: ${OPTIONS.map((option) => `*${option}*`).join(", ")}.

| place | hidden by default | options that change it |
|---|---|---|
${places.map(line).join("\n")}
`;
}

function line({ name, hidden, reach }: Place): string {
  const byDefault = hidden(new Set());
  const changed = OPTIONS.filter((option) => hidden(new Set([option])) !== byDefault);
  const where = reach === "disk" ? " (on disk)" : "";
  return `| ${name} | ${byDefault ? "yes" : "no"}${where} | ${changed.join(", ")} |`;
}

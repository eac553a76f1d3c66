// Makes docs/reference/browser-limits.md from the constants of tracker, recorder and player that
// bound something, each with its doc comment and value. Run by hand or by `cargo xtask gen`; a test
// fails when the page is out of step, or a limit says nothing of itself.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/reference/browser-limits.md", import.meta.url));

/** Where the limits stand, and what that is called. */
const FOLDERS = [
  ["tracker/src", "Tracker", "on every page of the site"],
  ["recorder/src", "Recorder", "on pages that are recorded"],
  ["dashboard/src/player", "Player", "in the dashboard, behind links and in saved files"],
];
const CONSTANT =
  /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*?\n)?^(?:export )?const ([A-Z][A-Z_]*)(?::[^=]+)? =\s+([^;]+);/gm;
/** What such names end with, and the units that these say. */
const BOUND = /_(MAX|MS|BYTES|LINES)$|_(MS|BYTES)_(MIN|MAX)$/;
const UNITS = [
  [/(^|_)MS(_|$)/, " ms"],
  [/(^|_)BYTES(_|$)/, " bytes"],
];

/** All limits of one source text: name, value and what is said of it. */
export function limitsIn(text) {
  const known = {};
  const found = [];
  for (const [, doc = "", name, expression] of text.matchAll(CONSTANT)) {
    if (!/^[\w\s[\]().,*/<+-]+$/.test(expression)) continue;
    try {
      known[name] = new Function(...Object.keys(known), `return ${expression}`)(
        ...Object.values(known),
      );
    } catch {
      // It is made of something else, and bounds nothing by itself.
      continue;
    }
    if (!BOUND.test(name) || ![known[name]].flat().every(Number.isFinite)) continue;
    const words = doc.replace(/^\s*\*\s?/gm, "").replace(/\s+/g, " ");
    found.push({ name, value: shown(name, known[name]), doc: words.trim() });
  }
  return found;
}

function shown(name, value) {
  const [, unit = ""] = UNITS.find(([pattern]) => pattern.test(name)) ?? [];
  return [value].flat().join(", ") + unit;
}

/** The limits of every file of a folder, in the order of their names. */
export function limitsBelow(folder) {
  return readdirSync(join(WEB, folder), { recursive: true })
    .map((path) => path.split("\\").join("/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .sort()
    .flatMap((path) =>
      limitsIn(readFileSync(join(WEB, folder, path), "utf8")).map((limit) => ({ path, ...limit })),
    );
}

/** The page as it has to be. */
export function page() {
  const parts = FOLDERS.map(([folder, title, where]) => {
    const rows = limitsBelow(folder).map(
      ({ path, name, value, doc }) =>
        `| \`${path.replace(/\.ts$/, "")}\` | \`${name}\` | ${value} | ${doc.replaceAll("|", "\\|")} |`,
    );
    return `## ${title}: ${where}\n| where | limit | value | what it bounds, and what happens beyond it |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Limits in the browser\n\nGenerated from the constants of web/tracker, web/recorder and the player by \`node web/wire/limits.mjs\`; change them there. Those of the server are in [limits](limits.md).\n\n${parts.join("\n")}`;
}

/** The folders, for whoever checks them. */
export const folders = FOLDERS.map(([folder]) => folder);

/** The page as it is. */
export function written() {
  return readFileSync(PAGE, "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, page());

/**
 * Builds the guide, the concepts and the reference into web/dist/docs, as pages that the server
 * serves under /docs: plain HTML without scripts. Links between pages stay links; those to files
 * that are not served (records of decisions, sources) become their words.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DOCS = join(HERE, "../../docs");
const OUT = join(HERE, "../dist/docs");

/** Tables of so many columns are too wide for a phone. */
const WORDY_COLUMNS = 4;

/** The pages in the order of the list beside them. */
const SECTIONS = [
  [
    "guide",
    "Guide",
    [
      "jobs",
      "install",
      "overview",
      "explore",
      "boards",
      "alerts",
      "funnels",
      "goals",
      "segments",
      "people",
      "sessions",
      "heatmaps",
      "forms",
      "errors-and-speed",
      "feedback",
      "annotations",
      "settings",
      "two-factor",
      "audit",
      "ask",
      "import",
      "backup",
      "demo",
    ],
  ],
  [
    "concepts",
    "How it is counted",
    [
      "counting",
      "sessions",
      "persons",
      "periods",
      "filters",
      "segments",
      "properties",
      "trends",
      "funnels",
      "retention",
      "paths",
      "lifecycle",
      "stickiness",
      "distribution",
      "correlation",
      "goals",
      "forms",
      "errors",
      "speed",
      "frustration",
      "heatmaps",
      "surveys",
      "alerts",
      "recorded",
      "masking",
      "storing",
    ],
  ],
  ["reference", "Reference", ["config", "limits", "browser-limits", "errors", "wire"]],
];
/** Pages that only those who work on the program read, in the repository. */
const NOT_SERVED = ["guide/add-an-insight", "concepts/README"];

const pages = new Map();
for (const [section, , names] of SECTIONS)
  for (const name of names) {
    const text = readIfThere(join(DOCS, section, `${name}.md`));
    if (text !== null) pages.set(`${section}/${name}`, { text, title: titleOf(text) });
  }
for (const [section, , names] of SECTIONS)
  for (const file of readdirSync(join(DOCS, section)).filter((each) => each.endsWith(".md"))) {
    const name = file.slice(0, -3);
    if (!names.includes(name) && !NOT_SERVED.includes(`${section}/${name}`))
      throw new Error(`docs/${section}/${file} has no place in web/docs/build.mjs`);
  }

for (const [path, { text, title }] of pages)
  write(`${path}.html`, page(path, title, html(path, text)));
write("index.html", page("", "Documentation", `<h1>Documentation</h1>\n${list("")}`));
copyFileSync(join(HERE, "docs.css"), join(OUT, "docs.css"));
for (const file of readdirSync(join(DOCS, "guide")).filter((each) => each.endsWith(".webp")))
  copyFileSync(join(DOCS, "guide", file), join(OUT, "guide", file));

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function titleOf(text) {
  return /^# (.+)$/m.exec(text)?.[1] ?? "";
}

function html(path, text) {
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text: words }) {
        const id = words
          .toLowerCase()
          .replace(/[^\p{L}\p{N} -]/gu, "")
          .replaceAll(" ", "-");
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text: words }) {
        return `<pre tabindex="0"><code>${escaped(words)}</code></pre>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const to = addressOf(path, href);
        return to ? `<a href="${to}">${words}</a>` : words;
      },
      image({ href, text: said }) {
        return `<img src="${posix.join("/docs", dirname(path), href)}" alt="${said}" loading="lazy">`;
      },
      table(token) {
        const cell = (tag) => (each) =>
          `<${tag}${each.align === "right" ? ' class="num"' : ""}>${this.parser.parseInline(each.tokens)}</${tag}>`;
        const head = token.header.map(cell("th")).join("");
        const rows = token.rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n");
        const isWordy =
          token.header.length >= WORDY_COLUMNS && token.header.at(-1).align !== "right";
        return `<div class="table${isWordy ? " wordy" : ""}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  return marked.parse(text);
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Where a link of a page leads to in what is served; nothing for what is not. */
function addressOf(path, href) {
  if (/^(https?:|mailto:)/.test(href)) return href;
  if (href.startsWith("#")) return href;
  const [file, anchor] = href.split("#");
  const target = posix.join(dirname(path), file ?? "");
  if (target === "reference/openapi.json") return "/api/v1/openapi.json";
  const name = target.replace(/\.md$/, "");
  return pages.has(name) ? `/docs/${name}${anchor ? `#${anchor}` : ""}` : null;
}

function list(current) {
  return SECTIONS.map(([section, title, names]) => {
    const rows = names
      .map((name) => `${section}/${name}`)
      .filter((path) => pages.has(path))
      .map(
        (path) =>
          `<li><a href="/docs/${path}"${path === current ? ' aria-current="page"' : ""}>${pages.get(path).title}</a></li>`,
      );
    return `<h2>${title}</h2>\n<ul>\n${rows.join("\n")}\n</ul>`;
  }).join("\n");
}

function page(path, title, body) {
  const beside = path ? `<nav aria-label="Documentation">\n${list(path)}\n</nav>\n` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Hitmetrix</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<header><a class="home" href="/">Hitmetrix</a> <a href="/docs">Documentation</a></header>
<div class="${path ? "page" : "page alone"}">
${beside}<main>
${body}
</main>
</div>
</body>
</html>
`;
}

function write(name, text) {
  const path = join(OUT, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

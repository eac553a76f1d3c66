// Scripts of the page with one rule broken, built from the sources: the proof must find each out.
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { build } from "esbuild";
import type { Option } from "./options.ts";

export interface Broken {
  /** What is wrong with it. */
  readonly what: string;
  /** Where the server has the script. */
  readonly path: "/r.js" | "/t.js";
  /** The file, below web/, and what stands in it instead of what. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A place whose secret gets out by it. */
  readonly finds: string;
  /** The option that is on meanwhile. */
  readonly on?: Option;
}

export const BROKEN: readonly Broken[] = [
  {
    what: "that shows what is typed",
    path: "/r.js",
    file: "recorder/src/input-value.ts",
    from: "text: value && FIXED",
    to: "text: value",
    finds: "typed into a text area",
  },
  {
    what: "that shows marked text",
    path: "/r.js",
    file: "recorder/src/text.ts",
    from: "if (masked || (table.maskText && !shown)) return shape(from);",
    to: "",
    finds: "text under data-hm-mask",
  },
  {
    what: "that sends the title of any page",
    path: "/t.js",
    file: "tracker/src/main.ts",
    from: '"[data-hm-mask],[data-hm-block]"',
    to: '"nothing"',
    finds: "title of a page, marked",
  },
  {
    what: "that keeps whole addresses in styles",
    path: "/r.js",
    file: "recorder/src/css.ts",
    from: "page.typed(page.address(url))",
    to: "url",
    // In sheets names of pictures stand for them.
    finds: "address of a fill",
  },
  {
    what: "that keeps attributes with words",
    path: "/r.js",
    file: "recorder/src/attributes.ts",
    from: "if (WORDS.has(name) && value !== null && owned)",
    to: "if (WORDS.has(name) && value !== null)",
    finds: "title",
  },
  {
    what: "that forgets passwords when it begins anew",
    path: "/r.js",
    file: "recorder/src/page.ts",
    from: "secret: secrets.mask",
    to: "secret: (text: string) => text",
    finds: "typed into what was a password",
  },
  {
    what: "that does not know sheets of masked roots",
    path: "/r.js",
    file: "recorder/src/mask.ts",
    from: "const masked = masksText(flags(table.entries.get(Number(data.id))), table);",
    to: "const masked = false;",
    finds: "content of a sheet adopted by a masked root",
  },
  {
    what: "that shows addresses in logs as they are",
    path: "/r.js",
    file: "recorder/src/said.ts",
    from: '.replace(QUERIES, "$1")',
    to: "",
    finds: "query of an address in the console",
    on: "console recorded",
  },
];

const WEB = resolve(import.meta.dirname, "../../web");

/** The script with its rule broken. */
export async function brokenScript({ path, file, from, to }: Broken): Promise<string> {
  let isBroken = false;
  const { outputFiles } = await build({
    entryPoints: [
      resolve(WEB, path === "/r.js" ? "recorder/src/record.ts" : "tracker/src/main.ts"),
    ],
    bundle: true,
    write: false,
    format: path === "/r.js" ? "esm" : "iife",
    target: "es2020",
    define: { TRACKER_VERSION: '"broken"' },
    plugins: [
      {
        name: "break",
        setup(building) {
          building.onLoad({ filter: /\.ts$/ }, async (loaded) => {
            const contents = await readFile(loaded.path, "utf8");
            if (relative(WEB, loaded.path) !== file) return { contents, loader: "ts" };
            isBroken = contents.includes(from);
            return { contents: contents.replace(from, to), loader: "ts" };
          });
        },
      },
    ],
  });
  if (!isBroken) throw new Error(`${file} has changed: there is no \`${from}\` to break`);
  return outputFiles[0]?.text ?? "";
}

// The two halves of docs/recording-proofs.md, each written by the test that it is about.
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

/** Whether everything is tried, and the page written. */
export const IS_WHOLE = process.env.HITMETRIX_PROOF === "all";
const PAGE = resolve(import.meta.dirname, "../../docs/recording-proofs.md");
/** What the second half begins with. */
const HOSTILE = "# What recordings can do: the proof";

/** The page as it is. */
export function proofs(): Promise<string> {
  return readFile(PAGE, "utf8");
}

/** Writes one half; the other one stays. */
export async function writeProof(half: "given away" | "hostile", text: string): Promise<void> {
  const old = await proofs();
  const cut = old.indexOf(HOSTILE);
  const halves = cut < 0 ? [old, ""] : [old.slice(0, cut), old.slice(cut)];
  halves[half === "hostile" ? 1 : 0] = half === "hostile" ? `${HOSTILE}\n\n${text}` : text;
  const whole = halves.map((each) => each.trim()).filter(Boolean);
  await writeFile(PAGE, `${whole.join("\n\n")}\n`);
}

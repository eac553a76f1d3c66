// Addresses in plain text. Nothing else in a text means anything: no markup, no pictures.

export interface TextPart {
  text: string;
  /** Where it leads; null for what is no address. */
  href: string | null;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/g;
/** Signs that end a sentence and not an address. */
const AFTER = /[.,;:!?…)\]}]+$/;

export function linked(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), href: null });
    parts.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null });
  return parts;
}

/** Without what ends the sentence; a closing bracket stays when it was opened in the address. */
function trimmed(address: string): string {
  const end = AFTER.exec(address)?.[0] ?? "";
  let cut = address.slice(0, address.length - end.length);
  const opened = cut.split("(").length - cut.split(")").length;
  if (opened > 0 && end.startsWith(")")) cut += ")";
  return cut;
}

function safe(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

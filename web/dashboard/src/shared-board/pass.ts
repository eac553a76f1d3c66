// A link to a board: `/share/board/ID#SECRET`, and `/embed/board/ID#SECRET` for a frame. What stands
// behind the `#` stays in the browser; the page sends it as a bearer token.

export interface BoardPass {
  /** What is sent; empty when the address is none of a link. */
  token: string;
  /** True in a frame of somebody else's page. */
  framed: boolean;
}

export function readBoardPass(at: { pathname: string; hash: string }): BoardPass {
  const [, page, id] = /^\/(share|embed)\/board\/([0-9a-f]{16})\/?$/.exec(at.pathname) ?? [];
  const secret = /^#([0-9a-f]{32})$/.exec(at.hash)?.[1];
  return { token: id && secret ? `hmb_${id}_${secret}` : "", framed: page === "embed" };
}

/** What a page has to have in it to show the board. */
export function frameOf(embed: string, name: string): string {
  const title = name.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<iframe src="${embed}" title="${title}" width="100%" height="800" loading="lazy" referrerpolicy="no-referrer" style="border:0"></iframe>`;
}

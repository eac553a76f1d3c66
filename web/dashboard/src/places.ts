// Where a popover stands: under what opened it, inside the window.

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Size {
  width: number;
  height: number;
}

const EDGE = 8;
const GAP = 6;

export function placeUnder(
  opener: Box,
  pop: Size,
  view: Size,
  align: "start" | "end",
): { left: number; top: number } {
  const wanted = align === "start" ? opener.left : opener.right - pop.width;
  const left = Math.max(EDGE, Math.min(wanted, view.width - pop.width - EDGE));
  const below = opener.bottom + GAP;
  const above = opener.top - GAP - pop.height;
  const top = below + pop.height <= view.height - EDGE || above < EDGE ? below : above;
  return {
    left,
    top: Math.max(EDGE, Math.min(top, Math.max(EDGE, view.height - pop.height - EDGE))),
  };
}

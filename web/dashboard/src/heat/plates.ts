// Where the numbers of zones stand over the page, so that none lies on another. Pure arithmetic.

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A zone and the size of what is written on it. */
export interface Plated {
  box: Rect;
  width: number;
  height: number;
}

/**
 * A place for what is written on each, the first ones first: over its right end, under it, over its
 * left end, under that, or inside; null where another one lies on all of them.
 */
export function placePlates(
  all: readonly Plated[],
  page: { width: number; height: number },
): (Rect | null)[] {
  const taken: Rect[] = [];
  return all.map(({ box, width, height }) => {
    const right = box.left + box.width - width;
    const under = box.top + box.height;
    const places = [
      [right, box.top - height],
      [right, under],
      [box.left, box.top - height],
      [box.left, under],
      [right, box.top],
    ] as const;
    for (const [left, top] of places) {
      if (top < 0 || top + height > page.height) continue;
      const place = {
        left: Math.max(0, Math.min(page.width - width, left)),
        top,
        width,
        height,
      };
      if (taken.some((other) => overlap(other, place))) continue;
      taken.push(place);
      return place;
    }
    return null;
  });
}

function overlap(a: Rect, b: Rect): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

// Finds things by what somebody types: every word must occur, earlier and whole matches first.

export interface Findable {
  name: string;
  group: string;
  note: string;
  /** What else it is looked for by; it is not shown. */
  words?: string;
}

export function scoreOf(name: string, query: string): number {
  const folded = name.toLowerCase();
  let score = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = folded.indexOf(word);
    if (at < 0) return -1;
    const starts = at === 0 || /[^a-z0-9]/.test(folded.charAt(at - 1));
    score += (starts ? 100 : 40) - Math.min(30, at);
  }
  return score - Math.min(20, folded.length / 10);
}

/** Best first within each group; groups keep their order. */
export function found<T extends Findable>(
  all: readonly T[],
  query: string,
  mostInGroup: number,
): T[] {
  if (!query.trim()) return cut(all, mostInGroup);
  const scored = all
    .map((item) => ({
      item,
      score: Math.max(
        scoreOf(item.name, query),
        scoreOf(`${item.name} ${item.note}`, query) - 30,
        item.words ? scoreOf(`${item.name} ${item.words}`, query) - 50 : -1,
      ),
    }))
    .filter((each) => each.score >= 0)
    .sort((a, b) => b.score - a.score)
    .map((each) => each.item);
  const groups = [...new Set(all.map((item) => item.group))];
  return cut(
    groups.flatMap((group) => scored.filter((item) => item.group === group)),
    mostInGroup,
  );
}

function cut<T extends Findable>(list: readonly T[], mostInGroup: number): T[] {
  const counts = new Map<string, number>();
  return list.filter((item) => {
    const number = (counts.get(item.group) ?? 0) + 1;
    counts.set(item.group, number);
    return number <= mostInGroup;
  });
}

// Arrow keys move among the marks of a chart, and Tab passes the chart as one thing.

export interface Roving {
  destroy(): void;
  update(): void;
}

const marksOf = (node: HTMLElement | SVGElement): HTMLElement[] => [
  ...node.querySelectorAll<HTMLElement>("[data-mark]:not(:disabled)"),
];

export function roving(node: HTMLElement | SVGElement): Roving {
  function settle(): void {
    const marks = marksOf(node);
    const current = marks.find((mark) => mark.tabIndex === 0) ?? marks[0];
    for (const mark of marks) mark.tabIndex = mark === current ? 0 : -1;
  }

  function onFocus(event: Event): void {
    const mark = (event.target as Element | null)?.closest<HTMLElement>(
      "[data-mark]:not(:disabled)",
    );
    if (!mark) return;
    for (const each of marksOf(node)) each.tabIndex = each === mark ? 0 : -1;
  }

  function onKey(event: Event): void {
    if (!(event instanceof KeyboardEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
    const marks = marksOf(node);
    const at = marks.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const next = marks[nextMark(marks, at, event.key)];
    if (event.key === "Enter" || event.key === " ") {
      // Marks of a drawing are no buttons by themselves.
      if (!(marks[at] instanceof HTMLButtonElement)) {
        event.preventDefault();
        marks[at]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      }
      return;
    }
    if (!next || next === marks[at]) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  const watcher = new MutationObserver(settle);
  watcher.observe(node, { childList: true, subtree: true });
  node.addEventListener("focusin", onFocus);
  node.addEventListener("keydown", onKey);
  settle();
  return {
    update: settle,
    destroy() {
      watcher.disconnect();
      node.removeEventListener("focusin", onFocus);
      node.removeEventListener("keydown", onKey);
    },
  };
}

/** Left and right in order; up and down to the same place of the row beside, by `data-mark`. */
function nextMark(marks: readonly HTMLElement[], at: number, key: string): number {
  if (key === "ArrowRight") return at + 1;
  if (key === "ArrowLeft") return at - 1;
  if (key === "Home") return 0;
  if (key === "End") return marks.length - 1;
  if (key !== "ArrowDown" && key !== "ArrowUp") return -1;
  const row = marks[at]?.dataset.mark ?? "";
  if (row === "") return key === "ArrowDown" ? at + 1 : at - 1;
  const place = marks.slice(0, at).filter((mark) => mark.dataset.mark === row).length;
  const rows = [...new Set(marks.map((mark) => mark.dataset.mark))];
  const wanted = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
  if (wanted === undefined) return -1;
  const mates = marks.flatMap((mark, index) => (mark.dataset.mark === wanted ? [index] : []));
  return mates[Math.min(place, mates.length - 1)] ?? -1;
}

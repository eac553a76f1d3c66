/** The button that is broken on purpose. */
export function breakOnClick(): void {
  document.querySelector("#chart")?.addEventListener("click", () => {
    const sizes: { chart?: { rows: number } } = {};
    const rows = (sizes.chart as { rows: number }).rows;
    document.title = `${rows} sizes`;
  });
}

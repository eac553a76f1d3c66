// Does one thing after the other, a few at a time: what a server lets wait has a limit.

/** Ends when all are done; a deed that fails ends it. */
export async function fewAtOnce<T>(
  list: readonly T[],
  most: number,
  deed: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...list];
  async function next(): Promise<void> {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await deed(item);
  }
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, next));
}

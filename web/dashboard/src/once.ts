// Chunks of one recording, for several who read them: the player and the lists beside it.
import type { Chunk } from "./player/index.ts";

/** Texts are kept up to so many letters in all; the oldest go first, and would be loaded again. */
const LETTERS_MAX = 32 * 1024 * 1024;

/**
 * Loads each chunk once, whoever asks and how often. It goes on when one of them asks no more;
 * one that could not be loaded is tried again when it is asked for again.
 */
export function loadOnce(
  load: (chunk: Chunk) => Promise<string>,
  lettersMax = LETTERS_MAX,
): (chunk: Chunk) => Promise<string> {
  const held = new Map<string, Promise<string>>();
  const sizes = new Map<string, number>();
  let letters = 0;
  function keep(name: string, size: number): void {
    sizes.set(name, size);
    letters += size;
    for (const [oldest, of] of sizes) {
      if (letters <= lettersMax) return;
      letters -= of;
      sizes.delete(oldest);
      held.delete(oldest);
    }
  }
  return (chunk) => {
    const { window, sequence, last_sequence, keyframe } = chunk;
    const name = `${window} ${sequence} ${last_sequence} ${keyframe}`;
    const known = held.get(name);
    if (known) return known;
    const coming = load(chunk);
    held.set(name, coming);
    coming.then(
      (text) => keep(name, text.length),
      () => held.delete(name),
    );
    return coming;
  };
}

/** The player core: plain TypeScript around `@rrweb/replay`, without Svelte. */
export { attach } from "./attach";
export { openPicture, type Picture, type PictureSource } from "./picture";
export type {
  Chunk,
  Gap,
  Page,
  Player,
  PlayerEvents,
  RecordingSource,
  State,
  Stretch,
} from "./types";

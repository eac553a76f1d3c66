/** The browser's own timer, as it was before the page could put another in its place. */
export const later = setTimeout;

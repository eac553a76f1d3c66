/** The class of device that the browser tells of itself, as the server names it. */
export function deviceClass({ userAgent, maxTouchPoints }: Navigator): string {
  // Tablets of one maker say that they are computers, and are told by fingers.
  const isTablet =
    /iPad|Tablet|PlayBook|Silk|Android(?!.*Mobi)/i.test(userAgent) ||
    (userAgent.includes("Macintosh") && maxTouchPoints > 1);
  return isTablet ? "tablet" : /Mobi|iPhone|iPod/i.test(userAgent) ? "phone" : "desktop";
}

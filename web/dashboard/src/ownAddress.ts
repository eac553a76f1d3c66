// The address that marks a browser as one of those who work on a site, or takes the mark off.

const LOCAL = /^(localhost|127\.|\[::1\])/;

/** Of a page on one of the site's hosts; `demoShop` is where the demo shop is served, for its site. */
export function ownAddress(host: string, mark: "0" | "1", demoShop: string | null): string {
  if (!LOCAL.test(host)) return `https://${host}/?hm_me=${mark}`;
  const port = demoShop ? new URL(demoShop).port : "";
  return `http://${host}${port && `:${port}`}/?hm_me=${mark}`;
}

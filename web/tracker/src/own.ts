/**
 * The file for own traffic (`/i.js`): loaded only in a browser that asked not to be counted, or asks
 * now. `?hm_me=1` sets the mark, `?hm_me=0` takes it off, each says so on the page and leaves the
 * address. The mark lies in the site's own local storage, names nobody, and is sent nowhere.
 */
const asked = /[?&#]hm_me=?(\w*)/.exec(location.search + location.hash);

if (asked) {
  const isOff = asked[1] === "0";
  let says = isOff
    ? "Visits from this browser are counted on this site again, from the next page on."
    : "Visits from this browser are not counted on this site any more.";
  try {
    if (isOff) localStorage.removeItem("hm_me");
    else localStorage.setItem("hm_me", "1");
  } catch {
    says = "This browser keeps nothing for this site, so its visits cannot be left out.";
  }
  // The address may be handed on; what it asked for was asked of this browser.
  const url = new URL(location.href);
  url.searchParams.delete("hm_me");
  if (url.hash.includes("hm_me")) url.hash = "";
  history.replaceState(history.state, "", url);
  say(says);
}

/** A notice that goes with a click, out of the reach of the page's styles. */
function say(text: string): void {
  const host = document.createElement("div");
  host.setAttribute("data-hm-block", "own");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "p{position:fixed;z-index:2147483647;inset:auto 16px 16px auto;max-width:min(360px,100vw - 32px);" +
      "box-sizing:border-box;margin:0;padding:12px 16px;border-radius:8px;background:#16181d;" +
      "color:#fff;font:14px/20px system-ui,sans-serif;box-shadow:0 4px 24px #0006}" +
      "button{display:block;margin-top:8px;padding:6px 12px;border:1px solid #fff8;" +
      "border-radius:6px;background:none;color:inherit;font:inherit;cursor:pointer}",
  );
  root.adoptedStyleSheets = [sheet];
  const notice = document.createElement("p");
  notice.setAttribute("role", "status");
  notice.textContent = text;
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => host.remove());
  notice.append(close);
  root.append(notice);
  (document.body ?? document.documentElement).append(host);
}

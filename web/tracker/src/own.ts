/**
 * The file for own traffic (`/i.js`): loaded only where the address says `?hm_me=1` or `?hm_me=0`. The
 * first asks whether this browser is to be left out, because anybody can make somebody follow a link:
 * only a click sets the mark. The second takes it off. Both leave the address. The mark lies in the
 * site's own local storage, names nobody, and is sent nowhere.
 */
const MARK = "hm_me";
const asked = /[?&]hm_me=([01])(?=&|$)/.exec(location.search);

if (asked) {
  // The address may be handed on; what it asked for was asked of this browser.
  const url = new URL(location.href);
  url.searchParams.delete(MARK);
  history.replaceState(history.state, "", url);
  if (asked[1] === "1") {
    say(
      "Do you work on this site? Visits from this browser can be left out of its numbers.",
      () => {
        localStorage.setItem(MARK, "1");
        return "Visits from this browser are not counted on this site any more, from the next page on.";
      },
    );
  } else {
    say(
      keep(() => {
        localStorage.removeItem(MARK);
        return "Visits from this browser are counted on this site, from the next page on.";
      }),
    );
  }
}

/** What the work says, or that nothing can be kept. */
function keep(work: () => string): string {
  try {
    return work();
  } catch {
    return "This browser keeps nothing for this site, so its visits cannot be left out.";
  }
}

/** A notice that goes with a click, out of the reach of the page's styles. */
function say(text: string, leaveOut?: () => string): void {
  const host = document.createElement("div");
  host.setAttribute("data-hm-block", "own");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "section{position:fixed;z-index:2147483647;inset:auto 16px 16px auto;max-width:min(360px,100vw - 32px);" +
      "box-sizing:border-box;padding:12px 16px;border-radius:8px;background:#16181d;" +
      "color:#fff;font:14px/20px system-ui,sans-serif;box-shadow:0 4px 24px #0006}p{margin:0}" +
      "button{margin:8px 8px 0 0;padding:6px 12px;border:1px solid #fff8;" +
      "border-radius:6px;background:none;color:inherit;font:inherit;cursor:pointer}",
  );
  root.adoptedStyleSheets = [sheet];
  const notice = document.createElement("section");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = text;
  const button = (words: string, pressed: () => void) => {
    const made = document.createElement("button");
    made.textContent = words;
    made.addEventListener("click", pressed);
    notice.append(made);
    return made;
  };
  notice.append(said);
  if (leaveOut) {
    const mark = button("Do not count this browser", () => {
      said.textContent = keep(leaveOut);
      mark.remove();
    });
  }
  button("Close", () => host.remove());
  root.append(notice);
  (document.body ?? document.documentElement).append(host);
}

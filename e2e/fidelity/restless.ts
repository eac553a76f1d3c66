// A page that changes in every way a recorder knows, in an order that a seed decides: what nobody
// thought of writing a fixture for.

/** The page; `window.change(count)` changes it so often. */
export function restlessPage(seed: number, snippet: string): string {
  return `<!doctype html><html lang="en"><head><title>Restless</title><link rel="icon" href="data:,">
<style id="sheet">#root > * { border: 1px solid #ccc } .a { color: red } .b { color: blue } @media all { .c { color: green } }</style>
<style id="empty"></style></head><body><div id="root"></div><form id="form">
<input id="text"><input id="box" type="checkbox"><input name="r" type="radio" value="1"><input name="r" type="radio" value="2">
<select id="select"><option value="x">x</option><option value="y">y</option></select><textarea id="area">one</textarea></form>
<div id="scroll" style="height:100px;width:100px;overflow:auto"><div style="height:900px;width:900px"></div></div>
<div style="height:3000px"></div><script>(${restless.toString()})(${seed})</script>${snippet}</body></html>`;
}

/** Runs in the page. */
function restless(seed: number): void {
  let state = seed >>> 0 || 1;
  const random = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
  const pick = <T>(from: ArrayLike<T>): T => from[random(from.length)] as T;
  const root = document.querySelector("#root") as HTMLElement;
  const sheets: CSSStyleSheet[] = [];
  let made = 0;
  const create = (): Node => {
    made += 1;
    switch (random(9)) {
      case 0:
        return document.createTextNode(`text ${made}`);
      case 1: {
        const style = document.createElement("style");
        style.textContent = `.s${made} { margin: ${random(9)}px }`;
        return style;
      }
      case 2: {
        const host = document.createElement("div");
        host.attachShadow({
          mode: "open",
        }).innerHTML = `<style>p { margin: ${random(9)}px }</style><p>shadow ${made}<slot></slot></p>`;
        return host;
      }
      case 3: {
        const field = document.createElement("input");
        field.value = "made";
        return field;
      }
      case 4: {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.innerHTML = `<rect width="${random(50)}" height="9"></rect>`;
        return svg;
      }
      default: {
        const element = document.createElement(pick(["p", "div", "section", "b", "x-made"]));
        element.className = pick(["a", "b", "c", "a b"]);
        element.append(`element ${made}`);
        return element;
      }
    }
  };
  const places = (): Element[] => {
    const shadows = [...root.querySelectorAll("div")].flatMap(({ shadowRoot }) =>
      shadowRoot ? [...shadowRoot.querySelectorAll("p")] : [],
    );
    const frames = [...root.querySelectorAll("iframe")].flatMap(({ contentDocument }) =>
      contentDocument?.body ? [contentDocument.body] : [],
    );
    return [root, ...root.querySelectorAll("p, div, section, b"), ...shadows, ...frames];
  };
  /** Whether a place is in an element, also through shadow roots and frames. */
  const holds = (element: Element, place: Node): boolean => {
    for (let node: Node | null | undefined = place; node; ) {
      if (node === element) return true;
      if (node.nodeType === Node.DOCUMENT_NODE) node = (node as Document).defaultView?.frameElement;
      else node = node.parentNode ?? (node as ShadowRoot).host;
    }
    return false;
  };
  const insides = (): Element[] => places().flatMap((place) => [...place.children]);
  const rulesOf = (sheet: CSSStyleSheet | null): void => {
    if (!sheet) return;
    const rule = `.r${random(5)} { padding: ${random(20)}px; color: ${pick(["red", "blue"])} }`;
    const group = [...sheet.cssRules].find((one) => one instanceof CSSMediaRule) as
      | CSSMediaRule
      | undefined;
    const plain = [...sheet.cssRules].filter((one) => one instanceof CSSStyleRule);
    const length = sheet.cssRules.length;
    switch (random(5)) {
      case 0:
        sheet.insertRule(rule, random(length + 1));
        break;
      case 1:
        if (length > 1) sheet.deleteRule(random(length));
        break;
      case 2:
        if (group) group.insertRule(rule, random(group.cssRules.length + 1));
        else sheet.insertRule("@media all { .c { color: green } }", length);
        break;
      case 3:
        if (group?.cssRules.length) group.deleteRule(random(group.cssRules.length));
        break;
      default:
        if (plain.length)
          (pick(plain) as CSSStyleRule).style.setProperty("padding-left", `${random(9)}px`);
    }
  };
  const one = (): void => {
    const place = pick(places());
    const inside = insides();
    const some = inside.length ? pick(inside) : null;
    switch (random(18)) {
      case 0:
      case 1:
      case 2:
        place.insertBefore(create(), place.childNodes.length ? pick(place.childNodes) : null);
        break;
      case 3:
        if (inside.length > 25) some?.remove();
        break;
      case 4:
        if (some && !holds(some, place)) place.append(some);
        break;
      case 5: {
        const texts = [...place.childNodes].filter(({ nodeType }) => nodeType === 3);
        if (texts.length) (pick(texts) as Text).data = `changed ${random(99)}`;
        break;
      }
      case 6:
        some?.setAttribute(pick(["class", "width", "role", "open"]), pick(["a", "b", "12"]));
        break;
      case 7:
        some?.removeAttribute(pick(["class", "width", "style"]));
        break;
      case 8:
        (some as HTMLElement | null)?.style?.setProperty(
          pick(["color", "margin", "margin-left", "border-color", "--own"]),
          pick(["red", "3px", ""]),
          pick(["", "important"]),
        );
        break;
      case 9:
        some?.setAttribute(
          "style",
          "color: blue; margin: 1px 2px 3px 4px; padding: 1px; left: 3px",
        );
        break;
      case 10:
        rulesOf((document.querySelector(pick(["#sheet", "#empty"])) as HTMLStyleElement).sheet);
        break;
      case 11: {
        if (random(2) || !sheets.length) {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`.a { top: ${random(9)}px } .b { top: 1px }`);
          sheets.push(sheet);
        }
        const target = random(2) ? document : (root.querySelector("div")?.shadowRoot ?? document);
        target.adoptedStyleSheets = sheets.filter(() => random(3));
        break;
      }
      case 12:
        if (sheets.length) {
          if (random(3)) rulesOf(pick(sheets));
          else
            pick(sheets).replaceSync(`.a { top: ${random(9)}px } i::before { content: "}" } b {}`);
        }
        break;
      case 13:
        (document.querySelector("#scroll") as Element).scrollTo(random(300), random(300));
        break;
      case 14:
        scrollTo(0, random(1000));
        break;
      case 15: {
        const field = pick(document.querySelectorAll<HTMLInputElement>("input"));
        if (/checkbox|radio/.test(field.type)) field.checked = !field.checked;
        else field.value = `value ${random(9)}`;
        break;
      }
      case 16:
        if (random(2)) (document.querySelector("#area") as HTMLTextAreaElement).value = `${made}`;
        else (document.querySelector("#select") as HTMLSelectElement).value = pick(["x", "y"]);
        break;
      default:
        if (root.querySelectorAll("iframe").length < 3) {
          const frame = document.createElement("iframe");
          root.append(frame);
          const inner = frame.contentDocument;
          if (inner) inner.body.innerHTML = `<style>p { color: red }</style><p>frame ${made}</p>`;
        }
    }
  };
  (window as unknown as { change(count: number): void }).change = (count) => {
    for (let index = 0; index < count; index += 1) one();
  };
}

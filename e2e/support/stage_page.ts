// Runs in a page of the tests: rebuilds recordings as the player does, and writes down what a
// rebuilt page is, line by line, so that two of them can be compared.
import { Replayer } from "@rrweb/replay";
import { createAssets } from "../../web/dashboard/src/player/assets.ts";
import { events } from "../../web/dashboard/src/player/lines.ts";
import { BOX_RULES, createStage, type Stage } from "../../web/dashboard/src/player/stage.ts";

/** What applies a recording: our player, or @rrweb/replay as it is. */
export type Way = "player" | "rrweb";

declare global {
  interface Window {
    /** Rebuilds the lines in the frame with this name and shows that time. */
    rebuild(frame: string, lines: string, at_ms: number, way: Way): void;
    /** What is there now, line by line. */
    written(frame: string): string[];
  }
}

const stages = new Map<string, Stage | { destroy(): void; wrapper: HTMLElement }>();

window.rebuild = (name, lines, at_ms, way) => {
  stages.get(name)?.destroy();
  const frame = document.querySelector<HTMLIFrameElement>(`[name="${name}"]`);
  const root = frame?.contentDocument?.body;
  if (!root) throw new Error(`no frame ${name}`);
  const all = events(lines);
  if (way === "player") {
    const stage = createStage(root, all, {
      speed: 1,
      assets: createAssets([...BOX_RULES]),
      sized() {},
      broken() {},
    });
    if (!stage) throw new Error("these events cannot be shown");
    stage.show(at_ms);
    stages.set(name, stage);
    return;
  }
  const replayer = new Replayer(all as never, {
    root,
    triggerFocus: false,
    showWarning: false,
    useVirtualDom: false,
    insertStyleRules: [],
  });
  const first = Math.min(...all.map(({ timestamp }) => timestamp));
  replayer.pause(at_ms - first + 1);
  stages.set(name, replayer);
};

window.written = (name) => {
  const wrapper = stages.get(name)?.wrapper;
  const inner = wrapper?.querySelector("iframe")?.contentDocument;
  if (!wrapper || !inner) throw new Error(`nothing in ${name}`);
  const pointer = wrapper.querySelector<HTMLElement>(".replayer-mouse");
  const lines = [
    `pointer ${pointer?.style.left} ${pointer?.style.top}`,
    `size ${wrapper.querySelector("iframe")?.width} ${wrapper.querySelector("iframe")?.height}`,
  ];
  document_(inner, "", lines);
  return lines;
};

/** A document with its scroll position and sheets. */
function document_(inner: Document, path: string, lines: string[]): void {
  const view = inner.defaultView;
  lines.push(`${path}# ${view?.scrollX} ${view?.scrollY}`);
  adopted(inner, path, lines);
  children(inner, path, lines);
}

function adopted(root: Document | ShadowRoot, path: string, lines: string[]): void {
  for (const sheet of root.adoptedStyleSheets) {
    lines.push(`${path}adopted ${rules(sheet)}`);
  }
}

function rules(sheet: CSSStyleSheet): string {
  return [...sheet.cssRules].map(({ cssText }) => cssText).join("\n");
}

function children(parent: Node, path: string, lines: string[]): void {
  let index = 0;
  for (const child of parent.childNodes) {
    if (isOurs(child)) continue;
    const here = `${path}${index}`;
    index += 1;
    if (child.nodeType === Node.ELEMENT_NODE) element(child as HTMLElement, here, lines);
    else if (child.nodeType === Node.DOCUMENT_TYPE_NODE) lines.push(`${here} !${child.nodeName}`);
    else lines.push(`${here} ${child.nodeType} ${JSON.stringify(child.textContent)}`);
  }
}

/** The sheet that the replayer puts into each document. */
function isOurs(node: Node): boolean {
  return (
    node.nodeName === "STYLE" &&
    node.parentNode?.nodeName === "HTML" &&
    !node.firstChild &&
    rules((node as HTMLStyleElement).sheet as CSSStyleSheet).includes("rr-block")
  );
}

/** What a browser shows in a frame that nothing was put into; a replayer may take it away. */
function isBlank({ documentElement }: Document): boolean {
  return (
    !documentElement || documentElement.outerHTML === "<html><head></head><body></body></html>"
  );
}

function element(of: HTMLElement, path: string, lines: string[]): void {
  lines.push(
    `${path} <${of.namespaceURI === "http://www.w3.org/2000/svg" ? "svg:" : ""}${of.localName}>`,
  );
  const attributes = [...of.attributes]
    .filter(({ name }) => !name.startsWith("rr_") && name !== "style" && name !== "class")
    .map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
  lines.push(`${path} ${attributes.sort().join(" ")}`);
  lines.push(`${path} .${[...of.classList].sort().join(" .")}`);
  const style = [...(of.style ?? [])].map(
    (name) => `${name}:${of.style.getPropertyValue(name)}!${of.style.getPropertyPriority(name)}`,
  );
  if (style.length) lines.push(`${path} style ${style.sort().join(";")}`);
  if (of.scrollLeft || of.scrollTop) lines.push(`${path} scroll ${of.scrollLeft} ${of.scrollTop}`);
  for (const name of ["value", "checked", "selectedIndex", "open", "defaultValue"] as const) {
    const value = (of as unknown as Record<string, unknown>)[name];
    if (value !== undefined) lines.push(`${path} ${name} ${JSON.stringify(value)}`);
  }
  if (of.localName === "dialog") lines.push(`${path} modal ${of.matches(":modal")}`);
  const { sheet } = of as HTMLStyleElement;
  if (sheet) lines.push(`${path} rules ${rules(sheet)}`);
  if (of.shadowRoot) {
    lines.push(`${path} shadow`);
    adopted(of.shadowRoot, `${path}~`, lines);
    children(of.shadowRoot, `${path}~`, lines);
  }
  const { contentDocument } = of as HTMLIFrameElement;
  if (of.localName === "iframe" && contentDocument && !isBlank(contentDocument))
    document_(contentDocument, `${path}>`, lines);
  // A sheet's text stands in its rules, a field's in its value.
  if (!/^(style|textarea)$/.test(of.localName)) children(of, `${path}/`, lines);
}

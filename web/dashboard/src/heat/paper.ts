// Paints a rebuilt page on a canvas, for the file that is saved: what no frame lets go out as a
// picture is painted anew from its parts. Colours, edges, pictures, drawings and words at their
// places, in the order of their layers and cut where what they are in cuts them; shadows, gradients,
// turned and blended things, frames and canvases are left out.

const WORDS_MAX = 30_000;
const ELEMENTS_MAX = 60_000;

/** What is shown of the page at a place of the tree; null where nothing is cut. */
type Cut = Place | null;

interface Leaf {
  node: Node;
  cut: Cut;
}

/** A node, with what cuts it, and what cuts those in it that hang on something further out. */
interface Branch extends Leaf {
  held: Cut;
}

/** An element that lies over or under what is beside it. */
interface Layer extends Branch {
  level: number;
}

interface Left {
  words: number;
  elements: number;
}

/** Paints the page; resolves when its pictures are painted too. */
export async function paintPage(
  context: CanvasRenderingContext2D,
  document: Document,
  { width, height }: { width: number; height: number },
): Promise<void> {
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  const left: Left = { words: WORDS_MAX, elements: ELEMENTS_MAX };
  const root = { node: document.documentElement, cut: null, held: null };
  await paintLayer(context, root, left);
}

/** Paints an element with all in it: layers below, what stands in the flow, layers above. */
async function paintLayer(
  context: CanvasRenderingContext2D,
  root: Branch,
  left: Left,
): Promise<void> {
  const { flow, layers } = partsOf(root, left);
  // Sorting keeps the order of the page among those on one level.
  layers.sort((one, other) => one.level - other.level);
  const [own, ...rest] = flow;
  if (own) await paintLeaf(context, own, left);
  for (const layer of layers) if (layer.level < 0) await paintLayer(context, layer, left);
  for (const leaf of rest) await paintLeaf(context, leaf, left);
  for (const layer of layers) if (layer.level >= 0) await paintLayer(context, layer, left);
}

/** What of an element stands in its flow, itself first, and what are layers of their own. */
function partsOf(root: Branch, left: Left): { flow: Leaf[]; layers: Layer[] } {
  const [flow, layers]: [Leaf[], Layer[]] = [[], []];
  const stack: Branch[] = [root];
  for (let branch = stack.pop(); branch; branch = stack.pop()) {
    const { node } = branch;
    if (isText(node)) {
      flow.push(branch);
      continue;
    }
    if (!isElement(node) || left.elements <= 0) continue;
    const style = styleOf(node);
    if (!style || style.display === "none" || style.opacity === "0") continue;
    const isHung = style.position !== "static" && style.position !== "";
    if (isHung && node !== root.node) {
      const cut =
        style.position === "fixed"
          ? null
          : style.position === "absolute"
            ? branch.held
            : branch.cut;
      layers.push({ ...branch, cut, level: Number.parseInt(style.zIndex, 10) || 0 });
      continue;
    }
    left.elements -= 1;
    flow.push(branch);
    // What is drawn as a whole has no children of its own.
    if (node.localName === "svg") continue;
    const cut = cutBy(node, style, branch.cut);
    const held = isHung || !isUnmoved(style) ? cut : branch.held;
    const children = [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes];
    for (const child of children.reverse()) stack.push({ node: child, cut, held });
  }
  return { flow, layers };
}

function isUnmoved({ transform }: CSSStyleDeclaration): boolean {
  return transform === "none" || transform === "" || transform === undefined;
}

/** What is shown of what is in an element. The page itself shows all: it has no window here. */
function cutBy(element: Element, style: CSSStyleDeclaration, cut: Cut): Cut {
  const cuts = (overflow: string) => overflow !== "visible" && overflow !== "";
  const [across, down] = [cuts(style.overflowX), cuts(style.overflowY)];
  const isPage = element.localName === "html" || element.localName === "body";
  if ((!across && !down) || isPage) return cut;
  const box = element.getBoundingClientRect();
  const far = 1e6;
  const whole = cut ?? { left: -far, top: -far, width: 2 * far, height: 2 * far };
  const left = across ? Math.max(whole.left, box.left) : whole.left;
  const top = down ? Math.max(whole.top, box.top) : whole.top;
  const right = Math.min(whole.left + whole.width, across ? box.left + box.width : far);
  const bottom = Math.min(whole.top + whole.height, down ? box.top + box.height : far);
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** Paints one node, and nothing of what is in it. */
async function paintLeaf(
  context: CanvasRenderingContext2D,
  { node, cut }: Leaf,
  left: Left,
): Promise<void> {
  if (cut && (cut.width === 0 || cut.height === 0)) return;
  if (cut) {
    context.save();
    context.beginPath();
    context.rect(cut.left, cut.top, cut.width, cut.height);
    context.clip();
  }
  if (isText(node)) left.words -= paintWords(context, node, left.words);
  else if (isElement(node)) {
    const style = styleOf(node);
    if (style?.visibility === "visible") await paintElement(context, node, style);
  }
  if (cut) context.restore();
}

// The nodes are of the frame's own world: none of them is an instance of this one's classes.
function isText(node: Node): node is Text {
  return node.nodeType === 3;
}

function isElement(node: Node): node is HTMLElement {
  return node.nodeType === 1;
}

function styleOf(element: Element): CSSStyleDeclaration | null {
  return element.ownerDocument.defaultView?.getComputedStyle(element) ?? null;
}

/** Whether nothing is to be seen of a computed colour. */
export function isClear(colour: string): boolean {
  return colour === "transparent" || /^rgba\(.*,\s*0\)$|\/\s*0\)$/.test(colour);
}

async function paintElement(
  context: CanvasRenderingContext2D,
  element: HTMLElement,
  style: CSSStyleDeclaration,
): Promise<void> {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (!(width > 0 && height > 0)) return;
  const round = Number.parseFloat(style.borderTopLeftRadius) || 0;
  if (!isClear(style.backgroundColor)) {
    context.fillStyle = style.backgroundColor;
    context.beginPath();
    context.roundRect(left, top, width, height, Math.min(round, width / 2, height / 2));
    context.fill();
  }
  const place = { left, top, width, height };
  await paintBackground(context, style, { place, round });
  paintEdges(context, style, place);
  if (element.localName === "img") {
    const image = element as HTMLImageElement;
    if (image.complete && image.naturalWidth > 0) {
      paintPicture(context, image, { place, round, fit: style.objectFit });
    }
  } else if (element.localName === "svg") {
    await paintDrawing(context, element, { left, top, width, height });
  } else if (element.localName === "input") {
    const { placeholder, type } = element as HTMLInputElement;
    if (placeholder && type !== "password" && type !== "hidden") {
      paintLine(context, placeholder, style, { left: left + 8, top, width, height });
    }
  } else if (element.localName === "select") {
    const chosen = (element as HTMLSelectElement).selectedOptions[0]?.text ?? "";
    paintLine(context, chosen, style, { left: left + 8, top, width, height });
  }
}

/** The size at which a picture fits into a place, by what CSS calls it. */
export function fitted(
  natural: { width: number; height: number },
  { width, height }: { width: number; height: number },
  fit: string,
): { width: number; height: number } {
  const [across, down] = [width / natural.width, height / natural.height];
  switch (fit) {
    case "cover":
      return scaled(natural, Math.max(across, down));
    case "contain":
      return scaled(natural, Math.min(across, down));
    case "scale-down":
      return scaled(natural, Math.min(1, across, down));
    case "none":
      return natural;
  }
  return { width, height };
}

function scaled({ width, height }: { width: number; height: number }, by: number) {
  return { width: width * by, height: height * by };
}

/** Paints a picture in the middle of its place, cut at its edges. */
function paintPicture(
  context: CanvasRenderingContext2D,
  image: HTMLImageElement,
  { place, round, fit }: { place: Place; round: number; fit: string },
): void {
  const { left, top, width, height } = place;
  const natural = { width: image.naturalWidth, height: image.naturalHeight };
  const size = fitted(natural, place, fit);
  context.save();
  context.beginPath();
  context.roundRect(left, top, width, height, Math.min(round, width / 2, height / 2));
  context.clip();
  context.drawImage(
    image,
    left + (width - size.width) / 2,
    top + (height - size.height) / 2,
    size.width,
    size.height,
  );
  context.restore();
}

/** A picture of the recording that lies behind an element. */
async function paintBackground(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  { place, round }: { place: Place; round: number },
): Promise<void> {
  const [, address] = /url\("(blob:[^"]+)"\)/.exec(style.backgroundImage) ?? [];
  if (!address) return;
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    return;
  }
  const size = style.backgroundSize;
  const fit = size === "cover" || size === "contain" ? size : size === "auto" ? "none" : "fill";
  paintPicture(context, image, { place, round, fit });
}

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

function paintEdges(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  { left, top, width, height }: Place,
): void {
  const edge = (side: string): [number, string] => {
    const kind = style.getPropertyValue(`border-${side}-style`);
    const thick = Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) || 0;
    return [kind === "none" ? 0 : thick, style.getPropertyValue(`border-${side}-color`)];
  };
  const [above, right, below, before] = ["top", "right", "bottom", "left"].map(edge) as [
    [number, string],
    [number, string],
    [number, string],
    [number, string],
  ];
  const bar = ([thick, colour]: [number, string], x: number, y: number, w: number, h: number) => {
    if (thick <= 0 || isClear(colour)) return;
    context.fillStyle = colour;
    context.fillRect(x, y, w, h);
  };
  bar(above, left, top, width, above[0]);
  bar(below, left, top + height - below[0], width, below[0]);
  bar(before, left, top, before[0], height);
  bar(right, left + width - right[0], top, right[0], height);
}

/** A drawing is a picture of its own; one that cannot be read stays blank. */
async function paintDrawing(
  context: CanvasRenderingContext2D,
  element: Element,
  { left, top, width, height }: Place,
): Promise<void> {
  const copy = element.cloneNode(true) as Element;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const colour = styleOf(element)?.color;
  if (colour) copy.setAttribute("color", colour);
  for (const foreign of copy.querySelectorAll("foreignObject,image,use")) foreign.remove();
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  try {
    await image.decode();
    context.drawImage(image, left, top, width, height);
  } catch {
    // Its place stays as it is.
  }
}

/** Paints the words of a text where each stands; how many there were. */
function paintWords(context: CanvasRenderingContext2D, node: Text, most: number): number {
  const parent = node.parentElement ?? (node.getRootNode() as ShadowRoot).host;
  const style = parent ? styleOf(parent) : null;
  if (style?.visibility !== "visible" || isClear(style.color)) return 0;
  const range = node.ownerDocument.createRange();
  let words = 0;
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    if (++words > most) break;
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    if (width > 0) paintLine(context, word, style, { left, top, width, height });
  }
  return words;
}

function paintLine(
  context: CanvasRenderingContext2D,
  text: string,
  style: CSSStyleDeclaration,
  { left, top, width, height }: Place,
): void {
  context.font = style.font;
  context.fillStyle = style.color;
  if (style.letterSpacing !== "normal") context.letterSpacing = style.letterSpacing;
  const shown = style.textTransform === "uppercase" ? text.toUpperCase() : text;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } =
    context.measureText(shown);
  const baseline = top + (height + above - below) / 2;
  context.fillText(shown, left, baseline);
  if (style.textDecorationLine.includes("underline")) {
    context.fillRect(left, baseline + 2, width, 1);
  }
  context.letterSpacing = "0px";
}

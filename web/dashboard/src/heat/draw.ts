// Draws heat on a canvas over the page: spots as a field, or bands across the page.
import { type Field, fieldOf, paintField, type Spot, strengthOf } from "./density.ts";

/** A stretch of the page's height with one step of heat. */
export interface Band {
  /** In pixels of the page. */
  from: number;
  to: number;
  /** 0 to 5. */
  step: number;
}

export type Layer = { spots: readonly Spot[] } | { bands: readonly Band[] };

/** Spots lie over the page once more with this much of their strength: dark places show them too. */
export const VEIL = 0.4;
/** More pixels than this are not painted; the picture is a little coarser then. */
const PIXELS_MAX = 5_000_000;

export type Colour = readonly [number, number, number];

/** Paints a layer over a page of this size; `scale` is how large the page is shown. */
export function drawLayer(
  canvas: HTMLCanvasElement,
  layer: Layer,
  {
    width,
    height,
    scale,
    colour,
  }: { width: number; height: number; scale: number; colour: Colour },
): void {
  // Two pixels for one of the screen: the steps have smooth edges then.
  const wanted = scale * 2;
  const fine = Math.min(wanted, Math.sqrt(PIXELS_MAX / Math.max(1, width * height)));
  canvas.width = Math.max(1, Math.round(width * fine));
  canvas.height = Math.max(1, Math.round(height * fine));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return;
  if ("bands" in layer) {
    for (const { from, to, step } of layer.bands) {
      context.fillStyle = `rgb(${colour.join(" ")} / ${strengthOf(step, "bands")})`;
      const top = Math.round(from * fine);
      context.fillRect(0, top, canvas.width, Math.round(to * fine) - top);
    }
    return;
  }
  const field: Field = fieldOf(layer.spots, width, height);
  const image = context.createImageData(canvas.width, canvas.height);
  paintField(field, image, fine, colour);
  context.putImageData(image, 0, 0);
}

/** The colour of a role in the style sheet, however the style sheet writes it. */
export function colourOf(node: Element, role: string): Colour {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return [0, 0, 0];
  context.fillStyle = getComputedStyle(node).getPropertyValue(role).trim();
  // A canvas gives it back as `#d25a00`.
  const [, red = "0", green = "0", blue = "0"] =
    /^#(..)(..)(..)$/.exec(String(context.fillStyle)) ?? [];
  return [red, green, blue].map((each) => Number.parseInt(each, 16)) as unknown as Colour;
}

/** Bands of a share by percent of the page: the same steps for equal fifths. */
export function reachBands(shares: readonly number[], height: number): Band[] {
  const bands: Band[] = [];
  for (let percent = 0; percent < 100; percent += 1) {
    // What is seen of the stretch from here to the next percent.
    const share = shares[percent + 1] ?? 0;
    const step = share <= 0 ? 0 : Math.min(5, Math.max(1, Math.ceil(share * 5)));
    const [from, to] = [(percent / 100) * height, ((percent + 1) / 100) * height];
    const last = bands.at(-1);
    if (last?.step === step) last.to = to;
    else bands.push({ from, to, step });
  }
  return bands;
}

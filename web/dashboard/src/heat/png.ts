// The picture of a heatmap as a file: the page, the heat, the zones with their numbers, the fold,
// how far sessions see, and over it what it is of. Two that stand side by side do so in the file.
import type { Picture } from "../player/index.ts";
import { type Colour, drawLayer, type Layer, VEIL } from "./draw.ts";
import { paintPage } from "./paper.ts";
import type { ZoneBox } from "./places.ts";
import { placePlates } from "./plates.ts";

const HEAD_PX = 64;
const REACH_PX = 64;
/** What is written on a zone or a fold is as high as this. */
const PLATE_PX = 20;
/** Browsers give up on larger canvases. */
const PIXELS_MAX = 16_000_000;
const SANS = "system-ui, sans-serif";

export interface Shown {
  picture: Picture;
  layer: Layer | null;
  zones: readonly { box: ZoneBox; text: string }[];
  fold: { at: number; text: string } | null;
  reach: readonly { at: number; text: string }[];
  /** What it is of, and what it was counted on. */
  title: string;
  note: string;
}

export interface Inks {
  heat: Colour;
  ink: Colour;
  paper: Colour;
}

const css = (colour: Colour): string => `rgb(${colour.join(" ")})`;

export async function heatmapPng(all: readonly Shown[], inks: Inks): Promise<Blob> {
  const wide = all.reduce((sum, { picture }) => sum + picture.width + REACH_PX, 0);
  const high = Math.max(...all.map(({ picture }) => picture.height + HEAD_PX));
  const scale = Math.min(1, Math.sqrt(PIXELS_MAX / (wide * high)));
  const sheets: HTMLCanvasElement[] = [];
  for (const shown of all) sheets.push(await paintSheet(shown, inks, scale));
  const whole = beside(sheets, inks);
  return new Promise((resolve, reject) => {
    whole.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("the picture is too large for this browser"));
    }, "image/png");
  });
}

function beside(sheets: readonly HTMLCanvasElement[], { paper }: Inks): HTMLCanvasElement {
  const whole = document.createElement("canvas");
  whole.width = sheets.reduce((sum, { width }) => sum + width, 0);
  whole.height = Math.max(...sheets.map(({ height }) => height));
  const context = whole.getContext("2d");
  if (!context) throw new Error("this browser gives no canvas to draw on");
  context.fillStyle = css(paper);
  context.fillRect(0, 0, whole.width, whole.height);
  let left = 0;
  for (const sheet of sheets) {
    context.drawImage(sheet, left, 0);
    left += sheet.width;
  }
  return whole;
}

async function paintSheet(shown: Shown, inks: Inks, scale: number): Promise<HTMLCanvasElement> {
  const { width, height, document: page } = shown.picture;
  const [wholeWidth, wholeHeight] = [width + REACH_PX, height + HEAD_PX];
  // Made by the page's document, whose fonts it then has.
  const canvas = page.createElement("canvas");
  canvas.width = Math.round(wholeWidth * scale);
  canvas.height = Math.round(wholeHeight * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser gives no canvas to draw on");
  context.scale(scale, scale);
  context.fillStyle = css(inks.paper);
  context.fillRect(0, 0, wholeWidth, wholeHeight);
  head(context, shown, inks);
  context.translate(0, HEAD_PX);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  await paintPage(context, page, { width, height });
  if (shown.layer) {
    const heat = document.createElement("canvas");
    drawLayer(heat, shown.layer, { width, height, scale, colour: inks.heat });
    context.globalCompositeOperation = "multiply";
    context.drawImage(heat, 0, 0, width, height);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = "spots" in shown.layer ? VEIL : 0;
    context.drawImage(heat, 0, 0, width, height);
    context.globalAlpha = 1;
  }
  marks(context, shown, inks);
  context.restore();
  context.fillStyle = css(inks.ink);
  context.font = `12px ${SANS}`;
  for (const { at, text } of shown.reach) {
    context.fillText(text, width + 10, Math.min(height - 4, Math.max(12, at * height)));
  }
  return canvas;
}

function head(context: CanvasRenderingContext2D, { title, note }: Shown, { ink }: Inks): void {
  context.fillStyle = css(ink);
  context.font = `600 16px ${SANS}`;
  context.fillText(title, 16, 27);
  context.font = `12px ${SANS}`;
  context.fillText(note, 16, 48);
}

function marks(
  context: CanvasRenderingContext2D,
  { picture, zones, fold }: Shown,
  { ink, paper }: Inks,
): void {
  context.font = `12px ${SANS}`;
  const wideOf = (text: string): number => context.measureText(text).width + 12;
  const plate = (text: string, left: number, top: number): void => {
    context.fillStyle = css(ink);
    context.fillRect(left, top, wideOf(text), PLATE_PX);
    context.fillStyle = css(paper);
    context.fillText(text, left + 6, top + 14);
  };
  const places = placePlates(
    zones.map(({ box, text }) => ({ box: box.box, width: wideOf(text), height: PLATE_PX })),
    picture,
  );
  context.strokeStyle = css(ink);
  context.lineWidth = 1.5;
  zones.forEach(({ box, text }, at) => {
    const { left, top, width, height } = box.box;
    // Over a dark place of the page the dark line is not seen alone.
    context.setLineDash([]);
    context.strokeStyle = css(paper);
    context.lineWidth = 3.5;
    context.strokeRect(left, top, width, height);
    context.strokeStyle = css(ink);
    context.lineWidth = 1.5;
    context.setLineDash([4, 3]);
    context.strokeRect(left, top, width, height);
    const place = places[at];
    if (place) plate(text, place.left, place.top);
  });
  if (fold) {
    context.setLineDash([8, 5]);
    context.beginPath();
    context.moveTo(0, fold.at);
    context.lineTo(picture.width, fold.at);
    context.stroke();
    const top = fold.at + PLATE_PX <= picture.height ? fold.at : fold.at - PLATE_PX;
    plate(fold.text, Math.max(0, picture.width - wideOf(fold.text)), top);
  }
  context.setLineDash([]);
}

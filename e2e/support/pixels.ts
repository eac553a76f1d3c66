// Pictures as pixels: how far two screenshots are apart, and pictures to serve. A browser reads and
// writes the files, so that nothing here knows their formats.
import type { Page } from "playwright-core";

const SIDE = 48;

/** Mean distance of two PNG files, brought to one size: 0 for equal ones, 1 for black and white. */
export function distance(page: Page, one: Buffer, other: Buffer): Promise<number> {
  const files = [one, other].map((file) => `data:image/png;base64,${file.toString("base64")}`);
  return page.evaluate(
    async ([all, side]) => {
      const pixels = await Promise.all(
        all.map(async (file) => {
          const image = new Image();
          image.src = file;
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = side;
          const context = canvas.getContext("2d") as CanvasRenderingContext2D;
          context.drawImage(image, 0, 0, side, side);
          return context.getImageData(0, 0, side, side).data;
        }),
      );
      const [a, b] = pixels as [Uint8ClampedArray, Uint8ClampedArray];
      let sum = 0;
      for (let at = 0; at < a.length; at++) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
      return sum / a.length / 255;
    },
    [files, SIDE] as const,
  );
}

/** A PNG file of stripes in these colours. */
export async function striped(page: Page, colours: readonly string[]): Promise<Buffer> {
  const url = await page.evaluate((all) => {
    const canvas = document.createElement("canvas");
    canvas.width = 120;
    canvas.height = 80;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    for (const [at, colour] of all.entries()) {
      context.fillStyle = colour;
      context.fillRect((at * canvas.width) / all.length, 0, canvas.width, canvas.height);
    }
    return canvas.toDataURL("image/png");
  }, colours as string[]);
  return Buffer.from(url.split(",")[1] ?? "", "base64");
}

import type { Lamp } from "./catalogue.ts";

const SVG = "http://www.w3.org/2000/svg";

const SHAPES: Record<Lamp["shape"], readonly string[]> = {
  arc: ["M40 175h60", "M70 175V60Q70 20 110 20T150 60", "M130 60h40l8 22h-56z"],
  ball: ["M75 175h50", "M100 175v-35", "M100 140a45 45 0 1 1 .1 0z"],
  cone: ["M100 10v60", "M85 70h30l35 65H50z", "M85 135a15 12 0 0 0 30 0"],
  tube: ["M70 178h60", "M94 178V22h12v156z", "M94 60h12M94 100h12M94 140h12"],
};

/** A drawing of the lamp, made in code so that the shop loads no picture. */
export function drawing(lamp: Lamp): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 200 190");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Drawing of ${lamp.name}`);
  const light = document.createElementNS(SVG, "circle");
  light.setAttribute("cx", "100");
  light.setAttribute("cy", "95");
  light.setAttribute("r", "82");
  light.setAttribute("fill", `hsl(${lamp.hue} 70% 90%)`);
  svg.append(light);
  for (const line of SHAPES[lamp.shape]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    path.setAttribute("fill", line.endsWith("z") ? `hsl(${lamp.hue} 55% 62%)` : "none");
    path.setAttribute("stroke", `hsl(${lamp.hue} 30% 25%)`);
    path.setAttribute("stroke-width", "3");
    svg.append(path);
  }
  return svg;
}

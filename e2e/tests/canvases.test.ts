// What canvases show is in a recording when the site wants it, and in the replay at every moment;
// what is masked, left out or of another origin is not, and without the option nothing is.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { keepPicture } from "../support/pictures.ts";
import { distance, striped } from "../support/pixels.ts";
import { openReplay, rebuilt } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { windowsOf } from "../support/windows.ts";
import { openWorld } from "../support/world.ts";

/** Two pictures are one for the eye below this, and a box and a picture are not above that. */
const SAME = 0.05;
const OTHER = 0.15;

let server: Server;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page with canvases, and with a picture of another origin that is drawn onto one. */
const pageOf = (site: Site, elsewhere: string) => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><title>Canvases</title><link rel="icon" href="data:,">
${snippetOf(server.origin, site.key, "persistent")}
<style>canvas { display: block; margin: 6px; width: 200px; height: 60px }</style></head><body>
<canvas id="flat" width="1600" height="480"></canvas><canvas id="deep" width="200" height="60"></canvas>
<div data-hm-mask><canvas id="masked" width="200" height="60"></canvas></div>
<div class="chat"><canvas id="ruled" width="200" height="60"></canvas></div>
<canvas id="foreign" width="200" height="60"></canvas>
<div id="wrap"><canvas id="later" width="200" height="60"></canvas></div><canvas id="marked" width="200" height="60"></canvas>
<div style="height: 3000px"></div><canvas id="below" width="200" height="60"></canvas>
<script>(${draw})(${JSON.stringify(`${elsewhere}/elsewhere.png`)})</script></body></html>`;

/** Runs in the page. */
function draw(elsewhere: string): void {
  const of = (id: string) => document.getElementById(id) as HTMLCanvasElement;
  const stripes = (id: string, colours: string[]) => {
    const canvas = of(id);
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    for (const [at, colour] of colours.entries()) {
      context.fillStyle = colour;
      context.fillRect((at * canvas.width) / colours.length, 0, canvas.width, canvas.height);
    }
  };
  for (const id of ["flat", "masked", "ruled", "later", "marked", "below"])
    stripes(id, ["#d00", "#00d"]);
  const image = new Image();
  image.onload = () =>
    of("foreign").getContext("2d")?.drawImage(image, 0, 0, of("foreign").width, 60);
  image.src = elsewhere;
  const deep = of("deep").getContext("webgl");
  const paint = () => {
    // What it shows is kept by nobody: it is painted anew for every frame.
    deep?.clearColor(0, 0.6, 0, 1);
    deep?.clear(deep.COLOR_BUFFER_BIT);
    if (deep) requestAnimationFrame(paint);
  };
  paint();
  document.addEventListener("click", () => {
    stripes("flat", ["#0a0", "#dd0", "#0a0"]);
    // The place of its pictures is overwritten with the attribute.
    of("flat").setAttribute("style", "outline: 2px solid black");
    // Hidden with what is drawn there: by a rule that begins to match further up, and by a mark.
    (of("wrap") as HTMLElement).className = "private";
    of("marked").setAttribute("data-hm-mask", "");
    for (const id of ["later", "marked"]) stripes(id, ["#0a0", "#dd0", "#0a0"]);
  });
}

interface Drawn {
  readonly id: number;
  readonly type: string;
  readonly data: string;
}

/** Pictures of canvases that came with a recording. */
async function drawnIn(site: Site, session: string): Promise<Drawn[]> {
  const windows = await windowsOf(server, owner, { site: site.id, session });
  return windows
    .flat()
    .map((line) => JSON.parse(line) as { data: { tag?: string; payload?: Drawn } })
    .flatMap(({ data }) => (data.tag === "hm-canvas" && data.payload ? [data.payload] : []));
}

/** Pictures that came until canvases were looked at twice more: a change of the page comes after them. */
async function turned(page: Page, site: Site, session: string): Promise<Drawn[]> {
  const role = `turn-${await page.evaluate(() => Math.round(performance.now()))}`;
  await page.evaluate(
    (said) =>
      new Promise<void>((done) => {
        const mark = () => {
          document.body.setAttribute("role", said);
          done();
        };
        setTimeout(() => requestAnimationFrame(mark), 2500);
      }),
    role,
  );
  await until("the change after it", 20_000, async () => {
    const windows = await windowsOf(server, owner, { site: site.id, session });
    return windows.flat().some((line) => line.includes(`"role":"${role}"`));
  });
  return drawnIn(site, session);
}

/** A visit of a site with canvases: a moment, a click, another moment. */
async function visited(
  site: Site,
  what: (page: Page, session: string, html: Loopback) => Promise<void>,
): Promise<void> {
  const painter = await browser.newPage();
  const picture = await striped(painter, ["#d00", "#00d", "#dd0"]);
  await painter.close();
  const other = await startLoopback((_request, response) => {
    response.writeHead(200, { "content-type": "image/png" }).end(picture);
  });
  const shop = await startLoopback((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(pageOf(site, other.origin));
  });
  const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
  try {
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(shop.origin);
    const session = await sessionOf(page);
    await recordingOf(owner, site, session);
    await what(page, session, shop);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    await shop.stop();
    await other.stop();
  }
}

async function withRules(name: string, rules: Record<string, unknown>): Promise<Site> {
  const site = await addSite(owner, name);
  const { settings } = site;
  await owner.send("PATCH", `sites/${site.id}`, {
    settings: { ...settings, rules: { ...settings.rules, ...rules } },
  });
  return site;
}

test("canvases are in the replay as they were, but for what is hidden", async () => {
  const site = await withRules("canvases", {
    record_canvas: true,
    mask: [".chat", ".private canvas"],
  });
  await visited(site, async (page, session) => {
    const live = new Map<string, Buffer>();
    const keep = async (name: string, id: string) =>
      live.set(name, await page.locator(id).screenshot());
    await keep("before", "#flat");
    for (const id of ["#deep", "#masked", "#ruled", "#foreign"]) await keep(id, id);
    await until(
      "the first pictures",
      20_000,
      async () => (await drawnIn(site, session)).length > 3,
    );
    await page.mouse.click(700, 30);
    await keep("after", "#flat");
    // What is marked after it was shown brings a new picture of the page, and after that those of the
    // canvases that may be seen: flat and deep.
    let before = 0;
    const drawn = await until("the pictures after the click", 60_000, async () => {
      const found = await turned(page, site, session);
      const isSame = found.length === before;
      before = found.length;
      return found.length > 5 && isSame && found;
    });
    // One of them was seen before and looks other now.
    const isOther = ({ id, data }: Drawn) =>
      drawn.some((each) => each.id === id && each.data !== data);
    expect(drawn.filter(isOther).length).toBeGreaterThan(1);
    // Two turns later nothing more has come.
    expect(await turned(page, site, session)).toEqual(drawn);
    await page.goto("about:blank");

    // A picture comes only when it is another one, or the page has a new one; what is hidden now came
    // once, before it was.
    const counts = new Map<number, number>();
    for (const { id } of drawn) counts.set(id, (counts.get(id) ?? 0) + 1);
    const times = [...counts.values()].sort();
    expect(times.slice(0, 3)).toEqual([1, 1, 2]);
    expect([2, 3]).toContain(times[3]);
    expect(new Set(drawn.map(({ type }) => type))).toEqual(new Set(["image/webp"]));

    const replay = await openReplay(browser, server, owner, { site: site.id, id: session });
    const eye = await replay.page.context().newPage();
    // A new picture of the page is a new document: it is looked for each time.
    const apart = async (name: string, id: string) => {
      const frame = (await rebuilt(replay.page)) ?? replay.frame;
      return distance(eye, live.get(name) as Buffer, await frame.locator(id).screenshot());
    };
    const shows = (name: string, id: string) =>
      until(`${name} in ${id}`, 20_000, async () => (await apart(name, id)) < SAME);
    await shows("after", "#flat");
    await shows("#deep", "#deep");
    for (const id of ["#masked", "#ruled", "#foreign"])
      expect(await apart(id, id)).toBeGreaterThan(OTHER);
    await keepPicture(replay.page, "replay-canvases");
    // Back, to every fifth of a second until it is the moment before the click.
    await replay.page.bringToFront();
    const position = replay.page.getByRole("slider", { name: "Position" });
    const end = Number(await position.getAttribute("max"));
    let at = 0;
    await until("the picture before the click", 60_000, async () => {
      at = (at + 200) % end;
      await position.fill(String(at));
      return (await apart("before", "#flat")) < SAME;
    });
    await position.fill(String(end));
    await shows("after", "#flat");
    await replay.close();
  });
});

test("without the option nobody looks at canvases, and with all text masked none is sent", async () => {
  for (const rules of [{}, { record_canvas: true, mask_text: true }]) {
    const site = await withRules(`no canvases ${Object.keys(rules).length}`, rules);
    await visited(site, async (page, session) => {
      const scripts: string[] = [];
      page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
      await page.reload();
      await page.mouse.click(700, 30);
      await page.evaluate(() => document.body.setAttribute("role", "feed"));
      await until("the last change", 20_000, async () => {
        const windows = await windowsOf(server, owner, { site: site.id, session });
        return windows.flat().some((line) => line.includes('"role":"feed"'));
      });
      if ("record_canvas" in rules)
        await until("the script of canvases", 10_000, () => scripts.includes("/r-canvas.js"));
      else expect(scripts).not.toContain("/r-canvas.js");
      expect(await drawnIn(site, session)).toEqual([]);
    });
  }
});

/**
 * Real Chromium: pages that change in every way while their picture is taken, and afterwards. What
 * a strict player makes of the recording is the page, node by node.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReplica, liveBody } from "./replica";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

/** A page whose rows move into a frame, one at a turn, from the moment the frame is there. */
const moving = `<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body><main>${Array.from(
  { length: 80 },
  (_, at) => `<p class="row-${at}">row ${at}</p>`,
).join(
  "",
)}</main><script type="module" src="/core.js"></script><script>(${move})()</script></body></html>`;

/** Runs in the page. */
function move(): void {
  const main = document.querySelector("main") as HTMLElement;
  setTimeout(() => {
    const [large, frame] = [document.createElement("iframe"), document.createElement("iframe")];
    document.body.append(frame, large);
    // Its picture is long in the making, and that of the other waits for it.
    if (large.contentDocument)
      large.contentDocument.body.innerHTML = "<p class='p'>x</p>".repeat(20_000);
    const go = () => {
      const row = main.firstElementChild;
      if (row) frame.contentDocument?.body.append(row);
      if (row) setTimeout(go, 4);
      else (window as { isOver?: boolean }).isOver = true;
    };
    go();
  }, 500);
}

/** Nodes, seed and changes; more of them with HITMETRIX_TEST_CASES. */
const WORLDS: (readonly [number, number, number])[] = [
  [60, 1, 120],
  [3000, 2, 200],
  [12_000, 3, 200],
  [12_000, 4, 200],
  ...Array.from(
    { length: Number(process.env.HITMETRIX_TEST_CASES ?? 0) },
    (_, at) => [[60, 1000, 6000, 20_000][at % 4] as number, at + 5, 200] as const,
  ),
];

/** A page of about so many nodes that is changed at random, from the moment it is there. */
const page = (nodes: number, seed: number, changes: number) => `<!doctype html><html><head>
<meta charset="utf-8"><title>t</title></head><body class="page"><main class="main">${Array.from(
  { length: Math.ceil(nodes / 6) },
  (_, at) =>
    `<div class="row-${at}"><b class="b">row ${at}</b> <span class="s"><i class="i">x</i></span></div>`,
).join("")}</main><script>(${storm})(${seed}, ${changes})</script>
<script type="module" src="/core.js"></script></body></html>`;

/** Changes the page at random, some of it at each of so many turns. Runs in the page. */
function storm(seed: number, turns: number): void {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let made = 0;
  const make = (size: number): HTMLElement => {
    const top = document.createElement(random(4) ? "div" : "section");
    top.className = `made-${made++}`;
    for (let at = 0; at < size; at++) {
      const one = document.createElement("p");
      one.className = `p-${made++}`;
      one.append(`text ${made}`, document.createComment("no"), document.createElement("br"));
      (random(3) ? top : ((top.lastElementChild as HTMLElement) ?? top)).append(one);
    }
    if (!random(5)) {
      const root = top.attachShadow({ mode: "open" });
      root.innerHTML = `<em class="e-${made++}">inside</em><slot></slot>`;
    }
    return top;
  };
  /** Elements that were taken out and may come back. */
  const out: Element[] = [];
  const pick = (): Element => {
    const main = document.querySelector("main") as HTMLElement;
    let at: Element = main;
    for (let depth = random(4); depth > 0; depth--) {
      const inner: ParentNode = at.shadowRoot && random(2) ? at.shadowRoot : at;
      at = inner.children[random(inner.children.length)] ?? at;
    }
    return at.nodeName === "SLOT" ? main : at;
  };
  const steps: (() => void)[] = [
    () => pick().append(make(random(8))),
    () => pick().prepend(make(random(4)), `words ${made++}`),
    () => {
      const at = pick();
      if (at.nodeName !== "MAIN") at.before(make(2));
    },
    () => {
      const at = pick();
      if (at.nodeName === "MAIN") return;
      at.remove();
      if (random(2)) out.push(at);
    },
    () => {
      const back = out.splice(random(out.length), 1)[0];
      const at = pick();
      if (back && !back.contains(at)) at.append(back);
    },
    () => {
      const [one, other] = [pick(), pick()];
      if (one.nodeName !== "MAIN" && !one.contains(other)) other.prepend(one);
    },
    () => {
      const at = pick();
      at.className = `named-${made++}`;
      at.setAttribute("style", `color: rgb(${random(255)} 0 0)`);
    },
    () => {
      for (const node of pick().childNodes) if (node.nodeType === 3) node.nodeValue = `t ${made++}`;
    },
    () => {
      const at = pick();
      if (at.nodeName !== "MAIN") at.replaceChildren(make(3), ...at.childNodes);
    },
    () => {
      const at = pick();
      if (at.nodeName !== "MAIN" && !random(20)) at.replaceWith(make(random(300)));
    },
    () => {
      // Out, changed while it is out, and back in the same turn.
      const at = pick();
      const parent = at.parentElement;
      if (!parent || at.nodeName === "MAIN") return;
      at.remove();
      at.append(make(1));
      at.firstElementChild?.remove();
      parent.append(at);
    },
    () => {
      const at = pick();
      if (at.nodeName === "DIV" && !at.shadowRoot && !random(3))
        at.attachShadow({ mode: "open" }).append(make(2), document.createElement("slot"));
    },
  ];
  let turn = 0;
  const go = () => {
    for (let count = random(6); count >= 0; count--) steps[random(steps.length)]?.();
    if (++turn < turns) setTimeout(go, random(3) ? 0 : random(60));
    else (window as { isOver?: boolean }).isOver = true;
  };
  go();
}

describe.skipIf(why !== "")("the page and its recording", { timeout: 240_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const compare = async (site: Site, tab: Page) => {
    await tab.waitForFunction(() => (window as { isOver?: boolean }).isOver, undefined, {
      timeout: 180_000,
    });
    let replica = createReplica();
    const live = await tab.evaluate(liveBody);
    await until(async () => {
      replica = createReplica();
      for (const event of site.events()) replica.play(event);
      return replica.errors.length || replica.body() === live;
    }).catch(() => {});
    expect(replica.errors).toEqual([]);
    expect(shorter(replica.body(), live)).toEqual(["", ""]);
  };

  const plays = (name: string, html: () => string) =>
    it(name, async () => {
      const site = await serve({ "/": html() });
      const context = await browser.newContext();
      try {
        const tab = await context.newPage();
        const errors: string[] = [];
        tab.on("pageerror", (error) => errors.push(error.message));
        await tab.goto(site.origin);
        await compare(site, tab);
        expect(errors).toEqual([]);
      } finally {
        await context.close();
        await site.close();
      }
    });
  for (const [nodes, seed, changes] of WORLDS)
    plays(`are the same after ${changes} changes at random on ${nodes} nodes, seed ${seed}`, () =>
      page(nodes, seed, changes),
    );
  plays("are the same while elements move into a frame", () => moving);
});

/** The first place where two texts differ, with a little around it. */
function shorter(one: string, other: string): [string, string] {
  if (one === other) return ["", ""];
  let at = 0;
  while (one[at] === other[at]) at++;
  const from = Math.max(0, at - 120);
  return [one.slice(from, at + 120), other.slice(from, at + 120)];
}

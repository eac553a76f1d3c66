/**
 * Runs in the page of `cargo xtask bench recorder`: what happens on it, by name. Each piece of work
 * resolves when it is over; how long that takes depends on frames, so the same with and without the
 * recorder is the number of changes, not the time.
 */
(() => {
  const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  const list = () => document.querySelector("#list");
  const storm = () => document.querySelector("#storm");

  /** Repeats `step` so many times, a frame apart. */
  async function frames(count, step) {
    for (let at = 0; at < count; at++) {
      step(at);
      await frame();
    }
  }

  /** `count` nodes: elements with a text in each, in one tree. */
  function nodes(count, label) {
    const top = document.createElement("div");
    top.className = "batch";
    for (let at = 1; at + 1 < count; at += 2) {
      const one = document.createElement("span");
      one.className = `part part-${at % 5}`;
      one.title = label;
      one.textContent = `${label} ${at}`;
      top.append(one);
    }
    return top;
  }

  /** Adds a batch, and takes the one before the last away. */
  const batches = (size) => () =>
    frames(40, (at) => {
      storm().append(size === 1 ? document.createElement("i") : nodes(size, `batch ${at}`));
      if (storm().childElementCount > 2) storm().firstElementChild.remove();
    });

  const work = {
    "batches of 1": batches(1),
    "batches of 50": batches(50),
    "batches of 500": batches(500),
    "500 nodes moved": () =>
      frames(20, () => {
        const cards = [...list().children].slice(0, 20);
        list().prepend(...cards.reverse());
      }),
    "attributes of 100 elements": () => {
      const all = [...list().querySelectorAll(".card")].slice(0, 100);
      return frames(120, (at) => {
        for (const [index, one] of all.entries()) {
          one.style.transform = `translateX(${(at + index) % 50}px)`;
          one.dataset.step = String(at);
        }
      });
    },
    "a drawing of 300 paths": async () => {
      const name = "http://www.w3.org/2000/svg";
      const drawing = document.createElementNS(name, "svg");
      for (let at = 0; at < 300; at++) drawing.append(document.createElementNS(name, "path"));
      storm().append(drawing);
      await frames(120, (step) => {
        for (const [index, path] of [...drawing.children].entries())
          path.setAttribute("d", `M0 ${index} L${(step * 3) % 100} ${index + 5}`);
      });
      drawing.remove();
    },
    "texts of 50 elements": () => {
      const texts = [...list().querySelectorAll(".head")].slice(0, 50);
      return frames(120, (at) => {
        for (const [index, one] of texts.entries())
          one.firstChild.data = `Item ${index}, step ${at}`;
      });
    },
    scrolling: () => frames(120, (at) => window.scrollTo(0, at * 80)),
    "style animations": async () => {
      const all = [...list().querySelectorAll(".icon")].slice(0, 200);
      for (const one of all) one.classList.add("turning");
      await frames(120, () => {});
      for (const one of all) one.classList.remove("turning");
    },
    "rules by script": async () => {
      const style = document.createElement("style");
      document.head.append(style);
      await frames(60, (at) => {
        for (let rule = 0; rule < 20; rule++)
          style.sheet.insertRule(`.made-${at}-${rule} { color: rgb(${at} 0 ${rule}) }`);
      });
    },
    "a sheet of 5,000 rules": async () => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = "/more.css";
      const loaded = new Promise((done) => link.addEventListener("load", done));
      document.head.append(link);
      await loaded;
      await frames(60, () => {});
    },
    "whole body replaced": async () => {
      const markup = document.body.innerHTML;
      document.body.innerHTML = markup;
      await frames(60, () => {});
    },
  };

  /** Longest time from an interaction to the next picture, of those since the last look. */
  let slowest = 0;
  new PerformanceObserver((entries) => {
    for (const { interactionId, duration } of entries.getEntries())
      if (interactionId) slowest = Math.max(slowest, duration);
  }).observe({ type: "event", durationThreshold: 16 });

  addEventListener("DOMContentLoaded", () => {
    document.addEventListener("click", ({ target }) => {
      if (target.id !== "act") return;
      storm().replaceChildren(nodes(200, `act ${performance.now() | 0}`));
    });
    document.addEventListener("input", ({ target }) => {
      if (target.id === "search") document.querySelector("#out").textContent = target.value;
    });
  });

  window.bench = {
    names: Object.keys(work),
    async run(name) {
      performance.mark(`begin ${name}`);
      await work[name]();
    },
    mark: (name) => performance.mark(name),
    slowest() {
      const found = slowest;
      slowest = 0;
      return found;
    },
  };
})();

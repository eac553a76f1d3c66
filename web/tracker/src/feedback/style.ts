/**
 * How a survey looks. The page's own rules stop at the host, and what would reach that is overruled:
 * an important rule inside a shadow root wins. Sides are logical, so that it turns with the language.
 */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: 2147483647 !important;
  inset: auto 16px 16px auto !important;
  display: block !important;
  max-width: calc(100vw - 32px) !important;
}
:host([hidden]) { display: none !important; }
:host([data-turned]) { inset: auto auto 16px 16px !important; }
:host([data-place="preview"]) { position: static !important; z-index: auto !important; max-width: none !important; }
* { box-sizing: border-box; margin: 0; font: inherit; color: inherit; letter-spacing: inherit; }
[hidden] { display: none !important; }
.all {
  --ground: #fff; --ink: #16181d; --soft: #555b66; --edge: #868c98; --hover: #f0f2f7;
  --main: #2e45bd; --on: #fff;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--ink);
}
.all.dark {
  --ground: #1c1f26; --ink: #eef0f4; --soft: #b3b9c5; --edge: #7f8694; --hover: #2a2e38;
  --main: #9db0ff; --on: #12141a;
}
.panel {
  position: relative; width: 360px; max-width: 100%;
  max-height: calc(100vh - 32px); max-height: calc(100dvh - 32px); overflow: auto;
  padding: 18px; border: 1px solid color-mix(in srgb, var(--edge) 45%, transparent);
  border-radius: 12px; background: var(--ground); box-shadow: 0 8px 32px rgb(0 0 0 / .22);
}
.panel:focus { outline: 0; }
#question { padding-inline-end: 32px; font-size: 16px; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
fieldset { border: 0; padding: 0; min-width: 0; }
button { cursor: pointer; }
.close {
  position: absolute; inset-block-start: 10px; inset-inline-end: 10px; display: grid; place-items: center;
  width: 32px; height: 32px; padding: 0; border: 0; border-radius: 8px; background: none; color: var(--soft);
}
.close:hover { background: var(--hover); color: var(--ink); }
svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; }
.scores { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 6px; margin-block-start: 14px; }
.scores.many { gap: 3px; }
.choices { display: grid; gap: 6px; margin-block-start: 14px; }
label.one { position: relative; display: block; cursor: pointer; }
label.one input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
label.one span {
  display: grid; place-items: center; min-height: 40px; padding: 0 2px; border: 1px solid var(--edge);
  border-radius: 8px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.choices label.one span { place-items: center start; padding: 8px 12px; }
label.one:hover span { background: var(--hover); }
label.one input:checked + span { border-color: var(--main); background: var(--main); color: var(--on); font-weight: 600; }
:is(button, textarea, .panel):focus-visible, label.one input:focus-visible + span { outline: 2px solid var(--main); outline-offset: 2px; }
.ends { display: flex; justify-content: space-between; gap: 16px; margin-block-start: 6px; color: var(--soft); font-size: 13px; }
.ends span:last-child { text-align: end; }
.more { margin-block-start: 14px; }
.more label, .more textarea { display: block; width: 100%; }
.more label { font-size: 14px; font-weight: 500; overflow-wrap: anywhere; }
textarea {
  min-height: 76px; margin-block-start: 6px; padding: 8px 10px; resize: vertical;
  border: 1px solid var(--edge); border-radius: 8px; background: var(--ground);
}
.send { min-height: 40px; margin-block-start: 14px; padding: 0 16px; border: 1px solid var(--main); border-radius: 8px; background: var(--main); color: var(--on); font-weight: 600; }
.send:disabled { border: 1px dashed var(--edge); background: none; color: var(--soft); cursor: default; }
.thanks { padding-inline-end: 32px; overflow-wrap: anywhere; }
.told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tab {
  min-height: 40px; padding: 0 14px; border: 1px solid var(--main); border-radius: 10px; background: var(--main);
  color: var(--on); font-weight: 600; box-shadow: 0 2px 12px rgb(0 0 0 / .2);
}
@media print {
  :host { display: none !important; }
}
@media (max-width: 420px) {
  .panel { width: calc(100vw - 32px); }
  .scores.many { grid-auto-flow: row; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 6px; }
}
@media (prefers-reduced-motion: no-preference) {
  :host(:not([data-place])) .panel { animation: come .18s ease-out; }
  @keyframes come { from { opacity: 0; transform: translateY(12px); } }
}
@media (forced-colors: active) {
  label.one input:checked + span { forced-color-adjust: none; border-color: Highlight; background: Highlight; color: HighlightText; }
}
`;

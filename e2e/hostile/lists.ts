// What browsers know, as lists: whatever of it could run, load, send or lead away is in here.

const words = (text: string) => text.trim().split(/\s+/);

/** Elements of HTML, present and past, and some of other languages. */
export const TAGS = words(`
  a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
  blockquote body br button canvas caption center cite code col colgroup command data datalist dd del
  details dfn dialog dir div dl dt embed fencedframe fieldset figcaption figure font footer form frame
  frameset h1 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend
  li link listing main map mark marquee math menu menuitem meta meter multicol nav nextid nobr noembed
  noframes noscript object ol optgroup option output p param permission picture plaintext portal pre
  progress q rb rp rt rtc ruby s samp script search section select selectedcontent slot small source
  spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead
  time title tr track tt u ul var video wbr webview xml xmp x-evil svg:script svg:style SCRIPT Style`);

/** Elements of SVG. */
export const DRAWN = words(`
  a animate animateColor animateMotion animateTransform audio canvas circle cursor discard feImage
  filter font-face-uri foreignObject g handler iframe image linearGradient link listener mask mpath
  path pattern script set source style svg switch symbol text textPath tref unknown use video view`);

/** Attributes that load, run, send or redirect somewhere, or did. */
export const ATTRIBUTES = words(`
  src srcset href xlink:href xml:base data poster background action formaction ping srcdoc lowsrc dynsrc
  codebase classid archive manifest cite longdesc profile usemap icon imagesrcset imagesizes content
  http-equiv rel as rr_src rr_dataURL rr_mediaState rr_width rr_open_mode rr_scrollTop _cssText style
  fill stroke filter mask clip-path marker-start marker-end cursor values to from by begin
  attributeName is nonce integrity crossorigin referrerpolicy fetchpriority loading blocking target
  download allow sandbox csp name id value title onerror onload onfocus onclick onbegin ontoggle
  onpageshow onanimationstart ontransitionend onbeforetoggle onscrollend OnPointerOver autofocus
  popover popovertarget commandfor command invoketarget form list requiredextensions shadowrootmode
  itemid itemtype itemprop about property resource typeof vocab data-hm-box data-hm-show
  attributionsrc browsingtopics sharedstoragewritable privatetoken credentialless`);

/** What an address may begin with. */
export const SCHEMES = words(`
  http: https: // /\\ \\\\ javascript: JaVaScRiPt: java&#115;cript: vbscript: livescript: mocha:
  data:text/html, data:image/svg+xml, data:application/xhtml+xml, data:,  file: filesystem: blob: about:
  view-source: jar: feed: ftp: ws: wss: mailto: tel: sms: intent: ms-appx: chrome: resource:
  moz-extension: chrome-extension: cid: mid: urn: magnet: geo: web+x: x-evil:`);

/** Relations of a link. */
export const RELATIONS = words(`
  stylesheet preconnect dns-prefetch prefetch prerender preload modulepreload icon shortcut
  apple-touch-icon mask-icon manifest import subresource next search alternate canonical pingback
  expect compression-dictionary serviceworker privacy-policy dns-prefetch,preconnect`);

/** Style texts that ask for `AT`, written in every way that browsers take or took. */
export const STYLES = [
  'p { background: url("AT") }',
  "p { background: url(AT) }",
  "p { background: url('AT' ) }",
  "p { background: url(\n\tAT\n) }",
  'p { background: URL("AT") }',
  "p { background: \\75rl(AT) }",
  "p { background: u\\72 l(AT) }",
  "p { background: \\000075rl(AT) }",
  "p { background: \\url(AT) }",
  'p { background: url("AT',
  "p { background: url(AT",
  'p { background: src("AT") }',
  'p { background: image("AT", red) }',
  'p { background: image\\2dset("h\\74tp:\\2f\\2f HOST" 1x) }',
  'p { background: -webkit\\2dimage\\-set("h\\74tp:\\2f\\2f HOST" 1x) }',
  'p { background: image-set(/*)*/ "h\\74tp:\\2f\\2f HOST" 1x) }',
  `p { background: image-set(/*'data:image/png,*/ "h\\74tp:\\2f\\2f HOST" /*'*/ 1x) }`,
  'html { --x: "h\\74tp:\\2f\\2f HOST" } p { background: image-set(var(--x) 1x) }',
  'p { background: image-set("AT" 1x) }',
  'p { background: -webkit-image-set(url("AT") 1x, "AT" 2x) }',
  'p { background: \\69mage-set("AT" 1x) }',
  'p { background: image-set("h\\74tp:\\2f\\2f HOST" 1x) }',
  'p { background: cross-fade(url("AT"), url("AT"), 50%) }',
  'p { background: -webkit-cross-fade(url("AT"), url("AT"), .5) }',
  'p { --x: url("AT"); background: var(--x) }',
  'p { background: var(--none, url("AT")) }',
  'p { background: paint(evil, url("AT")) }',
  'p { background: element(#x), url("AT") }',
  'p { background: light-dark(url("AT"), url("AT")) }',
  'p { background: if(style(--a: b): url("AT"); else: url("AT")) }',
  'p { border-image: url("AT") 1; mask: url("AT"); -webkit-mask-image: url("AT") }',
  'p { mask-border-source: url("AT"); -webkit-box-reflect: below 1px url("AT") }',
  'p { list-style: url("AT"); display: list-item }',
  'p { cursor: url("AT"), auto }',
  'p { filter: url("AT#f"); backdrop-filter: url("AT#f") }',
  'p { clip-path: url("AT#c"); shape-outside: url("AT"); float: left }',
  'p { offset-path: url("AT#p") }',
  'p::before { content: url("AT") } p::after { content: url("AT") / "x" }',
  'p { behavior: url("AT"); -moz-binding: url("AT#x") }',
  "p { width: expression(top.ran = 1); background: url(javascript:top.ran=1) }",
  '@import "AT"; p { color: red }',
  "@import 'AT' layer(x) supports(display: grid) screen; p { color: red }",
  "@import url(AT); p { color: red }",
  "@\\69mport url(AT); p { color: red }",
  '@im@import "x";port "AT"; p { color: red }',
  '/* " */ @import "AT"; p { color: red }',
  '@charset "utf-8"; @import "AT";',
  '@namespace url("AT"); @namespace x "AT";',
  '@font-face { font-family: x; src: url("AT") format("woff2") } p { font-family: x }',
  '@font-face { font-family: x; src: local("x"), src("AT") } p { font-family: x }',
  "@font-palette-values --x { font-family: x; base-palette: 0 } @font-feature-values x { @styleset { a: 1 } } p { background: url(AT) }",
  '@counter-style x { system: cyclic; symbols: url("AT"); suffix: " " } p { list-style: x; display: list-item }',
  '@property --y { syntax: "<image>"; inherits: true; initial-value: url("AT") } p { background: var(--y) }',
  '@keyframes k { from { background: url("AT") } to { background: url("AT") } } p { animation: k 1s }',
  '@media all { @supports (display: grid) { @layer x { @container (min-width: 0) { @scope (body) { p { background: url("AT") } } } } } }',
  '@starting-style { p { background: url("AT") } } @view-transition { navigation: auto }',
  '@page { background: url("AT") } @document url("AT") { p { color: red } }',
  'p { & span, & { background: url("AT") } }',
  "p { background: url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='AT' width='9' height='9'/></svg>\") }",
  'p { background: url("data:text/css,@import url(AT)") }',
  'p:hover, p:not(:active) { background: url("AT") }',
  '</style><script>top.ran = 1</script><img src="AT">',
  "<!-- p { background: url(AT) } -->",
] as const;

/** Which rule an address in a style text belongs to; where that is not plain, to none. */
import { expect, it } from "vitest";
import { rulesOf } from "../src/rules-of";

const URL = "url(/x.png)";

it.each([
  [".a{background:URL}", ".a"],
  [".a{color:red;background:red URL}", ".a"],
  [".b{color:red}.a, .c > d{-webkit-mask-image:URL}", ".a, .c > d"],
  ["@media (width > 9px){.b{color:red}.a{background:URL}}", ".a"],
  ["@layer x{@supports (a:b){.a{background:URL}}}", ".a"],
  ['.a[b="}"]::before{content:"{;" URL}', '.a[b="}"]::before'],
  [".a\\{b{background:URL}", ".a\\{b"],
  [".a{background:url('a{;}'),URL}", ".a"],
  ["background-image:URL", "*"],
  [".a{--b:URL}", undefined],
  ["--b:URL", undefined],
  [".a{list-style:URL}", undefined],
  [".a{color:red; cursor:URL,auto}", undefined],
  [".a{.b{background:URL}}", undefined],
  ["@keyframes x{from{background:URL}}", undefined],
  ["@container (width > 9px){.a{background:URL}}", undefined],
  ["@scope (.x){.a{background:URL}}", undefined],
  ["@page{background:URL}", undefined],
  ["@import URL;", undefined],
  ['.a{content:"URL"}', undefined],
])("in %s it is that of %s", (text, selector) => {
  const whole = text.replace("URL", URL);
  expect(rulesOf(whole).get(whole.indexOf(URL))).toBe(selector);
});

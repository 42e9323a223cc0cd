import assert from "node:assert/strict";
import test from "node:test";
import { harmless } from "../../../src/report/markup/harmless.ts";
import { html, within } from "../../../src/report/markup/html.ts";

test("html escapes every value that is no markup, in texts and in attributes", () => {
  const name = `<b onclick="x">'&`;
  assert.equal(html`<p title="${name}">${name}</p>`.html.includes("<b"), false);
  assert.equal(html`<p>${name}</p>`.html, "<p>&lt;b onclick=&#34;x&#34;&gt;&#39;&amp;</p>");
  assert.equal(html`${html`<i>${"<"}</i>`}${[html`<b>1</b>`, 2, undefined]}`.html, "<i>&lt;</i><b>1</b>2");
});

test("html takes nothing for markup that only looks like it", () => {
  const value = JSON.parse('{"html":"<script>"}') as { readonly html: string };
  assert.equal(html`${value.html}`.html, "&lt;script&gt;");
});

test("harmless() shows what hides, and cuts what is long", () => {
  assert.equal(harmless("a\u202eb\u0000c\u200bd\u2066\r"), "a\ufffdb\ufffdc\ufffdd\ufffd\ufffd");
  assert.equal(harmless("한글 \u{1f600} ok\n\t"), "한글 \u{1f600} ok\n\t");
  assert.equal(harmless("a\u061cb\ufff9c\u{e0041}d"), "a\ufffdb\ufffdc\ufffdd");
  assert.equal(harmless("x\ud83d"), "x\ufffd");
  assert.equal(harmless("y".repeat(1000)).length, 401);
  assert.equal(harmless(`${"y".repeat(399)}\u{1f600}`), `${"y".repeat(399)}\ufffd…`);
});

test("within() ends before the room does, and says how many are left", () => {
  const { pieces, left } = within(10, ["가나", "다", "라"], (text) => html`${text}`);
  assert.deepEqual([pieces.length, left], [2, 1]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sanitizeLine, sanitizeLines } from "../../../../src/cli/render/sanitize.ts";
import { formatIndentedJson, formatJson } from "../../../../src/cli/template/index.ts";

test("sanitizeLine() writes out everything that moves a cursor or turns text around", () => {
  assert.equal(sanitizeLine("a\x1b[31mb"), "a\\x1b[31mb");
  assert.equal(sanitizeLine("a\nb\rc\td"), "a\\nb\\rc\\td");
  assert.equal(sanitizeLine("\x07\x7f\x85\x9b"), "\\x07\\x7f\\x85\\x9b");
  assert.equal(sanitizeLine("\u202egpj\u2066\u2069\u061c"), "\\u202egpj\\u2066\\u2069\\u061c");
  assert.equal(sanitizeLine("\u2028\u2029"), "\\u2028\\u2029");
  assert.equal(sanitizeLine("\u{e0041}"), "\\udb40\\udc41");
});

test("sanitizeLine() leaves the writing of the world alone", () => {
  const text = "한국어 العربية 日本語 é 👩‍🚀 ~`|<>&";
  assert.equal(sanitizeLine(text), text);
});

test("sanitizeLines() lets newlines and tabs pass, nothing else", () => {
  assert.equal(sanitizeLines("a\n\tb\r\x1b"), "a\n\tb\\r\\x1b");
});

test("no control character of Unicode's first plane survives", () => {
  for (let code = 0; code < 0x10000; code += 1) {
    const character = String.fromCharCode(code);
    const shown = sanitizeLine(character);
    if (/\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200e\u200f]/u.test(character)) assert.match(shown, /^\\[xunrt]/);
  }
});

test("JSON stays JSON with every control character escaped", () => {
  const value = { "\x9b\u202e": "\x1b\x7f\u2028\u{e0041}\ud800" };
  for (const json of [formatJson(value), formatIndentedJson(value)]) {
    assert.deepEqual(JSON.parse(json), value);
    assert.doesNotMatch(json, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  }
});

import assert from "node:assert/strict";
import test from "node:test";
import { chooseLanguage } from "../../../src/messages/index.ts";

test("chooseLanguage() takes the strongest variable that is not empty", () => {
  assert.equal(chooseLanguage({ LANG: "ko_KR.UTF-8" }), "ko");
  assert.equal(chooseLanguage({ LANG: "ko_KR.UTF-8", LC_ALL: "" }), "ko");
  assert.equal(chooseLanguage({ LANG: "ko_KR.UTF-8", LC_MESSAGES: "en_US.UTF-8" }), "en");
  assert.equal(chooseLanguage({ LANG: "en_US.UTF-8", LC_ALL: "C", LC_MESSAGES: "ko_KR.UTF-8" }), "en");
  assert.equal(chooseLanguage({ LC_MESSAGES: "ko", LANG: "C" }), "ko");
});

test("chooseLanguage() means English where it knows none, and where UTF-8 could not be read", () => {
  for (const LANG of [undefined, "", "C", "C.UTF-8", "POSIX", "fr_FR.UTF-8", "kok_IN", "ko_KR.eucKR", "../ko", "ko "]) {
    assert.equal(chooseLanguage({ LANG }), "en", LANG);
  }
  for (const LANG of ["ko", "ko_KR", "ko_KR.utf8", "ko_KR.UTF-8@x", "ko.UTF-8"])
    assert.equal(chooseLanguage({ LANG }), "ko");
});

test("chooseLanguage() lets what was asked for win", () => {
  assert.equal(chooseLanguage({ LC_ALL: "ko_KR.UTF-8" }, "en"), "en");
  assert.equal(chooseLanguage({}, "ko"), "ko");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { alignColumns, formatTable } from "../../../../src/cli/render/columns.ts";

test("formatTable() keeps columns ten wide at least and three apart, the last as it is", () => {
  assert.equal(
    formatTable([
      ["A", "LONGER HEADING", "LAST"],
      ["aaaaaaaaaaaa", "b", "c"],
    ]),
    "A              LONGER HEADING   LAST\naaaaaaaaaaaa   b                c\n",
  );
  assert.equal(formatTable([["A", "B"]]), "A         B\n");
});

test("alignColumns() ends a column where a line lacks its cell", () => {
  assert.deepEqual(alignColumns(["aaaaaaaaaaaaaaa\tb\tc", "none", "a\tb\tc"]), [
    "aaaaaaaaaaaaaaa   b         c",
    "none",
    "a         b         c",
  ]);
});

test("alignColumns() counts the columns of a terminal, not bytes or halves", () => {
  assert.deepEqual(alignColumns(["ééééééééé\tx", "👩👩\ty"]), ["ééééééééé   x", "👩👩        y"]);
});

test("alignColumns() takes a thousand columns and an empty table", () => {
  assert.equal(alignColumns(["x\t".repeat(1000)])[0]?.length, 10_000);
  assert.deepEqual(alignColumns([]), []);
});

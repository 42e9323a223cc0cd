import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { EngineError, readRecord, unlessDamaged, writeRecord } from "../../../src/base/index.ts";

test("readRecord() reads what writeRecord() wrote, and calls anything but an object damaged", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-record-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "record.json");
  assert.equal(readRecord(path), undefined);
  writeRecord(path, { version: 1 }, { durable: false });
  assert.deepEqual(readRecord(path), { version: 1 });
  for (const damaged of ["", "{", "null", "[]", '"text"']) {
    writeFileSync(path, damaged);
    assert.throws(() => readRecord(path), { code: "storeCorrupt" });
    assert.equal(
      unlessDamaged(() => readRecord(path)),
      undefined,
    );
  }
});

test("unlessDamaged() hides nothing but damage", () => {
  const refuse = (): never => {
    throw new EngineError("fileSystem", "cannot read the record");
  };
  assert.throws(() => unlessDamaged(refuse), { code: "fileSystem" });
});

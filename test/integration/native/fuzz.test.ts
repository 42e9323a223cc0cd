import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "node:test";

const seconds = Number(process.env.BRIG_FUZZ_SECONDS ?? "1");
const seed = process.env.BRIG_FUZZ_SEED ?? String(Date.now() % 2 ** 32);

/** What is not UTF-8 shows as replacement characters; how many is left open. */
const plain = (text: string): string => text.replaceAll(/\ufffd+/g, "\ufffd");

test("records and logs: generated input finds no fault that the sanitizers see, and every line of a log is whole", (context) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-fuzz-"));
  try {
    const program = join(directory, "fuzz");
    const sources = ["native/record.c", "native/log.c", "native/files.c", "test/native/fuzz-records.c"];
    const flags = ["-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Inative"];
    const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    execFileSync("gcc", [...flags, ...sanitizers, "-o", program, ...sources], { cwd: resolve(".") });
    context.diagnostic(`BRIG_FUZZ_SEED=${seed}`);
    const said = execFileSync(program, [String(seconds * 1000), seed, directory], { encoding: "utf8" });
    assert.match(said, /^\d+ records\n$/);
    const lines = readFileSync(join(directory, "container-json.log"), "utf8").trimEnd().split("\n");
    const records = lines.map((line) => JSON.parse(line) as { log: string; stream: string; time: string }); // our own
    assert.ok(records.every(({ stream, time }) => /^std(out|err)$/.test(stream) && !Number.isNaN(Date.parse(time))));
    const stdout = records.filter(({ stream }) => stream === "stdout").map(({ log }) => log);
    assert.equal(plain(stdout.join("")), plain(readFileSync(join(directory, "input"), "utf8")), `seed ${seed}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./programs.ts";
import { fixtureDirectory, projectRoot } from "./projectPaths.ts";

/** A program of test/native, compiled static and kept below build/fixtures as long as its source stays the same. */
export async function nativeProgram(name: string): Promise<string> {
  const source = join(projectRoot, "test/native", `${name}.c`);
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12);
  const program = join(fixtureDirectory, `${name}-${digest}`);
  if (existsSync(program)) return program;
  mkdirSync(fixtureDirectory, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await runTool("gcc", ["-std=c17", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", fresh, source]);
  renameSync(fresh, program);
  return program;
}

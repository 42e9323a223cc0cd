import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { makeLayout } from "./makeLayout.ts";
import { runTool } from "./programs.ts";
import { fixtureDirectory, projectRoot } from "./projectPaths.ts";

/** One line that test/native/probe.c printed. */
export interface ProbeLine {
  readonly kind: "ids" | "status" | "limit" | "fd" | "mount" | "env" | "cwd" | "end";
  readonly line?: string;
  readonly fd?: number;
  readonly target?: string;
  readonly path?: string;
  readonly hostname?: string;
  readonly uids?: readonly number[];
  readonly gids?: readonly number[];
  readonly groups?: readonly number[];
  readonly pid?: number;
  readonly ppid?: number;
  readonly sid?: number;
}

/** The compiled probe program: static, kept below build/fixtures as long as its source stays the same. */
export async function probeProgram(): Promise<string> {
  const source = join(projectRoot, "test/native/probe.c");
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12);
  const program = join(fixtureDirectory, `probe-${digest}`);
  if (existsSync(program)) return program;
  mkdirSync(fixtureDirectory, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await runTool("gcc", ["-std=c17", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", fresh, source]);
  renameSync(fresh, program);
  return program;
}

/** An OCI layout whose `latest` holds nothing but /probe, which is its entrypoint. */
export async function probeLayout(): Promise<string> {
  const program = await probeProgram();
  const fill = (directory: string): undefined => {
    copyFileSync(program, join(directory, "probe"));
    return undefined;
  };
  const version = ["--config.label", `program=${program.split("-").at(-1)}`];
  return makeLayout("probe", [
    { tag: "latest", layers: [fill], config: ["--config.entrypoint", "/probe", ...version] },
  ]);
}

/** Reads what the probe printed; throws when it did not come to its end. */
export function parseProbe(stdout: string): readonly ProbeLine[] {
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ProbeLine); // our own program's output
  if (lines.at(-1)?.kind !== "end") throw new Error(`the probe did not end: ${stdout}`);
  return lines;
}

/** A line of /proc/self/status: `statusOf(lines, "CapEff")` is `00000000000004a9`. */
export function statusOf(lines: readonly ProbeLine[], name: string): string | undefined {
  const found = lines.find(({ kind, line }) => kind === "status" && line?.startsWith(`${name}:`) === true);
  return found?.line?.slice(name.length + 1).trim();
}

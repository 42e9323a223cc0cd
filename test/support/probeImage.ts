import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { makeLayout } from "./makeLayout.ts";
import { nativeProgram } from "./nativeProgram.ts";

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

/** The compiled probe program. */
export function probeProgram(): Promise<string> {
  return nativeProgram("probe");
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

import { brigOk, runBrig, type TestRoot } from "./brig.ts";

/** A file limit that every caller may set, so that brig has nothing to tell on stderr. */
const nofile = ["--ulimit", "nofile=1024:1024"];

/** Starts a detached container and returns its id. The caller ends with `removeRunning`. */
export async function startRunning(
  root: TestRoot,
  { name, image, flags = [], command = ["sleep", "100000"] }: RunningRequest,
): Promise<string> {
  const args = ["run", "-d", "--name", name, "--network", "none", ...nofile, ...flags, image, ...command];
  return (await brigOk(args, { root })).stdout.trim();
}

export interface RunningRequest {
  readonly name: string;
  readonly image: string;
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
}

/** Makes a file that a container ends for. It may do so before the command that makes it has, which then ends with it. */
export async function touchInside(root: TestRoot, name: string, path: string): Promise<void> {
  const { code, stderr } = await runBrig(["exec", name, "touch", path], { root });
  if (code !== 0 && code !== 137) throw new Error(`touch ${path} in ${name} ended with ${code}: ${stderr}`);
}

/** Takes the containers away, whatever they do. */
export async function removeRunning(root: TestRoot, ...names: readonly string[]): Promise<void> {
  if (names.length > 0) await brigOk(["rm", "-f", ...names], { root });
}

/** Takes every container of the roots away, and their volumes without a name. */
export async function removeEvery(root: TestRoot): Promise<void> {
  const ids = (await brigOk(["ps", "-aq"], { root })).stdout.split("\n").filter((id) => id !== "");
  if (ids.length > 0) await brigOk(["rm", "-f", "-v", ...ids], { root });
}

import { EngineError } from "../../base/index.ts";
import { capabilitySets } from "../../namespaces/index.ts";
import type { RuntimeSpec, SpecProcess } from "../../oci/index.ts";
import { completeEnv } from "../completeEnv.ts";
import type { ResolvedUser } from "../identity/resolveUser.ts";
import { envName } from "../mergeImageConfig.ts";
import { hasControlCharacter, printable } from "../options/singleLine.ts";
import type { ExecOptions } from "./execOptions.ts";

export interface ExecProcessRequest {
  readonly spec: RuntimeSpec;
  readonly options: ExecOptions;
  /** Absent: the container's own user. */
  readonly user?: ResolvedUser;
  /** The home directory of the container's own user, when another one was looked up. */
  readonly ownHome?: string;
  /** Everything that `--privileged` can give here. */
  readonly everyCapability: readonly string[];
}

/**
 * The process that `exec` starts: the container's own with other words, and with the user, directory, variables and
 * capabilities that were asked for. Pure.
 *
 * @throws EngineError `invalidValue` for words that no process can have.
 */
export function execProcess(request: ExecProcessRequest): SpecProcess {
  const { spec, options, user } = request;
  const { consoleSize: _, ...own } = spec.process;
  checkWords(options);
  const { uid, gid, additionalGids } = user ?? own.user;
  const names = options.privileged === true ? request.everyCapability : own.capabilities.bounding;
  const sets = capabilitySets(names);
  return {
    ...own,
    terminal: options.tty ?? false,
    user: user === undefined ? own.user : { ...own.user, uid, gid, additionalGids },
    args: options.command,
    env: execEnv(request),
    cwd: options.workdir ?? own.cwd,
    // Only root starts with capabilities; execve(2) would take them from anyone else anyway.
    capabilities: uid === 0 ? sets : { ...sets, effective: [], permitted: [] },
  };
}

/** The container's variables, then those that were asked for; HOME follows the user unless the container chose it. */
function execEnv({ spec, options, user, ownHome }: ExecProcessRequest): readonly string[] {
  const derived = user === undefined ? undefined : `HOME=${ownHome}`;
  const given = options.env ?? [];
  const named = new Set(given.map(envName));
  const kept = spec.process.env.filter((entry) => entry !== derived && !named.has(envName(entry)));
  const own = (name: string) => spec.process.env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  return completeEnv([...kept, ...given], {
    hostname: own("HOSTNAME") ?? spec.hostname ?? "",
    tty: options.tty ?? false,
    home: user?.home ?? own("HOME") ?? "/",
  });
}

function checkWords({ command, env = [], user = "" }: ExecOptions): void {
  const broken = command.find((word) => word.includes("\0"));
  if (broken !== undefined) {
    throw new EngineError("invalidValue", `an argument of the command holds a NUL character: ${printable(broken)}`);
  }
  if (hasControlCharacter(user)) throw new EngineError("invalidValue", `invalid user or group ${printable(user)}`);
  for (const entry of env) {
    if (entry === "" || entry.startsWith("=") || entry.includes("\0")) {
      throw new EngineError("invalidValue", `invalid environment variable: ${printable(entry).slice(1, -1)}`);
    }
  }
}

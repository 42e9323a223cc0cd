import { EngineError } from "../../base/index.ts";
import { type PortRequest, parsePublish, parseRestartPolicy, type RestartPolicy } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { limitFlags } from "../flags/run/limits.ts";
import type { LimitsDraft } from "../flags/runDraft.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument, manyAtOnce } from "./eachArgument.ts";

interface UpdateDraft extends Help {
  readonly limits: LimitsDraft;
  restart?: RestartPolicy;
  readonly publishAdd: PortRequest[];
  readonly publishRemove: PortRequest[];
}

/** Those of `run` that can be changed while a container runs, with Docker's reasons for those that cannot. */
const known = new Set(
  "blkio-weight cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems kernel-memory memory memory-reservation memory-swap pids-limit".split(
    " ",
  ),
);

const flags: readonly Flag<UpdateDraft>[] = [
  ...limitFlags
    .filter(({ long }) => known.has(long))
    .map(({ read, ...flag }): Flag<UpdateDraft> => {
      if (read === undefined) return flag;
      // A limit's own reader looks at the limits of the draft alone.
      return {
        ...flag,
        read: (draft, value) =>
          read({ ...draft, options: {}, envFiles: [], labelFiles: [], breaks: [], caller }, value),
      };
    }),
  helpFlag,
  {
    long: "restart",
    value: "string",
    text: "when to start again after an end",
    read: (draft, text) => {
      draft.restart = parseRestartPolicy(text);
    },
  },
  {
    long: "publish-add",
    value: "list",
    repeatable: true,
    text: "port to publish, at once if it runs ([ip:][host:]container)",
    read: ({ publishAdd }, text) => publishAdd.push(...parsePublish(text)),
  },
  {
    long: "publish-rm",
    value: "list",
    repeatable: true,
    text: "published port to withdraw ([[ip:]host:]container)",
    read: ({ publishRemove }, text) => publishRemove.push(...parsePublish(text)),
  },
];

const caller = { cwd: "/", env: {} };

export const updateCommand = defineCommand<UpdateDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  flags,
  begin: () => ({ limits: {}, publishAdd: [], publishRemove: [] }),
  execute: async ({ draft: { limits, restart, publishAdd, publishRemove }, args, openEngine }): Promise<Outcome> => {
    const others = Object.keys(limits).length > 0 || restart !== undefined;
    const ports = publishAdd.length + publishRemove.length > 0;
    if (!others && !ports) {
      throw new EngineError("usage", "you must provide one or more flags when using this command", {
        details: { exitStatus: 1 },
      });
    }
    const engine = await openEngine();
    const change = { limits, ...(restart === undefined ? {} : { restart }) };
    return forEachArgument(
      args,
      async (nameOrId) => {
        if (others) await engine.update({ nameOrId, ...change });
        if (ports) await engine.changePorts({ nameOrId, add: publishAdd, remove: publishRemove });
        return `${sanitizeLine(nameOrId)}\n`;
      },
      manyAtOnce,
    );
  },
});

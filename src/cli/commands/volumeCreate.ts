import { EngineError } from "../../base/index.ts";
import { parseLabel } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, textInto } from "../flags/sharedFlags.ts";

interface VolumeCreateDraft extends Help {
  driver?: string;
  name?: string;
  readonly labels: Map<string, string>;
  readonly options: Map<string, string>;
}

/** Volumes of a cluster's storage plugins. */
const swarm = "brig has no clusters";

const flags: readonly Flag<VolumeCreateDraft>[] = [
  { long: "availability", value: "string", text: "availability in a cluster", unsupported: swarm },
  {
    long: "driver",
    short: "d",
    value: "string",
    text: "who keeps the volume",
    fallback: "local",
    read: textInto<VolumeCreateDraft>("driver"),
  },
  { long: "group", value: "string", text: "group in a cluster", unsupported: swarm },
  helpFlag,
  {
    long: "label",
    value: "list",
    repeatable: true,
    text: "metadata of the volume (KEY=VALUE)",
    read: (draft, text) => {
      draft.labels.set(...parseLabel(text));
    },
  },
  { long: "limit-bytes", value: "bytes", text: "smallest size in a cluster", unsupported: swarm },
  {
    long: "name",
    value: "string",
    text: "name of the volume",
    hidden: true,
    read: textInto<VolumeCreateDraft>("name"),
  },
  {
    long: "opt",
    short: "o",
    value: "map",
    repeatable: true,
    text: "option of the driver (type=, device=, o=: as for mount(8))",
    read: (draft, text) => {
      draft.options.set(...parseOption(text));
    },
  },
  { long: "required-bytes", value: "bytes", text: "largest size in a cluster", unsupported: swarm },
  { long: "scope", value: "string", text: "scope in a cluster", unsupported: swarm },
  { long: "secret", value: "map", text: "secrets in a cluster", unsupported: swarm },
  { long: "sharing", value: "string", text: "sharing in a cluster", unsupported: swarm },
  { long: "topology-preferred", value: "list", text: "place in a cluster", unsupported: swarm },
  { long: "topology-required", value: "list", text: "place in a cluster", unsupported: swarm },
  { long: "type", value: "string", text: "kind of access in a cluster", unsupported: swarm },
];

export const volumeCreateCommand = defineCommand<VolumeCreateDraft>({
  usage: "[OPTIONS] [VOLUME]",
  arguments: { atMost: 1 },
  flags,
  begin: () => ({ labels: new Map(), options: new Map() }),
  execute: async ({ draft, args: [argument], openEngine }): Promise<Outcome> => {
    const { driver, labels, options } = draft;
    if (draft.name !== undefined && argument !== undefined) {
      throw new EngineError(
        "usage",
        "conflicting options: cannot specify a volume-name through both --name and as a positional arg",
      );
    }
    const name = argument ?? draft.name;
    const volume = await (await openEngine()).createVolume({
      ...(name === undefined ? {} : { name }),
      ...(driver === undefined ? {} : { driver }),
      labels,
      options,
    });
    return { output: `${volume.Name}\n` };
  },
});

function parseOption(text: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

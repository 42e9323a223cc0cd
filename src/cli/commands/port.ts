import { EngineError } from "../../base/index.ts";
import type { PortBindings } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { parsePortWord } from "./portWords.ts";

export const portCommand = defineCommand<Help>({
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  arguments: { from: 1, to: 2 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [name = "", wanted], openEngine }): Promise<Outcome> => {
    const port = wanted === undefined ? undefined : parsePort(wanted);
    const { NetworkSettings } = await (await openEngine()).inspectContainer({ nameOrId: name, size: false });
    if (port === undefined) return { output: allPorts(NetworkSettings.Ports) };
    const addresses = addressesOf(NetworkSettings.Ports, port);
    if (addresses.length > 0) return { output: addresses.map((address) => `${address}\n`).join("") };
    throw new EngineError("portNotPublished", `no public port '${port}' published for ${sanitizeLine(name)}`, {
      hint: "a port is published when the container is made: brig run -p HOST:CONTAINER",
    });
  },
});

function parsePort(text: string): string {
  const { port, protocol } = parsePortWord(text);
  return `${port}/${protocol}`;
}

/** By number, then by protocol. */
function allPorts(ports: PortBindings): string {
  return Object.keys(ports)
    .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10) || (one < other ? -1 : 1))
    .flatMap((port) => addressesOf(ports, port).map((address) => `${port} -> ${address}\n`))
    .join("");
}

function addressesOf(ports: PortBindings, port: string): readonly string[] {
  const bindings = Object.hasOwn(ports, port) ? ports[port] : undefined;
  return (bindings ?? []).map(({ HostIp, HostPort }) => `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:${HostPort}`);
}

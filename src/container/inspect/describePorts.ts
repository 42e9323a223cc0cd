import type { PortRequest } from "../../network/index.ts";
import type { PortBindings } from "./containerDetails.ts";

type Binding = NonNullable<PortBindings[string]>[number];

/** HostConfig.PortBindings: what was asked for. Pure. */
export function describeBindings(requests: readonly PortRequest[]): PortBindings {
  const ports = new Map<string, Binding[]>();
  for (const { hostIp = "", hostPort, containerPort, protocol } of requests) {
    const binding = { HostIp: hostIp, HostPort: hostPortText(hostPort) };
    const list = ports.get(`${containerPort}/${protocol}`);
    if (list === undefined) ports.set(`${containerPort}/${protocol}`, [binding]);
    else list.push(binding);
  }
  return Object.fromEntries(ports);
}

function hostPortText(range: PortRequest["hostPort"]): string {
  if (range === undefined) return "";
  return range.first === range.last ? String(range.first) : `${range.first}-${range.last}`;
}

import type { PublishedPort } from "../containerNetwork.ts";
import { familyOf } from "./addresses.ts";
import type { ExposedPort } from "./portRequest.ts";

interface Shown {
  readonly ip: string;
  readonly publicPort: number;
  readonly privatePort: number;
  readonly protocol: string;
}

interface Group {
  readonly first: number;
  last: number;
}

/**
 * The PORTS column of `ps`, as Docker writes it: `0.0.0.0:80->80/tcp, 443/tcp`. Neighbours with the same number on both
 * sides are one range; those with different numbers stand by themselves, at the end.
 */
export function formatPorts(published: readonly PublishedPort[], exposed: readonly ExposedPort[]): string {
  const groups = new Map<string, Group>();
  const done: string[] = [];
  const translated: string[] = [];
  for (const { ip, publicPort, privatePort, protocol } of inOrder(published, exposed)) {
    if (ip !== "" && publicPort !== privatePort) {
      translated.push(`${socket(ip, publicPort)}->${privatePort}/${protocol}`);
      continue;
    }
    const key = ip === "" ? protocol : `${ip}/${protocol}`;
    const group = groups.get(key);
    if (group !== undefined && privatePort === group.last + 1) group.last = privatePort;
    else {
      if (group !== undefined) done.push(formatGroup(key, group));
      groups.set(key, { first: privatePort, last: privatePort });
    }
  }
  return [...done, ...[...groups].map(([key, group]) => formatGroup(key, group)), ...translated].join(", ");
}

function inOrder(published: readonly PublishedPort[], exposed: readonly ExposedPort[]): readonly Shown[] {
  const known = new Set(published.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const shown: Shown[] = [
    ...published.map(({ hostIp, hostPort, containerPort, protocol }) => ({
      ip: hostIp,
      publicPort: hostPort,
      privatePort: containerPort,
      protocol,
    })),
    ...exposed
      .filter(({ port, protocol }) => !known.has(`${port}/${protocol}`))
      .map(({ port, protocol }) => ({ ip: "", publicPort: 0, privatePort: port, protocol })),
  ];
  return shown.sort(
    (one, other) =>
      one.privatePort - other.privatePort ||
      compare(one.ip, other.ip) ||
      one.publicPort - other.publicPort ||
      compare(one.protocol, other.protocol),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function formatGroup(key: string, { first, last }: Group): string {
  const slash = key.lastIndexOf("/");
  const range = first === last ? String(first) : `${first}-${last}`;
  if (slash === -1) return `${range}/${key}`;
  return `${socket(key.slice(0, slash), range)}->${range}/${key.slice(slash + 1)}`;
}

function socket(ip: string, port: number | string): string {
  return `${familyOf(ip) === 6 ? `[${ip}]` : ip}:${port}`;
}

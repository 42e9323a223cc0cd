import { type ContainerNetwork, formatHosts, type HostsLine } from "../../network/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { ExtraHost } from "../runOptions.ts";

export interface HostsRequest {
  readonly options: Pick<FilledOptions, "addHosts" | "domainname">;
  readonly hostname: string;
  readonly network: Pick<ContainerNetwork, "endpoints">;
  /** Lines with other containers by the names that this one knows them by, as text. */
  readonly others: string;
}

/** /etc/hosts of a container with networks: the user's lines, its own names, those of the others. Pure. */
export function hostsText(request: HostsRequest): string {
  const { options, hostname, network, others } = request;
  const extra = options.addHosts.flatMap((host) => extraLine(host, network));
  return formatHosts([...extra, ...ownLines(hostname, options.domainname, network)]) + others;
}

function ownLines(
  hostname: string,
  domainname: string | undefined,
  { endpoints }: Pick<ContainerNetwork, "endpoints">,
): readonly HostsLine[] {
  const names = domainname === undefined ? [hostname] : [`${hostname}.${domainname}`, hostname];
  return endpoints.flatMap(({ ipv4, ipv6 }) =>
    [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names }])),
  );
}

/** `host-gateway` is the host as this container sees it: the gateway of its default route. */
function extraLine(
  { name, address }: ExtraHost,
  { endpoints }: Pick<ContainerNetwork, "endpoints">,
): readonly HostsLine[] {
  if (address !== "host-gateway") return [{ address, names: [name] }];
  const ranked = [...endpoints].sort((one, other) => other.gatewayPriority - one.gatewayPriority);
  const gateway = ranked.map(({ ipv4, ipv6 }) => (ipv4 ?? ipv6)?.gateway).find((found) => found !== undefined);
  return gateway === undefined ? [] : [{ address: gateway, names: [name] }];
}

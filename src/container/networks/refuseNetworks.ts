import { existsSync } from "node:fs";
import { defaultNetworkName, parseLink, takeEndpoint } from "../../network/index.ts";
import { requireLinkTarget } from "../names/links.ts";
import type { RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { foreseeNetwork } from "./findNetwork.ts";

/**
 * Refuses networks that do not exist, addresses that they do not give or have given to somebody, and links to containers
 * that do not exist. Takes nothing: whoever comes first has what is free.
 *
 * @throws EngineError `networkNotFound`, `containerNotFound`, `invalidValue`, `busy`.
 */
export function refuseNetworks({ id, options }: Pick<RunDraft, "id" | "options">, context: EngineContext): void {
  const { root } = context;
  const exists = (holder: string) => existsSync(containerPaths(root, holder).directory);
  for (const choice of options.networks) {
    const { network, ipv4, ipv6, mac, links } = choice;
    for (const link of links) requireLinkTarget(root, parseLink(link).container);
    const asks = ipv4 !== undefined || ipv6 !== undefined || mac !== undefined;
    if (network === defaultNetworkName && !asks) continue; // which is made when it is not there
    const record = foreseeNetwork(network, context);
    const request = { root, containerId: id, names: [], record, choice, interfaceName: "eth0", exists };
    if (asks) takeEndpoint({ ...request, preview: true });
  }
}

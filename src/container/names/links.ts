import { join } from "node:path";
import { EngineError, shortId } from "../../base/index.ts";
import { openImageStore } from "../../image/index.ts";
import {
  type ContainerNetwork,
  defaultNetworkName,
  type Endpoint,
  type HostsLine,
  type Link,
  linkVariables,
  parseImagePorts,
  parseLink,
  readContainerNetwork,
} from "../../network/index.ts";
import { mergeImageConfig } from "../mergeImageConfig.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { isUp } from "../state/startMark.ts";

/** A container that another one is linked to. */
interface LinkedContainer {
  readonly link: Link;
  readonly network: string;
  readonly record: ContainerRecord;
  /** Its end of the network that both are in. */
  readonly endpoint: Endpoint;
}

/** What the links of a container come to. */
export interface ResolvedLinks {
  /** Lines for its hosts file. */
  readonly lines: readonly HostsLine[];
  /** Variables for its environment: those of links on the default network, as Docker has it. */
  readonly variables: readonly string[];
}

/**
 * Looks up the containers that a starting container is linked to.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence when one does not run or is not in the network.
 */
export function resolveLinks(
  { name, network }: { readonly name: string; readonly network: ContainerNetwork },
  places: StatePlaces,
): ResolvedLinks {
  const linked = network.endpoints.flatMap((endpoint) =>
    endpoint.links.map((text) => findLinked({ text, name, network: endpoint.network }, places)),
  );
  return {
    lines: linked.flatMap(linkLines),
    variables: linked
      .filter((one) => one.network === defaultNetworkName)
      .flatMap((one) => variablesOf(one, name, places.root)),
  };
}

/** The lines of the links of a running container: those that lead nowhere at the moment are left out. */
export function linesOfLinks(
  network: Pick<ContainerNetwork, "endpoints">,
  name: string,
  places: StatePlaces,
): readonly HostsLine[] {
  return network.endpoints.flatMap((endpoint) =>
    endpoint.links.flatMap((text) => {
      try {
        return linkLines(findLinked({ text, name, network: endpoint.network }, places));
      } catch (error) {
        if (error instanceof EngineError) return [];
        throw error;
      }
    }),
  );
}

/**
 * The variables of the links of a running container on the default network, for a command that is executed in it. Links
 * that lead nowhere at the moment are left out.
 *
 * @throws EngineError `storeCorrupt`.
 */
export function variablesOfLinks(name: string, directory: string, places: StatePlaces): readonly string[] {
  const { endpoints } = readContainerNetwork(directory);
  const own = endpoints.filter(({ network }) => network === defaultNetworkName);
  return own.flatMap((endpoint) =>
    endpoint.links.flatMap((text) => {
      const network = { version: 1, endpoints: [{ ...endpoint, links: [text] }], ports: [] } as const;
      try {
        return resolveLinks({ name, network }, places).variables;
      } catch (error) {
        if (error instanceof EngineError) return [];
        throw error;
      }
    }),
  );
}

interface WantedLink {
  readonly text: string;
  /** Of the container that has the link. */
  readonly name: string;
  readonly network: string;
}

function findLinked({ text, name, network }: WantedLink, places: StatePlaces): LinkedContainer {
  const link = parseLink(text);
  const id = requireLinkTarget(places.root, link.container);
  const paths = containerPaths(places.root, id);
  const record = readContainerRecord(paths.record);
  if (record === undefined || !isUp(places, id)) {
    throw new EngineError(
      "wrongState",
      `Cannot link to a non running container: /${link.container} AS /${name}/${link.alias}`,
      {
        hint: `start it first: brig start ${link.container}`,
      },
    );
  }
  const inNetwork = record.networks?.includes(network) === true;
  const endpoint = inNetwork
    ? readContainerNetwork(paths.directory).endpoints.find((one) => one.network === network)
    : undefined;
  if (endpoint === undefined) {
    throw new EngineError(
      "wrongState",
      `Cannot link to /${link.container}, as it does not belong to the network ${network} of the container /${name}`,
      { hint: `connect it: brig network connect ${network} ${link.container}` },
    );
  }
  return { link, network, record, endpoint };
}

/** The container that a link names. @throws EngineError `containerNotFound` with Docker's sentence. */
export function requireLinkTarget(root: string, container: string): string {
  try {
    return findContainer(root, container);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "containerNotFound") throw error;
    throw new EngineError("containerNotFound", `could not get container for ${container}: ${error.message}`, {
      hint: "brig ps --all lists the containers",
      cause: error,
    });
  }
}

/** The alias, and what else the other container is called. */
function linkLines({ link, record, endpoint }: LinkedContainer): readonly HostsLine[] {
  const names = [link.alias, shortId(record.id), record.name];
  return [endpoint.ipv4, endpoint.ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names }]));
}

function variablesOf({ link, record, endpoint }: LinkedContainer, name: string, root: string): readonly string[] {
  const options = readContainerOptions(containerPaths(root, record.id).options);
  const image = openImageStore(join(root, "images")).resolve(record.imageId)?.config.config;
  return linkVariables({
    alias: link.alias,
    name: `/${name}/${link.alias}`,
    address: (endpoint.ipv4 ?? endpoint.ipv6)?.address ?? "",
    ports: parseImagePorts(record.exposedPorts ?? []),
    env: image === undefined ? options.env : mergeImageConfig(options, image).env,
  });
}

import { formatSocket, isWildcard, type PublishedPort, type Translation } from "../../network/index.ts";
import type { WhyMessages } from "./explanation.ts";

export interface PathStations {
  readonly bridge: string;
  readonly hostInterface: string;
  /** In the container. */
  readonly interfaceName: string;
  readonly words: WhyMessages["port"]["path"];
}

/** The way of a packet to a published port, a station a sentence. Pure. */
export function packetPath(
  { hostIp, hostPort }: PublishedPort,
  { map, address, port }: Translation,
  { bridge, hostInterface, interfaceName, words }: PathStations,
): readonly string[] {
  return [
    isWildcard(hostIp) ? words.toAny({ port: hostPort }) : words.to({ socket: formatSocket(hostIp, hostPort) }),
    words.translated({ map, socket: formatSocket(address, port) }),
    words.forwarded,
    words.bridge({ bridge, outside: hostInterface, inside: interfaceName }),
    words.source,
  ];
}

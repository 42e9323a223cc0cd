import type { PortProtocol } from "../containerNetwork.ts";

/** One port to publish, as asked for: which ports of the host it gets is decided when the container starts. */
export interface PortRequest {
  /** Absent: every address of the host. */
  readonly hostIp?: string;
  /** Absent: any free one. A range: the first free one of it. */
  readonly hostPort?: PortRange;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
}

/** Both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A port that a container listens on (`--expose`, EXPOSE of an image). */
export interface ExposedPort {
  readonly port: number;
  readonly protocol: PortProtocol;
}

/** `80/tcp`, as images and inspect write it. */
export function formatExposedPort({ port, protocol }: ExposedPort): string {
  return `${port}/${protocol}`;
}

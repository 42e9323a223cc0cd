import { type ExposedPort, type PortRequest, parseImagePorts } from "../../network/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";

/**
 * What is to be published: what was named, and with `--publish-all` every other exposed port, on any port of the host.
 * `exposed` has the image's and the user's, `80/tcp`. Pure.
 */
export function wantedPorts(
  { publish, publishAll }: Pick<FilledOptions, "publish" | "publishAll">,
  exposed: readonly string[],
): readonly PortRequest[] {
  if (!publishAll) return publish;
  const named = new Set(publish.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const rest = distinct(parseImagePorts(exposed)).filter(({ port, protocol }) => !named.has(`${port}/${protocol}`));
  return [...publish, ...rest.map(({ port, protocol }) => ({ containerPort: port, protocol }))];
}

/** A port may be exposed by itself and in a range. */
function distinct(ports: readonly ExposedPort[]): readonly ExposedPort[] {
  return [...new Map(ports.map((port) => [`${port.port}/${port.protocol}`, port])).values()];
}

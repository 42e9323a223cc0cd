import { isIP } from "node:net";

/** A line of hosts(5): an address and what it is called. */
export interface HostsLine {
  readonly address: string;
  readonly names: readonly string[];
}

const localLines = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** Ends what brig writes in a file whose lines change while the container runs; what follows is the container's own. */
const endOfNames = "# the lines above are written by brig, the lines below are kept";

/** At most so much of what a container wrote is kept. */
const keptBytes = 64 * 1024;

/** The lines that every container has, and then the given ones. What is no address or no name is left out. Pure. */
export function formatHosts(lines: readonly HostsLine[]): string {
  return `${localLines}${formatLines(lines)}`;
}

/** Lines with a name at least. What is no address or no name is left out. Pure. */
export function formatLines(lines: readonly HostsLine[]): string {
  return lines
    .flatMap(({ address, names }) => {
      const words = [...new Set(names)].filter(isName);
      return isIP(address) === 0 || words.length === 0 ? [] : [`${address}\t${words.join(" ")}\n`];
    })
    .join("");
}

/** The text for a container whose names change, with room for lines of its own. */
export function changingHosts(text: string): string {
  return `${text}${endOfNames}\n`;
}

/**
 * The new text of a hosts file: brig's lines anew, and below them what the container added to the old ones. `current` can
 * be anything, since the container may write the file.
 */
export function replaceHosts(current: string, text: string): string {
  const end = current.indexOf(`${endOfNames}\n`);
  const own = end === -1 ? current : current.slice(end + endOfNames.length + 1);
  return `${changingHosts(text)}${own.slice(0, keptBytes)}`;
}

/** One word without anything that means something in the file. */
function isName(text: string): boolean {
  return text.length <= 253 && /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text);
}

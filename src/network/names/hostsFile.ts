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

/** Between these are the lines that change while the container runs; what follows is the container's own. */
const beginOfNames = "# who is on the same networks";
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

/** What brig writes into the file of a container whose names change. */
export interface ChangingHosts {
  /** Lines that are this container's alone. */
  readonly head: string;
  /** Lines of everybody who is on its networks. */
  readonly names: string;
}

/** The text for a container whose names change, with room for lines of its own. */
export function changingHosts({ head, names }: ChangingHosts): string {
  return `${head}${beginOfNames}\n${names}${endOfNames}\n`;
}

/**
 * The new text of a hosts file: brig's lines anew, and below them what the container added to the old ones. `current` can
 * be anything, since the container may write the file.
 */
export function replaceHosts(current: string, hosts: ChangingHosts): string {
  const end = current.indexOf(`${endOfNames}\n`);
  const own = end === -1 ? current : current.slice(end + endOfNames.length + 1);
  return `${changingHosts(hosts)}${own.slice(0, keptBytes)}`;
}

/**
 * The same where only the names have changed: what is above them stays as it is. Undefined when that has no line for one of
 * these addresses of the container's own, or when the file is not as brig writes it.
 */
export function replaceNames(current: string, names: string, addresses: readonly string[]): string | undefined {
  const begin = current.indexOf(`${beginOfNames}\n`);
  const head = current.slice(0, begin === -1 ? 0 : begin);
  if (begin === -1 || begin > keptBytes || !current.includes(`${endOfNames}\n`, begin)) return undefined;
  if (!addresses.every((address) => head.includes(`\n${address}\t`))) return undefined;
  return replaceHosts(current, { head, names });
}

/** One word without anything that means something in the file. */
function isName(text: string): boolean {
  return text.length <= 253 && /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text);
}

import { isIP } from "node:net";
import type { FilledOptions } from "../fillDefaults.ts";
import { hasControlCharacter } from "../options/singleLine.ts";

/** Texts of the host that the generated files may be made from. */
export interface HostFiles {
  readonly hosts: string;
  readonly resolvConf: string;
  readonly hostname: string;
}

/** What is bound over /etc/hosts, /etc/hostname and /etc/resolv.conf. */
export interface EtcFiles {
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
  readonly notices: readonly string[];
}

type EtcOptions = Pick<
  FilledOptions,
  "network" | "networks" | "domainname" | "addHosts" | "dns" | "dnsSearch" | "dnsOptions"
>;

/** Generates the three files. Pure. Every value in them was parsed to be one line (SECURITY-BASELINE V67). */
export function buildEtcFiles(options: EtcOptions, hostname: string, host: HostFiles): EtcFiles {
  const extra = extraHosts(options);
  return {
    hosts: `${options.network === "host" ? withLineEnd(host.hosts) : ownHosts(hostname, options.domainname)}${extra.lines}`,
    hostname: `${hostname}\n`,
    resolvConf: buildResolvConf(options, host.resolvConf),
    notices: extra.notices,
  };
}

const localHosts = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** The container's own name leads to its loopback, the only interface it has. */
function ownHosts(hostname: string, domainname: string | undefined): string {
  const names = domainname === undefined ? hostname : `${hostname}.${domainname} ${hostname}`;
  return `${localHosts}127.0.1.1\t${names}\n`;
}

function extraHosts({ addHosts, network, networks }: EtcOptions): {
  readonly lines: string;
  readonly notices: readonly string[];
} {
  const notices: string[] = [];
  const lines = addHosts.map(({ name, address }) => {
    if (address !== "host-gateway") return `${address}\t${name}\n`;
    if (network === "host") return `127.0.0.1\t${name}\n`;
    // With networks of its own the file is written at the start, when the gateway is known.
    if (networks.length > 0) return "";
    notices.push(`"${name}" was left out of /etc/hosts: without a network there is no host-gateway`);
    return "";
  });
  return { lines: lines.join(""), notices };
}

function withLineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * The resolver configuration (resolv.conf(5)): what the flags say in place of what the host says. A resolver on the
 * host's loopback cannot be reached from another network namespace and is left out there.
 */
function buildResolvConf(options: EtcOptions, host: string): string {
  const given = parseResolvConf(host);
  const reachable = options.network === "host" ? given.servers : given.servers.filter((server) => !isLoopback(server));
  const servers = options.dns.length > 0 ? options.dns : reachable;
  const search = options.dnsSearch.length > 0 ? options.dnsSearch.filter((domain) => domain !== ".") : given.search;
  const words = options.dnsOptions.length > 0 ? options.dnsOptions : given.options;
  const lines = [
    ...servers.map((server) => `nameserver ${server}`),
    ...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
    ...(words.length > 0 ? [`options ${words.join(" ")}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

interface ResolvConf {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

function parseResolvConf(text: string): ResolvConf {
  const found: { servers: string[]; search: string[]; options: string[] } = { servers: [], search: [], options: [] };
  for (const line of text.split("\n", 1000)) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== "" && !hasControlCharacter(word));
    if (keyword === "nameserver" && words[0] !== undefined && isIP(words[0]) !== 0) found.servers.push(words[0]);
    if (keyword === "search" || keyword === "domain") found.search = words;
    if (keyword === "options") found.options.push(...words);
  }
  return found;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Whether every resolver in the text is on the loopback, as with a local stub resolver. */
export function onlyLoopbackResolvers(text: string): boolean {
  const { servers } = parseResolvConf(text);
  return servers.length > 0 && servers.every(isLoopback);
}

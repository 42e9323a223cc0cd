import type { NetworkEnd, PublishedPort } from "../../container/index.ts";
import { formatHost, formatSocket, isWildcard } from "../../network/index.ts";
import { html, type Markup, type Piece, within } from "../markup/html.ts";
import { factList } from "../markup/table.ts";
import { journalLinks, leftOut, type Page, section, sentence } from "../page.ts";
import { rulesOfTable } from "./rules.ts";

const pathBytes = 18_000;

/** The ways of packets, with the interfaces, addresses and rules that they meet. */
export function networkSection(page: Page): Markup {
  const { network } = page.facts.surroundings;
  return section(
    page,
    "network",
    network.ends.length === 0
      ? html`${withoutInterface(page)}${loopback(page)}`
      : html`${paths(page)}${rulesOfTable(page)}`,
  );
}

function withoutInterface({ words: { network: texts }, facts: { surroundings } }: Page): Markup {
  const { mode } = surroundings.network;
  const container = /^container:(.*)$/s.exec(mode)?.[1];
  if (mode === "host") return html`<p class="warning">${sentence(texts.host)}</p>`;
  if (container !== undefined) return html`<p>${sentence(texts.joined({ name: container }))}</p>`;
  return html`<p>${sentence(texts.nothing)}</p>`;
}

function loopback(page: Page): Markup | undefined {
  return journalLinks(page, ({ id }) => id === "net.loopback");
}

function paths(page: Page): Markup {
  const { words, facts } = page;
  const { ends, ports } = facts.surroundings.network;
  const texts = words.network;
  const main = ends.find(({ endpoint }) => endpoint.ipv4?.gateway !== undefined) ?? ends[0];
  const incoming = within(pathBytes, ports, (port) => pathIn(page, port, main));
  const outgoing = within(pathBytes, ends, (end) => pathOut(page, end));
  return html`${facts.surroundings.live === undefined ? html`<p class="note">${sentence(texts.notRunning)}</p>` : undefined}
<h3>${texts.in}</h3>${ports.length === 0 ? html`<p>${sentence(noPorts(page))}</p>` : undefined}${incoming.pieces}${leftOut(page, incoming.left)}
${ports.length === 0 ? undefined : journalLinks(page, ({ id }) => id.startsWith("net.ports"))}
<h3>${texts.out}</h3>${outgoing.pieces}${leftOut(page, outgoing.left)}
`;
}

function noPorts({ words: { network: texts }, facts: { surroundings } }: Page): string {
  const { wanted } = surroundings.network;
  if (wanted.length === 0) return texts.noPorts;
  const ports = wanted.map(({ hostIp, hostPort, containerPort, protocol }) => {
    const first = hostPort === undefined ? "*" : String(hostPort.first);
    const host = hostIp === undefined ? first : `${formatHost(hostIp)}:${first}`;
    return `${host}:${containerPort}/${protocol}`;
  });
  return texts.wanted({ ports: ports.slice(0, 40).join(", ") });
}

interface Station {
  readonly where: "outside" | "host" | "container";
  readonly name: Piece;
  readonly text: Piece;
}

function drawPath({ words: { network: texts } }: Page, label: string, stations: readonly Station[]): Markup {
  const places = { outside: texts.outside, host: texts.onHost, container: texts.inContainer };
  const drawn = stations.map(
    ({ where, name, text }) =>
      html`<li class="station ${where}"><span class="where">${places[where]}</span><strong>${name}</strong><span>${text}</span></li>`,
  );
  return html`<figure><figcaption>${label}</figcaption><ol class="path-line">${drawn}</ol></figure>
`;
}

function pathIn(page: Page, port: PublishedPort, end: NetworkEnd | undefined): Markup {
  const { network: texts } = page.words;
  const { hostIp, hostPort, containerPort, protocol } = port;
  const socket = formatSocket(hostIp, hostPort);
  const address = hostIp.includes(":") ? end?.endpoint.ipv6?.address : end?.endpoint.ipv4?.address;
  const target = address === undefined ? `${containerPort}` : formatSocket(address, containerPort);
  return drawPath(page, texts.portCaption({ port: `${socket}/${protocol}`, target }), [
    { where: "outside", name: texts.client, text: isWildcard(hostIp) ? texts.anyAddress : texts.oneAddress },
    {
      where: "host",
      name: html`<code>${socket}</code>`,
      text: texts.translated({ chain: "published", local: "published-local", target }),
    },
    { where: "host", name: html`<code>forward</code>`, text: texts.mayPass },
    ...links(page, end),
    { where: "container", name: html`<code>:${containerPort}</code>`, text: texts.program({ protocol }) },
  ]);
}

/** The bridge, the pair of interfaces and the end inside, from the host's side. */
function links({ words: { network: texts } }: Page, end: NetworkEnd | undefined): readonly Station[] {
  if (end === undefined) return [];
  const { endpoint, network } = end;
  const addresses = [endpoint.ipv4, endpoint.ipv6].flatMap((one) =>
    one === undefined ? [] : [`${one.address}/${one.prefixLength}`],
  );
  const inside: Station = {
    where: "container",
    name: html`<code>${endpoint.interfaceName}</code>`,
    text: html`<code>${addresses.join(" ")}</code> <code>${endpoint.mac}</code>`,
  };
  if (network === undefined) return [inside];
  const gateways = network.subnets.flatMap(({ gateway }) => gateway ?? []).join(" ");
  if (network.driver !== "bridge") {
    return [
      {
        where: "host",
        name: html`<code>${network.hostInterface}</code>`,
        text: texts.parent({ driver: network.driver }),
      },
      inside,
    ];
  }
  return [
    {
      where: "host",
      name: html`<code>${network.hostInterface}</code>`,
      text: html`${texts.bridge} <code>${gateways}</code>`,
    },
    { where: "host", name: html`<code>${endpoint.hostInterface ?? ""}</code>`, text: texts.pair },
    inside,
  ];
}

function pathOut(page: Page, end: NetworkEnd): Markup {
  const { words } = page;
  const { network: texts } = words;
  const { endpoint, network } = end;
  const isBridge = network?.driver === "bridge";
  const stations: readonly Station[] = [
    ...[...links(page, end)].reverse(),
    ...(isBridge
      ? [
          {
            where: "host" as const,
            name: html`<code>postrouting</code>`,
            text: network.internal ? texts.internal : texts.masquerade,
          },
        ]
      : []),
    ...(network?.internal === true ? [] : [{ where: "outside" as const, name: texts.world, text: texts.worldText }]),
  ];
  const names = endpoint.dnsNames.length === 0 ? undefined : endpoint.dnsNames.join(" ");
  return html`${drawPath(page, texts.outCaption({ network: endpoint.network }), stations)}${
    network === undefined ? html`<p class="warning">${sentence(texts.networkGone)}</p>` : undefined
  }${factList([
    [texts.driver, network?.driver],
    [texts.subnets, network?.subnets.map(({ subnet }) => subnet).join(" ")],
    [texts.mtu, network === undefined ? undefined : String(network.mtu)],
    [texts.names, names],
  ])}${journalLinks(page, ({ id }) => id.startsWith(`net.${endpoint.network}.`) || id === "net.link" || id === "net.address")}`;
}

import { EngineError } from "../../base/index.ts";
import type { ExposedPort } from "../ports/portRequest.ts";

/** `--link NAME[:ALIAS]`: another container by a name of this one's own. */
export interface Link {
  /** A container's name or id, as written. */
  readonly container: string;
  readonly alias: string;
}

/** What a link leads to. */
export interface LinkTarget {
  readonly alias: string;
  /** `/this-container/alias`, Docker's name of the link. */
  readonly name: string;
  readonly address: string;
  readonly ports: readonly ExposedPort[];
  /** The environment that the other container was given, `KEY=value`. */
  readonly env: readonly string[];
}

/**
 * Parses `--link`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseLink(text: string): Link {
  const [container = "", given, ...rest] = text.split(":", 3);
  // Docker's own names of linked containers begin with a slash, and its clients may send them.
  const name = container.replace(/^\//, "");
  const alias = (given ?? name).split("/").at(-1) ?? "";
  if (text === "") throw invalid("empty string specified for links");
  if (rest.length > 0) throw invalid(`bad format for links: ${text.slice(0, 80)}`);
  if (!isContainerWord(name)) throw invalid(`bad format for links: ${text.slice(0, 80)}`);
  if (!isContainerWord(alias)) throw invalid(`invalid alias in links: ${text.slice(0, 80)}`);
  return { container: name, alias };
}

function isContainerWord(text: string): boolean {
  return text.length <= 128 && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text);
}

function invalid(message: string): EngineError {
  return new EngineError("invalidValue", message, { hint: "write --link CONTAINER[:ALIAS]" });
}

/**
 * The variables that Docker gives to a container for one link: `DB_PORT`, `DB_PORT_5432_TCP_ADDR`, `DB_NAME`,
 * `DB_ENV_POSTGRES_USER` and so on. Pure.
 */
export function linkVariables({ alias, name, address, ports, env }: LinkTarget): readonly string[] {
  const prefix = alias.toUpperCase().replaceAll("-", "_");
  const sorted = [...ports].sort(
    (one, other) => Number(other.protocol === "tcp") - Number(one.protocol === "tcp") || one.port - other.port,
  );
  const [first] = sorted;
  return [
    ...(first === undefined ? [] : [`${prefix}_PORT=${first.protocol}://${address}:${first.port}`]),
    ...rangesOf(sorted).flatMap((range) => rangeVariables(prefix, address, range)),
    `${prefix}_NAME=${name}`,
    ...env.flatMap((entry) => foreignVariable(prefix, entry)),
  ];
}

/** Ports that follow each other, of one protocol. */
function rangesOf(sorted: readonly ExposedPort[]): readonly (readonly ExposedPort[])[] {
  const ranges: ExposedPort[][] = [];
  for (const port of sorted) {
    const last = ranges.at(-1)?.at(-1);
    if (last !== undefined && last.protocol === port.protocol && port.port === last.port + 1) ranges.at(-1)?.push(port);
    else ranges.push([port]);
  }
  return ranges;
}

function rangeVariables(prefix: string, address: string, range: readonly ExposedPort[]): readonly string[] {
  const [first, last] = [range[0], range.at(-1)];
  if (first === undefined || last === undefined) return [];
  const start = `${prefix}_PORT_${first.port}_${first.protocol.toUpperCase()}`;
  const ends =
    range.length === 1
      ? []
      : [
          `${start}_START=${first.protocol}://${address}:${first.port}`,
          `${start}_PORT_START=${first.port}`,
          `${start}_END=${last.protocol}://${address}:${last.port}`,
          `${start}_PORT_END=${last.port}`,
        ];
  return [...ends, ...range.flatMap((port) => portVariables(prefix, address, port))];
}

function portVariables(prefix: string, address: string, { port, protocol }: ExposedPort): readonly string[] {
  const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
  return [
    `${name}=${protocol}://${address}:${port}`,
    `${name}_ADDR=${address}`,
    `${name}_PORT=${port}`,
    `${name}_PROTO=${protocol}`,
  ];
}

/** HOME and PATH belong to the other container's files. */
function foreignVariable(prefix: string, entry: string): readonly string[] {
  const equals = entry.indexOf("=");
  const name = entry.slice(0, equals);
  return equals <= 0 || name === "HOME" || name === "PATH" ? [] : [`${prefix}_ENV_${entry}`];
}

import { EngineError } from "../../base/index.ts";
import { hasLabel } from "../../image/index.ts";
import type { PublishedPort } from "../../network/index.ts";
import type { CreatedContainer } from "../runReports.ts";
import { compileTextPattern } from "./textPattern.ts";

/** One `--filter name=value`, as the user wrote it. */
export interface ObjectFilter {
  readonly name: string;
  readonly value: string;
}

/** What filters need beyond the container itself. */
export interface FilterFacts {
  /** When the container of a name or id was made, RFC 3339. */
  readonly createdOf: (nameOrId: string) => string;
  /** The layers of an image, the lowest first; undefined when there is no such image. */
  readonly layersOf: (reference: string) => readonly string[] | undefined;
  /** The name of the network that a name or id, or the beginning of one, stands for. */
  readonly networkOf: (nameOrId: string) => string;
}

/** A container, and what only filters look at. */
export interface FilteredContainer {
  readonly container: CreatedContainer;
  readonly diffIds: readonly string[];
  readonly mountTargets: readonly string[];
  readonly exposedPorts: readonly string[];
}

type Test = (one: FilteredContainer) => boolean;

const states = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

/** Every filter of Docker's `ps`, by what makes a test of its value. */
const filters: ReadonlyMap<string, (value: string, facts: FilterFacts) => Test> = new Map([
  ["ancestor", fromImage],
  ["before", (value, facts) => madeBeside(facts.createdOf(value), (made, mark) => made < mark)],
  ["exited", exitedWith],
  ["expose", (value) => portTest("expose", value, ({ exposedPorts }) => exposedPorts)],
  ["health", hasHealth],
  ["id", (value) => matching(value, ({ container }) => container.id)],
  ["is-task", isTask],
  ["isolation", () => () => true],
  ["label", (value) => (one) => hasLabel(one.container.labels, value)],
  ["name", (value) => nameTest(value)],
  ["network", inNetwork],
  ["publish", (value) => portTest("publish", value, ({ container }) => container.ports.map(publishedText))],
  ["since", (value, facts) => madeBeside(facts.createdOf(value), (made, mark) => made > mark)],
  ["status", hasStatus],
  ["volume", usesVolume],
]);

function inNetwork(value: string, { networkOf }: FilterFacts): Test {
  const name = networkOf(value);
  return ({ container }) => container.networks.includes(name);
}

export const containerFilterNames: readonly string[] = [...filters.keys()];

/**
 * Makes one test of several filters as Docker combines them: every name must hold, one of its values is enough; labels
 * must all hold.
 *
 * @throws EngineError `invalidValue` for an unknown filter or value, `containerNotFound` for `before` and `since`.
 */
export function compileFilters(wanted: readonly ObjectFilter[], facts: FilterFacts): Test {
  const groups = new Map<string, Test[]>();
  for (const { name, value } of wanted) {
    const make = filters.get(name);
    if (make === undefined) throw new EngineError("invalidValue", `invalid filter '${name.slice(0, 80)}'`);
    const key = name === "label" ? `label=${value}` : name;
    groups.set(key, [...(groups.get(key) ?? []), make(value, facts)]);
  }
  return (one) => [...groups.values()].every((tests) => tests.some((test) => test(one)));
}

/** Whether a filter asks for containers that do not run. */
export function looksAtStopped(wanted: readonly ObjectFilter[]): boolean {
  return wanted.some(({ name }) => name === "status" || name === "exited");
}

/** The port of the host. */
function publishedText({ hostPort, protocol }: PublishedPort): string {
  return `${hostPort}/${protocol}`;
}

function invalid(name: string, value: string, hint: string): EngineError {
  return new EngineError("invalidValue", `invalid filter '${name}=${value.slice(0, 80)}'`, { hint });
}

function matching(value: string, textOf: (one: FilteredContainer) => string): Test {
  const fits = compileTextPattern(value);
  return (one) => fits(textOf(one));
}

/** Names were once shown with a slash in front, and many scripts search for `^/web$`. */
function nameTest(value: string): Test {
  const fits = compileTextPattern(value);
  return ({ container: { name } }) => fits(name) || fits(`/${name}`);
}

function hasStatus(value: string): Test {
  if (!states.includes(value)) throw invalid("status", value, `the states are ${states.join(", ")}`);
  return ({ container }) => container.status === value;
}

function exitedWith(value: string): Test {
  if (!/^-?\d{1,9}$/.test(value)) throw invalid("exited", value, "write a number, such as exited=137");
  return ({ container }) =>
    (container.status === "exited" || container.status === "restarting") && container.exitCode === Number(value);
}

function hasHealth(value: string): Test {
  const known = ["starting", "healthy", "unhealthy", "none"];
  if (!known.includes(value)) throw invalid("health", value, `the states of health are ${known.join(", ")}`);
  return ({ container }) => (container.health ?? "none") === value;
}

/** Tasks belong to swarms: no container of brig is one. */
function isTask(value: string): Test {
  if (!/^(true|false|1|0)$/.test(value)) throw invalid("is-task", value, "write true or false");
  return () => value === "false" || value === "0";
}

function madeBeside(mark: string, isBeside: (made: string, mark: string) => boolean): Test {
  return ({ container }) => isBeside(container.created, mark);
}

/** An image and everything that was built on it: its layers are the lowest ones of the container. */
function fromImage(value: string, facts: FilterFacts): Test {
  const layers = facts.layersOf(value);
  return ({ container, diffIds }) =>
    container.image === value || layers?.every((layer, index) => diffIds[index] === layer) === true;
}

function usesVolume(value: string): Test {
  return ({ container, mountTargets }) => container.mounts.includes(value) || mountTargets.includes(value);
}

/** `80`, `80/udp`, `8000-8080/tcp`. */
function portTest(name: string, value: string, portsOf: (one: FilteredContainer) => readonly string[]): Test {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(value);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match === null || from > to || to > 65535) throw invalid(name, value, "write PORT[-PORT][/PROTOCOL]");
  const protocol = match[3] ?? "tcp";
  return (one) =>
    portsOf(one).some((port) => {
      const [number = "", itsProtocol = "tcp"] = port.split("/");
      return itsProtocol === protocol && Number(number) >= from && Number(number) <= to;
    });
}

import { isAbsolute } from "node:path";
import { EngineError } from "../base/index.ts";
import { parseImageRef, parsePlatform, type TrustRule } from "../image/index.ts";
import { parseIdPool, parseUserns } from "../namespaces/index.ts";
import { formatSubnet, parseSubnet } from "../network/index.ts";

/** One thing that a configuration may say. */
export type Setting =
  | {
      readonly kind: "value";
      /** What it must be, after "must be". */
      readonly expects: string;
      /** The typed value; undefined, or an EngineError, for what it must not be. */
      readonly read: (value: unknown) => unknown;
    }
  | { readonly kind: "section"; readonly members: ReadonlyMap<string, Setting> }
  /** Names that the user chooses. */
  | {
      readonly kind: "map";
      readonly names: string;
      readonly isName: (name: string) => boolean;
      readonly of: Setting;
    };

const mostNames = 1000;
const longestText = 4096;

/** One line, without what could play tricks with a terminal or a path. */
function plainText(value: unknown): string | undefined {
  const isText = typeof value === "string" && value !== "" && value.length <= longestText;
  return isText && !/[\u0000-\u001f\u007f]/.test(value) ? value : undefined;
}

function parsed(value: unknown, parse: (text: string) => unknown): unknown {
  const text = plainText(value);
  return text === undefined ? undefined : parse(text);
}

function listOf<Element>(
  value: unknown,
  read: (value: unknown) => Element | undefined,
): readonly Element[] | undefined {
  if (!Array.isArray(value) || value.length > mostNames) return undefined;
  const elements = value.map(read).filter((element) => element !== undefined);
  return elements.length === value.length ? elements : undefined;
}

const absolutePath = (value: unknown): string | undefined => {
  const path = plainText(value);
  return path !== undefined && isAbsolute(path) ? path : undefined;
};

/** Whether the text is a registry with nothing behind it, in the one spelling that references have. */
function isRegistryName(text: string): boolean {
  return !text.includes("/") && isImagePrefix(text);
}

/** Whether the text is `registry[/path]`: what an image's full name can begin with. */
function isImagePrefix(text: string): boolean {
  try {
    const { registry, repository, tag, digest } = parseImageRef(`${text}/a`);
    return tag === undefined && digest === undefined && `${registry}/${repository}` === `${text}/${lastPart(text)}`;
  } catch {
    return false;
  }
}

/** Single names of Docker Hub are below `library`. */
function lastPart(prefix: string): string {
  return prefix === "docker.io" ? "library/a" : "a";
}

/** A mirror as the registry client wants it, from `[https://]host[:port][/path]`. */
function readMirror(value: unknown): string | undefined {
  const text = plainText(value)
    ?.replace(/^https:\/\//, "")
    .replace(/\/$/, "");
  return text !== undefined && isImagePrefix(text) ? text : undefined;
}

const readSearch = (value: unknown): string | undefined => {
  const text = plainText(value);
  return text !== undefined && isImagePrefix(text) ? text : undefined;
};

function readRule(value: unknown): TrustRule | undefined {
  if (value === "allow" || value === "reject") return { kind: value };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [[name, keys] = [], ...others] = Object.entries(value);
  const paths = listOf(keys, absolutePath);
  if (name !== "require" || others.length > 0 || paths === undefined || paths.length === 0) return undefined;
  return { kind: "require", keys: paths };
}

const value = (expects: string, read: (value: unknown) => unknown): Setting => ({ kind: "value", expects, read });
const section = (members: Readonly<Record<string, Setting>>): Setting => ({
  kind: "section",
  members: new Map(Object.entries(members)),
});

const flag = value("true or false", (given) => (typeof given === "boolean" ? given : undefined));
const path = value("an absolute path", absolutePath);
const oneOf = (words: readonly string[]): Setting =>
  value(words.map((word) => JSON.stringify(word)).join(" or "), (given) => words.find((word) => word === given));

/** An integer of a YAML or JSON document. */
function readConcurrency(given: unknown): number | undefined {
  return typeof given === "number" && Number.isInteger(given) && given >= 1 && given <= 32 ? given : undefined;
}

/** Options of log drivers are text; numbers and truth values are written as such by habit. */
function readOption(given: unknown): string | undefined {
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  return given === "" ? "" : plainText(given);
}

function readUserns(given: unknown): string | undefined {
  const text = plainText(given);
  if (text !== undefined) parseUserns(text);
  return text;
}

/** Everything that a configuration may say, in the order in which it is shown. */
export const schema: Setting = section({
  root: path,
  run_root: path,
  platform: value("a platform such as linux/arm64", (given) => parsed(given, parsePlatform)),
  search: value("a list of registries such as [docker.io, registry.example.com/team]", (given) => {
    const places = listOf(given, readSearch);
    return places?.length === 0 ? undefined : places;
  }),
  registries: {
    kind: "map",
    names: "a registry such as docker.io or registry.example.com:5000",
    isName: isRegistryName,
    of: section({
      mirrors: value("a list of hosts such as [mirror.example.com, cache.example.com:5000/hub]", (given) =>
        listOf(given, readMirror),
      ),
      insecure: flag,
      blocked: flag,
    }),
  },
  pull: section({ concurrency: value("a whole number from 1 to 32", readConcurrency) }),
  log: section({
    driver: value("the name of a log driver", plainText),
    options: {
      kind: "map",
      names: "an option of the log driver",
      isName: (name) => plainText(name) !== undefined,
      of: value("text", readOption),
    },
  }),
  security: section({
    seccomp: value('"default", "unconfined" or the absolute path of a profile', (given) =>
      given === "default" || given === "unconfined" ? given : absolutePath(given),
    ),
    profile: oneOf(["default", "docker", "strict"]),
    no_new_privileges: flag,
    userns: value('"private", "auto", "nomap", "keep-id" or "host"', readUserns),
    id_pool: value("FIRST-ID:COUNT with at least 65536 ids", (given) => {
      const text = plainText(given);
      return text === undefined ? undefined : parseIdPool(text);
    }),
  }),
  network: section({
    default_subnet: value("an IPv4 subnet such as 10.200.0.0/20, with 8 to 30 bits", (given) => {
      const text = plainText(given);
      const subnet = text === undefined ? undefined : parseSubnet(text);
      const fits = subnet?.family === 4 && subnet.length >= 8 && subnet.length <= 30;
      return fits && formatSubnet(subnet) === text ? text : undefined;
    }),
  }),
  init: value('true, false or "auto"', (given) => (typeof given === "boolean" || given === "auto" ? given : undefined)),
  trust: section({
    default: value('"allow" or "reject"', (given) => (given === "allow" || given === "reject" ? given : undefined)),
    images: {
      kind: "map",
      names: "the beginning of image names such as registry.example.com/team",
      isName: isImagePrefix,
      of: value('"allow", "reject" or {require: [absolute paths of public keys]}', readRule),
    },
  }),
});

/** What an EngineError of a parser says, in the words of a problem. */
export function complaintOf(error: unknown): { readonly message: string; readonly hint?: string } {
  if (!(error instanceof EngineError)) throw error;
  return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

import { resolve } from "node:path";
import { EngineError, parseSize } from "../../base/index.ts";
import type { ServeRegistryRequest } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";

interface ServeDraft extends Help {
  listen: { readonly host: string; readonly port: number };
  anyAddress?: boolean;
  allowDelete?: boolean;
  allowPush?: boolean;
  readOnly?: boolean;
  htpasswd?: string;
  maxBlobBytes?: number;
  tlsCert?: string;
  tlsKey?: string;
}

/** `HOST:PORT`, `[IPv6]:PORT` or `:PORT`; port 0 is any free one. */
export function parseListen(text: string): ServeDraft["listen"] {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]/\s]{0,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  const named = match?.[1] ?? match?.[2] ?? "";
  if (match !== null && port <= 65_535) return { host: named === "" ? "127.0.0.1" : named, port };
  throw new EngineError("invalidValue", `${JSON.stringify(text)} is no address with a port`, {
    hint: "write HOST:PORT, such as 127.0.0.1:5000",
  });
}

const flags: readonly Flag<ServeDraft>[] = [
  {
    long: "allow-delete",
    text: "let clients push, and delete tags, manifests and blobs",
    read: switchInto<ServeDraft>("allowDelete"),
  },
  {
    long: "allow-push",
    text: "let clients push without a password: whoever reaches the address can then replace the images of this machine",
    read: switchInto<ServeDraft>("allowPush"),
  },
  {
    long: "any-address",
    text: "allow an address that other machines reach; pushing then needs --htpasswd, and so should pulling",
    read: switchInto<ServeDraft>("anyAddress"),
  },
  helpFlag,
  {
    long: "htpasswd",
    value: "file",
    text: 'serve only the users of this file (written by "htpasswd -B"), who may push',
    read: textInto<ServeDraft>("htpasswd"),
  },
  {
    long: "listen",
    value: "host:port",
    text: "address to serve on; port 0 for any free one",
    fallback: "127.0.0.1:5000",
    read: (draft, text) => {
      draft.listen = parseListen(text);
    },
  },
  {
    long: "max-blob",
    value: "bytes",
    text: "largest blob that is taken",
    fallback: "64g",
    read: (draft, text) => {
      draft.maxBlobBytes = parseSize(text, "--max-blob");
    },
  },
  { long: "read-only", text: "let clients pull only", read: switchInto<ServeDraft>("readOnly") },
  { long: "tls-cert", value: "file", text: "certificate (PEM) to serve with", read: textInto<ServeDraft>("tlsCert") },
  { long: "tls-key", value: "file", text: "key (PEM) of the certificate", read: textInto<ServeDraft>("tlsKey") },
];

function requestOf(draft: ServeDraft, directory: string): ServeRegistryRequest {
  const {
    listen,
    anyAddress = false,
    allowDelete,
    allowPush,
    readOnly,
    htpasswd,
    maxBlobBytes,
    tlsCert,
    tlsKey,
  } = draft;
  if (readOnly === true && allowDelete === true) throw opposed("--allow-delete and --read-only exclude each other");
  if (readOnly === true && allowPush === true) throw opposed("--allow-push and --read-only exclude each other");
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw opposed("--tls-cert and --tls-key go together");
  const tls =
    tlsCert === undefined || tlsKey === undefined
      ? {}
      : { tls: { certificate: resolve(directory, tlsCert), key: resolve(directory, tlsKey) } };
  return {
    ...listen,
    anyAddress,
    ...tls,
    ...(htpasswd === undefined ? {} : { passwords: resolve(directory, htpasswd) }),
    ...(maxBlobBytes === undefined ? {} : { maxBlobBytes }),
    allow: allowanceOf(draft),
  };
}

/** What is pushed here is what `run` of the same name starts, as root: that takes a password, or the user's word. */
function allowanceOf({ readOnly, allowDelete, allowPush, htpasswd }: ServeDraft): ServeRegistryRequest["allow"] {
  if (readOnly === true) return "pull";
  if (allowDelete === true) return "delete";
  return allowPush === true || htpasswd !== undefined ? "push" : "pull";
}

function opposed(message: string): EngineError {
  return new EngineError("usage", message, { hint: 'see "brig registry serve --help"' });
}

/** Serves until SIGINT or SIGTERM. */
export const registryServeCommand = defineCommand<ServeDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ listen: { host: "127.0.0.1", port: 5000 } }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const server = await (await openEngine()).serveRegistry(requestOf(draft, context.cwd));
    context.stdout.write(`serving images on ${server.url}\n`);
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await server.close();
    return {};
  },
});

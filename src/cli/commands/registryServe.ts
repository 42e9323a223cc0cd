import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";

interface ServeDraft extends Help {
  listen: { readonly host: string; readonly port: number };
  anyAddress?: boolean;
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
    long: "any-address",
    text: "allow an address that other machines reach: they can read every image without a password",
    read: switchInto<ServeDraft>("anyAddress"),
  },
  helpFlag,
  {
    long: "listen",
    value: "host:port",
    text: "address to serve on; port 0 for any free one",
    fallback: "127.0.0.1:5000",
    read: (draft, text) => {
      draft.listen = parseListen(text);
    },
  },
];

/** Serves until SIGINT or SIGTERM. */
export const registryServeCommand = defineCommand<ServeDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ listen: { host: "127.0.0.1", port: 5000 } }),
  execute: async ({ draft: { listen, anyAddress = false }, context, openEngine }): Promise<Outcome> => {
    const server = await (await openEngine()).serveRegistry({ ...listen, anyAddress });
    context.stdout.write(`serving images on ${server.url}\n`);
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await server.close();
    return {};
  },
});

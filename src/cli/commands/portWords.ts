import { EngineError } from "../../base/index.ts";
import type { PortQuestion } from "../../container/index.ts";

/**
 * Parses `80` or `80/udp`; `80` stands for `80/tcp`.
 *
 * @throws EngineError `invalidValue`.
 */
export function parsePortWord(text: string): PortQuestion {
  const match = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const protocol = (["tcp", "udp", "sctp"] as const).find((known) => known === (match?.[2] ?? "tcp").toLowerCase());
  if (match !== null && protocol !== undefined && Number(match[1]) <= 65535)
    return { port: Number(match[1]), protocol };
  throw new EngineError("invalidValue", `invalid port "${text.slice(0, 80)}"`, {
    hint: "write PORT or PORT/PROTOCOL, such as 80/tcp",
  });
}

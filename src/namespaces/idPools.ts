import { EngineError, readFileIfExists } from "../base/index.ts";

/** Ids of the host, for users and groups alike, from which containers get theirs. */
export interface IdPool {
  readonly firstId: number;
  readonly size: number;
}

/** Enough for every id that a distribution gives to a user, and for nobody (65534). */
export const idsPerRange = 65536;

/** Above the ids of people, of systemd's dynamic users and containers, and below 2^31, where some tools see -1. */
export const builtInPools: readonly IdPool[] = [{ firstId: 0x2000_0000, size: 16384 * idsPerRange }];

const maxId = 2 ** 32 - 2;
const owners = ["brig", "containers"] as const;

export interface SubordinateFiles {
  readonly subuid: string;
  readonly subgid: string;
}

/**
 * Parses `FIRST:COUNT`, the words of a pool in a configuration.
 *
 * @returns undefined for what is no pool of at least one container's ids.
 */
export function parseIdPool(text: string): IdPool | undefined {
  const match = /^(\d{1,10}):(\d{1,10})$/.exec(text);
  if (match === null) return undefined;
  const [firstId, size] = [Number(match[1]), Number(match[2])];
  return firstId > 0 && size >= idsPerRange && firstId + size - 1 <= maxId ? { firstId, size } : undefined;
}

/**
 * The pools of this machine: what the administrator has given to `brig`, else to `containers`, in /etc/subuid and
 * /etc/subgid alike (subuid(5)), else brig's own. Reads two files.
 *
 * @throws EngineError `invalidConfig` for an entry that leaves no container's worth of ids.
 */
export function readIdPools(): readonly IdPool[] {
  const [subuid, subgid] = ["/etc/subuid", "/etc/subgid"].map((path) => readFileIfExists(path) ?? "");
  return subordinatePools({ subuid: subuid ?? "", subgid: subgid ?? "" }) ?? builtInPools;
}

/**
 * Refuses a size that no range of these pools can have, whoever else has some of them. Pure.
 *
 * @throws EngineError `invalidValue`.
 */
export function requireLargePool(pools: readonly IdPool[], size: number): void {
  const largest = Math.max(...pools.map((pool) => pool.size));
  if (size <= largest) return;
  throw new EngineError("invalidValue", `cannot give a container ${size} user ids: the largest pool has ${largest}`, {
    hint: "ask for fewer, or give brig more ids in /etc/subuid and /etc/subgid",
  });
}

/**
 * The ids that both files give to the same name. Pure.
 *
 * @throws EngineError as `readIdPools`.
 */
export function subordinatePools({ subuid, subgid }: SubordinateFiles): readonly IdPool[] | undefined {
  for (const owner of owners) {
    const [users, groups] = [entriesOf(subuid, owner), entriesOf(subgid, owner)];
    if (users.length === 0 && groups.length === 0) continue;
    const pools = users.flatMap((user) => groups.flatMap((group) => common(user, group)));
    const usable = pools.filter(({ size }) => size >= idsPerRange);
    if (usable.length > 0) return usable;
    throw new EngineError(
      "invalidConfig",
      `cannot take ids for containers: /etc/subuid and /etc/subgid give "${owner}" no ${idsPerRange} ids that are the same`,
      { hint: `give "${owner}" the same range of at least ${idsPerRange} ids in both, or take its entries away` },
    );
  }
  return undefined;
}

/** Lines that are none are passed over, as newuidmap(1) does. Ids of root and beyond the last are nobody's to give. */
function entriesOf(text: string, owner: string): readonly IdPool[] {
  return text
    .slice(0, 1024 * 1024)
    .split("\n")
    .flatMap((line) => {
      const [name, first, count, ...rest] = line.trim().split(":");
      if (name !== owner || rest.length > 0) return [];
      if (!/^\d{1,10}$/.test(first ?? "") || !/^\d{1,10}$/.test(count ?? "")) return [];
      const entry = { firstId: Number(first), size: Number(count) };
      return entry.firstId > 0 && entry.size > 0 && entry.firstId + entry.size - 1 <= maxId ? [entry] : [];
    });
}

function common(one: IdPool, other: IdPool): readonly IdPool[] {
  const firstId = Math.max(one.firstId, other.firstId);
  const end = Math.min(one.firstId + one.size, other.firstId + other.size);
  return end > firstId ? [{ firstId, size: end - firstId }] : [];
}

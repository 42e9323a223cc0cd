import { EngineError, newContainerId } from "../../base/index.ts";
import { endOf, formatSubnet, overlaps, parseSubnet, type Subnet } from "./subnet.ts";

const pool: Subnet = { family: 4, first: 0x0ac8_0000n, length: 13 };
/** Kept for the default network, whenever it is made. */
export const firstSubnet4: Subnet = { family: 4, first: pool.first, length: 24 };
const poolStep = 256n;

/**
 * A /24 of 10.200.0.0/13 that nothing in `taken` overlaps: the lowest one.
 *
 * @throws EngineError `busy` when there is none.
 */
export function chooseSubnet4(taken: readonly Subnet[]): Subnet {
  const near = taken.filter((subnet) => overlaps(pool, subnet));
  for (let first = pool.first; first < endOf(pool); ) {
    const candidate: Subnet = { family: 4, first, length: 24 };
    const obstacle = near.find((subnet) => overlaps(candidate, subnet));
    if (obstacle === undefined) return candidate;
    const next = endOf(obstacle);
    first = next > first + poolStep ? next : first + poolStep;
  }
  throw new EngineError(
    "busy",
    `cannot choose a subnet: networks and routes of the host take all of ${formatSubnet(pool)}`,
    {
      hint: "remove networks with brig network prune, or give one with --subnet",
    },
  );
}

/** A /64 of a random local prefix (RFC 4193). */
export function chooseSubnet6(): Subnet {
  const digits = newContainerId();
  const [global, site] = [digits.slice(0, 10), digits.slice(10, 14)];
  const subnet = parseSubnet(`fd${global.slice(0, 2)}:${global.slice(2, 6)}:${global.slice(6, 10)}:${site}::/64`);
  if (subnet === undefined) throw new Error("a local prefix was not put together well");
  return subnet;
}

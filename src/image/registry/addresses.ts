import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Addresses of this machine and of its link, cloud metadata services included (RFC 3927, RFC 4291). */
const local = new BlockList();
local.addSubnet("0.0.0.0", 8);
local.addSubnet("127.0.0.0", 8);
local.addSubnet("169.254.0.0", 16);
local.addAddress("::", "ipv6");
local.addAddress("::1", "ipv6");
local.addSubnet("fe80::", 10, "ipv6");

/** Whether a URL's host name is a loopback address or `localhost`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || contains(loopback, hostname);
}

/** Whether a URL's host name is, without asking the resolver, on this machine or its link. */
export function isLocalHost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || contains(local, hostname);
}

function contains(list: BlockList, hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The errno of a connection that `refuseLocalAddresses` prevented. */
export const refusedAddressCode = "EREFUSEDADDRESS";

/** A resolver that fails for names of this machine or its link: a stranger chose the name. */
export function refuseLocalAddresses(lookup: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      const addresses = typeof address === "string" ? [address] : (address ?? []).map((entry) => entry.address);
      if (error !== null || !addresses.some((entry) => contains(local, entry))) {
        callback(error, address, family);
        return;
      }
      callback(Object.assign(new Error("a local address"), { code: refusedAddressCode }), "");
    });
}

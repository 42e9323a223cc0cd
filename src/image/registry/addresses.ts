import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net";

/** Whether a URL's host name, in the one form that URLs have for each, is a loopback address or `localhost`. */
export function isLoopbackHost(hostname: string): boolean {
  const address = withoutBrackets(hostname);
  return address === "localhost" || address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** Whether a URL's host name is, without asking the resolver, on this machine or its link. */
export function isLocalHost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLocalAddress(hostname, localAddresses());
}

/** Addresses of this machine and of its link, cloud metadata services included (RFC 3927, RFC 4291). Loading the list costs. */
function localAddresses(): BlockList {
  const local = new BlockList();
  local.addSubnet("0.0.0.0", 8);
  local.addSubnet("127.0.0.0", 8);
  local.addSubnet("169.254.0.0", 16);
  local.addAddress("::", "ipv6");
  local.addAddress("::1", "ipv6");
  local.addSubnet("fe80::", 10, "ipv6");
  return local;
}

function isLocalAddress(hostname: string, local: BlockList): boolean {
  const address = withoutBrackets(hostname);
  const family = isIP(address);
  return family !== 0 && local.check(address, family === 6 ? "ipv6" : "ipv4");
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The errno of a connection that `refuseLocalAddresses` prevented. */
export const refusedAddressCode = "EREFUSEDADDRESS";

/** A resolver that fails for names of this machine or its link: a stranger chose the name. */
export function refuseLocalAddresses(lookup: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      const addresses = typeof address === "string" ? [address] : (address ?? []).map((entry) => entry.address);
      const local = localAddresses();
      if (error !== null || !addresses.some((entry) => isLocalAddress(entry, local))) {
        callback(error, address, family);
        return;
      }
      callback(Object.assign(new Error("a local address"), { code: refusedAddressCode }), "");
    });
}

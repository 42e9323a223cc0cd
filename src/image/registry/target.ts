import { EngineError } from "../../base/index.ts";
import { isLocalHost } from "./addresses.ts";
import type { RegistryEndpoint } from "./endpoint.ts";

/**
 * Decides whether the client may go where a registry sends it (SECURITY-BASELINE V51): HTTP only, no credentials in the
 * URL, never from HTTPS to plain HTTP, and to this machine or its link only when the registry itself is on loopback.
 * Names that resolve to local addresses are refused when connecting.
 *
 * @throws EngineError `registryProtocol`.
 */
export function followRedirect(from: URL, location: string | null, endpoint: RegistryEndpoint): URL {
  const target = location === null || location.length > 8192 ? undefined : parseUrl(location, from);
  if (target === undefined) throw refused(endpoint, "without a usable address");
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    throw refused(endpoint, `to a "${target.protocol}" address`);
  }
  if (target.username !== "" || target.password !== "") throw refused(endpoint, "to an address with credentials in it");
  if (from.protocol === "https:" && target.protocol === "http:") throw refused(endpoint, "from HTTPS to plain HTTP");
  if (!endpoint.isLoopback && isLocalHost(target.hostname)) {
    throw refused(endpoint, `to "${target.hostname}", an address of this machine or its link`);
  }
  return target;
}

function parseUrl(text: string, base: URL): URL | undefined {
  return URL.canParse(text, base.href) ? new URL(text, base) : undefined;
}

function refused(endpoint: RegistryEndpoint, where: string): EngineError {
  return new EngineError("registryProtocol", `the registry "${endpoint.registry}" redirects ${where}`, {
    hint: "this is refused for safety; tell the operator of the registry",
  });
}

/**
 * The address of the token server that a registry names in its challenge. Credentials go there, so it must be HTTPS;
 * plain HTTP is fine only on loopback for a loopback registry, and on the host itself of an insecure one.
 *
 * @throws EngineError `registryProtocol`, `insecureRegistry`.
 */
export function tokenServer(realm: string, endpoint: RegistryEndpoint): URL {
  const url = realm.length <= 2048 && URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "") {
    throw new EngineError("registryProtocol", `the registry "${endpoint.registry}" names an unusable token server`);
  }
  const local = isLocalHost(url.hostname);
  if (local && !endpoint.isLoopback) {
    throw new EngineError(
      "registryProtocol",
      `the registry "${endpoint.registry}" names a token server on this machine or its link: "${url.host}"`,
    );
  }
  const sameHost = url.hostname === new URL(endpoint.origin).hostname;
  if (url.protocol === "http:" && !(endpoint.isInsecure && (local || sameHost))) {
    throw new EngineError(
      "insecureRegistry",
      `the registry "${endpoint.registry}" wants credentials sent in plain HTTP to "${url.host}"`,
      { hint: "a token server must be reached over HTTPS" },
    );
  }
  return url;
}

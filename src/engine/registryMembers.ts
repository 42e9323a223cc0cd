import { EngineError } from "../base/index.ts";
import type { Engine, LoginRequest, PushRequest, SearchRequest } from "../engine.ts";
import type { FoundRepository, LoginReport, PushEvent } from "../image/index.ts";
import { imageStore, tellImage } from "./imageMembers.ts";
import { type Places, probe, requireRoot } from "./places.ts";
import { credentialSettings, registryAccess } from "./registryAccess.ts";

export type RegistryMembers = Pick<Engine, "push" | "login" | "logout" | "keptLogin" | "search">;

/** What goes out to registries. */
export function registryMembers(places: Places): RegistryMembers {
  const credentials = credentialSettings(places.settings);
  return {
    push: (request) => push(request, places),
    login: (request) => login(request, places),
    search: (request) => search(request, places),
    async logout(server) {
      const room = await openRoom();
      return room.logout(room.parseServer(server), credentials);
    },
    async keptLogin(server) {
      const room = await openRoom();
      const { dockerCredentials } = await import("../image/index.ts");
      const found = await dockerCredentials(credentials).find(room.parseServer(server));
      if (found === undefined) return undefined;
      return found.kind === "password" ? { user: found.user } : {};
    },
  };
}

async function search(
  { term, limit = 25, signal }: SearchRequest,
  places: Places,
): Promise<readonly FoundRepository[]> {
  const { openSearch } = await import("../image/index.ts");
  const room = await openSearch();
  const access = { ...(await registryAccess(places)), ...(signal === undefined ? {} : { signal }) };
  return room.searchRegistry(room.parseSearchTerm(term), limit, access);
}

async function openRoom() {
  const { openLogin } = await import("../image/index.ts");
  return openLogin();
}

async function login({ server, account, signal }: LoginRequest, places: Places): Promise<LoginReport> {
  const room = await openRoom();
  const registry = room.parseServer(server);
  const access = { ...(await registryAccess(places)), ...(signal === undefined ? {} : { signal }) };
  const setting = { registry: access, credentials: credentialSettings(places.settings) };
  if (account !== undefined) return room.login(registry, account, setting);
  const report = await room.loginAgain(registry, setting);
  if (report !== undefined) return report;
  throw new EngineError("registryUnauthorized", `no credentials are kept for "${registry}"`, {
    hint: "give a user and a password",
  });
}

async function* push({ reference, platform, allTags, signal }: PushRequest, places: Places): AsyncGenerator<PushEvent> {
  requireRoot(await probe(places), "push an image");
  const { parseImageRef, pushImage } = await import("../image/index.ts");
  const request = {
    reference: parseImageRef(reference),
    store: await imageStore(places),
    registry: await registryAccess(places),
    ...(platform === undefined ? {} : { platform }),
    ...(allTags === undefined ? {} : { allTags }),
    ...(signal === undefined ? {} : { signal }),
  };
  for await (const event of pushImage(request)) {
    if (event.kind === "done") await tellImage(places, "push", event.reference);
    yield event;
  }
}

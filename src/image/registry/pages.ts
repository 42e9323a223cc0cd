import { EngineError } from "../../base/index.ts";

/**
 * The target of `<...>; rel="next"` (RFC 8288), which must be on the same origin because the authorization goes along;
 * undefined on the last page.
 *
 * @throws EngineError `registryProtocol` when it leads elsewhere.
 */
export function nextPage(
  header: string | null,
  { origin, what }: { readonly origin: string; readonly what: string },
): URL | undefined {
  const start = header?.indexOf("<") ?? -1;
  const end = header?.indexOf(">", start) ?? -1;
  if (header === null || start === -1 || end === -1 || !/rel="?next"?/i.test(header.slice(end, end + 200)))
    return undefined;
  const target = header.slice(start + 1, end);
  const url = URL.canParse(target, origin) ? new URL(target, origin) : undefined;
  if (url?.origin === origin && url.username === "") return url;
  throw new EngineError("registryProtocol", `${what} go on at another host`);
}

import type { SpecLinux } from "../../oci/index.ts";

/** Whether a container is in the user namespace of another, whose maps it has. */
export function joinsUserNamespace({ namespaces }: SpecLinux): boolean {
  return namespaces.some(({ type, path }) => type === "user" && path !== undefined);
}

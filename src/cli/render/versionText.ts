import type { VersionReport } from "../../host/index.ts";
import { sanitizeLines } from "./sanitize.ts";

/** The two blocks of `version` under the names that scripts look for. */
export function formatVersion({ Client, Server }: VersionReport): string {
  const client = [
    ["Version:", Client.Version],
    ["API version:", Client.ApiVersion],
    ["Go version:", Client.GoVersion],
    ["Git commit:", Client.GitCommit],
    ["Built:", Client.BuildTime],
    ["OS/Arch:", `${Client.Os}/${Client.Arch}`],
    ["Context:", Client.Context],
  ] as const;
  const components = Server.Components.flatMap(({ Name, Version, Details }) => [
    ` ${Name}:`,
    ...align([["Version:", Version], ...componentLines(Details)], "  "),
  ]);
  const lines = ["Client:", ...align(client, " "), "", `Server: ${Server.Platform.Name}`, ...components];
  return sanitizeLines(lines.map((line) => `${line}\n`).join(""));
}

/** Docker's wording for the details of a component; the rest stays under its own name. */
function componentLines(details: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const { ApiVersion, MinAPIVersion, GoVersion, GitCommit, BuildTime, Os, Arch, ...others } = details;
  const minimum = MinAPIVersion === undefined ? "" : ` (minimum version ${MinAPIVersion})`;
  const known: readonly (readonly [string, string | undefined])[] = [
    ["API version:", ApiVersion === undefined ? undefined : `${ApiVersion}${minimum}`],
    ["Go version:", GoVersion],
    ["Git commit:", GitCommit],
    ["Built:", BuildTime],
    ["OS/Arch:", Os === undefined ? undefined : `${Os}/${Arch ?? ""}`],
  ];
  const given = known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return [...given, ...Object.entries(others).map(([name, value]) => [`${name}:`, value] as const)];
}

function align(pairs: readonly (readonly [string, string])[], indent: string): readonly string[] {
  return pairs
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${indent}${name.padEnd(18)} ${value}`.trimEnd());
}

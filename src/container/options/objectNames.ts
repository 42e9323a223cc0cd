import { EngineError } from "../../base/index.ts";
import { printable } from "./singleLine.ts";

/** Docker's alphabet for names of containers and volumes; at least two characters, at most 255 (one directory entry). */
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/;

/**
 * The name of a volume, fit to be one directory entry.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseVolumeName(text: string): string {
  if (namePattern.test(text)) return text;
  const shown = printable(text);
  const sentence =
    text.length === 1
      ? "volume name is too short, names should be at least two alphanumeric characters"
      : `${shown} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. ` +
        "If you intended to pass a host directory, use absolute path";
  throw new EngineError("invalidValue", `create ${shown.slice(1, -1)}: ${sentence}`);
}

/**
 * The name of a container. A leading slash, as the API shows names, is taken off.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseContainerName(text: string): string {
  const name = text.startsWith("/") ? text.slice(1) : text;
  if (namePattern.test(name)) return name;
  throw new EngineError(
    "invalidValue",
    `Invalid container name (${printable(text).slice(1, -1)}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
  );
}

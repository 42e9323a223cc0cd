import type { Stats } from "node:fs";
import { EngineError, readBoundedFile } from "../base/index.ts";

/** A file of configuration that is there. */
export interface ConfigurationFile {
  readonly path: string;
  /** Whether the user has named it in this invocation, so that it is theirs whoever owns it. */
  readonly isNamed: boolean;
}

const mostBytes = 256 * 1024;

/**
 * The text of a file of configuration. Root's engine is not configured by another user: a file that one owns, or that
 * everybody may write to, is refused.
 *
 * @throws EngineError `invalidConfig`, `limitExceeded`, `fileSystem`.
 */
export function readConfigurationFile({ path, isNamed }: ConfigurationFile): string {
  const inspect = (stat: Stats): void => {
    if (stat.isDirectory()) {
      throw new EngineError("invalidConfig", `the configuration "${path}" is a directory`, {
        hint: "name a file; the directory of Docker's client is named by DOCKER_CONFIG",
      });
    }
    if (!isNamed) requireOwn(path, stat);
  };
  const bytes = readBoundedFile({ path, maxBytes: mostBytes, what: "the configuration", inspect });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new EngineError("invalidConfig", `the configuration "${path}" is no text in UTF-8`, { cause: error });
  }
}

const everybodyWrites = 0o002;

function requireOwn(path: string, { uid, mode }: Stats): void {
  const isOwn = uid === 0 || uid === process.geteuid?.();
  if (isOwn && (mode & everybodyWrites) === 0) return;
  throw new EngineError(
    "invalidConfig",
    `the configuration "${path}" ${isOwn ? "may be written by everybody" : "belongs to another user"}`,
    { hint: isOwn ? `chmod o-w ${path}` : "name it with --config to use it nevertheless, or set --config '' for none" },
  );
}

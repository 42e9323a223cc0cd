import { accessSync, constants } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EngineError } from "../base/index.ts";
import type { CredentialSettings } from "./credentials.ts";
import { parseObject, textMember } from "./dockerConfig.ts";

/** What a helper keeps for one server; the user `<token>` says that the secret is an identity token. */
export interface KeptCredential {
  readonly user: string;
  readonly secret: string;
}

const timeoutMs = 30_000;
const maximumOutput = 64 * 1024;

/**
 * A program `docker-credential-NAME` (docker/docker-credential-helpers, "Protocol"): one word on its command line,
 * everything else through pipes, a bounded time and a bounded answer.
 */
export class CredentialHelper {
  readonly #name: string;
  readonly #program: string;
  readonly #settings: CredentialSettings;

  /** @throws EngineError `invalidConfig` when there is no such program on the caller's PATH. */
  constructor(name: string, settings: CredentialSettings) {
    const program = findProgram(`docker-credential-${name}`, settings.searchPath);
    if (program === undefined) {
      throw new EngineError("invalidConfig", `the credential helper "docker-credential-${name}" is not on the PATH`, {
        hint: `install it, or remove it from "${settings.authFile}"`,
      });
    }
    this.#name = name;
    this.#program = program;
    this.#settings = settings;
  }

  /** Undefined when the helper fails, which is how it says that it knows nothing. */
  async get(server: string): Promise<KeptCredential | undefined> {
    const answer = await this.#run("get", `${server}\n`);
    const object = answer === undefined ? undefined : parseObject(answer);
    const user = textMember(object, "Username");
    const secret = textMember(object, "Secret");
    return user === undefined || secret === undefined ? undefined : { user, secret };
  }

  /** @throws EngineError `fileSystem` without anything that the helper said: it was given a secret. */
  async store(server: string, { user, secret }: KeptCredential): Promise<void> {
    const input = JSON.stringify({ ServerURL: server, Username: user, Secret: secret });
    if ((await this.#run("store", input)) === undefined) throw this.#failed("store");
  }

  /** What is not there needs no erasing. */
  async erase(server: string): Promise<void> {
    if ((await this.#run("erase", `${server}\n`)) !== undefined) return;
    if ((await this.get(server)) !== undefined) throw this.#failed("erase");
  }

  #failed(verb: "store" | "erase"): EngineError {
    return new EngineError("fileSystem", `the credential helper "docker-credential-${this.#name}" could not ${verb}`, {
      hint: `see what "docker-credential-${this.#name} list" says`,
    });
  }

  /** What it wrote; undefined when it did not end well. */
  async #run(verb: "get" | "store" | "erase", input: string): Promise<string | undefined> {
    const { execFile } = await import("node:child_process");
    const { searchPath, home } = this.#settings;
    const env = {
      ...(searchPath === undefined ? {} : { PATH: searchPath }),
      ...(home === undefined ? {} : { HOME: home }),
    };
    return new Promise((resolve) => {
      const options = {
        env,
        timeout: timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: maximumOutput,
        encoding: "utf8",
      } as const;
      const child = execFile(this.#program, [verb], options, (error, stdout) =>
        resolve(error === null ? stdout : undefined),
      );
      // A helper that ends without reading its input must not end us.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }
}

function findProgram(name: string, searchPath: string | undefined): string | undefined {
  const candidates = (searchPath ?? "").split(":").filter(isAbsolute);
  return candidates.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

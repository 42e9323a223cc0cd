import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { EngineError, fileSystemError, isPasswordOf } from "../../base/index.ts";

/** Who may use a registry, by the Authorization header of a request. */
export interface PasswordFile {
  /** Whether user and password are in the file as it is now. */
  admits(authorization: string | undefined): Promise<boolean>;
}

const maximumFileBytes = 1 << 20;
const maximumHeaderLength = 4096;
/** Answers that are remembered: bcrypt is slow on purpose, and a pull has many requests. */
const maximumRemembered = 256;
/** A hash of nobody's password, so that a user who is not there takes as long as one who is. */
const nobody = "$2b$10$abcdefghijklmnopqrstuuq0JyWhSbqvl5qYyP0bq0Yw0Yp7XcQ4e";

/**
 * Opens a file of `user:HASH` lines as `htpasswd -B` writes it, bcrypt only, like Docker's registry. It is read again
 * for each request, so that a user who is taken out of it is out at once.
 *
 * @throws EngineError `fileSystem` when it cannot be read, `invalidConfig` for a line of another form.
 */
export async function openPasswordFile(path: string): Promise<PasswordFile> {
  parsePasswords(await readPasswords(path), path);
  const admitted = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async admits(authorization) {
      const credential = parseBasic(authorization);
      if (credential === undefined) return false;
      const text = await readPasswords(path);
      const key = createHash("sha256").update(`${text}\0${authorization}`).digest("hex");
      if (admitted.has(key)) return true;
      // One at a time: guessing passwords must not keep the processor from everything else.
      const check = turn.then(() => isRight(credential, parsePasswords(text, path)));
      turn = check.catch(() => undefined);
      if (!(await check)) return false;
      if (admitted.size >= maximumRemembered) admitted.clear();
      admitted.add(key);
      return true;
    },
  };
}

async function readPasswords(path: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    if (text.length <= maximumFileBytes) return text;
  } catch (error) {
    throw fileSystemError(error, "read the passwords", path);
  }
  throw new EngineError("limitExceeded", `the password file "${path}" has more than ${maximumFileBytes} bytes`);
}

/** bcrypt hashes by user. */
function parsePasswords(text: string, path: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").map((line) => line.trim());
  const hashes = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const match = /^([^:]{1,255}):(\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53})$/.exec(line);
    if (match === null) {
      throw new EngineError("invalidConfig", `line ${index + 1} of "${path}" is not a user with a bcrypt hash`, {
        hint: "write it with: htpasswd -B",
      });
    }
    hashes.set(match[1] ?? "", match[2] ?? "");
  }
  return hashes;
}

interface Credential {
  readonly user: string;
  readonly password: string;
}

function parseBasic(header: string | undefined): Credential | undefined {
  if (header === undefined || header.length > maximumHeaderLength || !/^basic /i.test(header)) return undefined;
  const text = Buffer.from(header.slice("basic ".length), "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function isRight({ user, password }: Credential, hashes: ReadonlyMap<string, string>): Promise<boolean> {
  const hash = hashes.get(user);
  // What is behind a NUL would not count.
  const fits = !password.includes("\0") && (await isPasswordOf(password, hash ?? nobody));
  return hash !== undefined && fits;
}

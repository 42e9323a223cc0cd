import { EngineError } from "./errors.ts";

type Crypt = { async(phrase: string, setting: string, done: (error: unknown, hash: string | null) => void): void };

let loading: Promise<Crypt> | undefined;

/** Kept like the C library's handle: what the system's library can do does not change while this process lives. */
function crypt(): Promise<Crypt> {
  loading ??= loadCrypt();
  return loading;
}

/** libxcrypt's two names, and musl, whose C library has the function itself. */
const libraries = ["libcrypt.so.1", "libcrypt.so.2", null];

async function loadCrypt(): Promise<Crypt> {
  const { default: koffi } = await import("koffi");
  for (const name of libraries) {
    try {
      return koffi.load(name).func("const char *crypt(const char *phrase, const char *setting)");
    } catch {
      // The next name may be there; that none is will be said.
    }
  }
  throw new EngineError("helperMissing", "cannot load libcrypt, which checks passwords for brig", {
    hint: "install the package libcrypt1 (Debian) or libxcrypt",
  });
}

/**
 * Whether a password is the one of a hash of crypt(5), such as bcrypt's. Takes as long as the hash is made to take, in a
 * thread. crypt(3) has one buffer for its answer: callers wait for each other.
 *
 * @throws EngineError `helperMissing` on a machine without libcrypt.
 */
export async function isPasswordOf(password: string, hash: string): Promise<boolean> {
  const { async: hashInThread } = await crypt();
  const actual = await new Promise<string | null>((resolve, reject) => {
    hashInThread(password, hash, (error, result) => (error ? reject(error) : resolve(result)));
  });
  return actual === hash;
}

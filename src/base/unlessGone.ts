import { errnoOf } from "./errors.ts";

/** ENODEV of a file that was open when its group was removed, ESRCH of a process; EOPNOTSUPP and EINVAL of what is not counted there. */
const goneErrors: ReadonlySet<string> = new Set(["ENODEV", "ENOENT", "ESRCH", "EINVAL", "EOPNOTSUPP", "ENOTSUP"]);

/** What is read in procfs or cgroupfs of something that can go at any moment; undefined when it has gone or tells no such thing. */
export function unlessGone<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (goneErrors.has(errnoOf(cause) ?? "")) return undefined;
    throw error;
  }
}

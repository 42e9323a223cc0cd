/** One line of passwd(5), as far as a container needs it. */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** One line of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The accounts that a container's root file system defines. Both come from the image: untrusted (R9). */
export interface Accounts {
  readonly users: readonly PasswdEntry[];
  readonly groups: readonly GroupEntry[];
}

export const passwdPath = "/etc/passwd";
export const groupPath = "/etc/group";

/** What is read of either file, and how many of its lines count. */
export const maxAccountsBytes = 1024 * 1024;
const maxEntries = 20_000;
const maxMembers = 4_096;

export const noAccounts: Accounts = { users: [], groups: [] };

/**
 * Reads the two files as far as they make sense: a line without its fields or with a number that is no id is skipped,
 * as the C library does. Bounded and linear.
 */
export function parseAccounts(passwd: Uint8Array | undefined, group: Uint8Array | undefined): Accounts {
  return {
    users: lines(passwd).flatMap((line) => {
      const [name = "", , uid = "", gid = "", , home = ""] = line.split(":", 7);
      const ids = { uid: parseId(uid), gid: parseId(gid) };
      return name === "" || ids.uid === undefined || ids.gid === undefined
        ? []
        : [{ name, uid: ids.uid, gid: ids.gid, home }];
    }),
    groups: lines(group).flatMap((line) => {
      const [name = "", , gidText = "", members = ""] = line.split(":", 4);
      const gid = parseId(gidText);
      const list = members === "" ? [] : members.split(",", maxMembers).map((member) => member.trim());
      return name === "" || gid === undefined ? [] : [{ name, gid, members: list }];
    }),
  };
}

/** The largest id that Docker accepts. */
export const maxId = 2 ** 31 - 1;

/** A decimal user or group id; undefined for anything else, also for one that is too large. */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= maxId ? id : undefined;
}

function lines(bytes: Uint8Array | undefined): readonly string[] {
  if (bytes === undefined) return [];
  // Names in any encoding survive: bytes that are not UTF-8 become replacement characters, which match nothing.
  const text = new TextDecoder().decode(bytes.subarray(0, maxAccountsBytes));
  return text
    .split("\n", maxEntries)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

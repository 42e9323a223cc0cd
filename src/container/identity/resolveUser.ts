import { EngineError } from "../../base/index.ts";
import { hasControlCharacter, printable } from "../options/singleLine.ts";
import { type Accounts, groupPath, maxId, parseId, passwdPath } from "./accounts.ts";

/** Who the process is, inside the container. */
export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary group first (CVE-2022-36109: a process without it slips past group denials). */
  readonly additionalGids: readonly number[];
  readonly home: string;
}

/**
 * Resolves `USER[:GROUP]` and `--group-add` against the container's accounts, with Docker's rules: a number is always an
 * id and need not be listed; a name must be; the supplementary groups of /etc/group count only without an explicit group.
 * An empty `user` is root.
 *
 * @throws EngineError `userNotFound` with Docker's sentences, `invalidValue` for an id out of range.
 */
export function resolveUser(user: string, groupAdd: readonly string[], accounts: Accounts): ResolvedUser {
  const [userPart = "", groupPart = ""] = splitUser(user);
  const account = findUser(userPart, accounts);
  const implicit = groupPart === "" ? memberships(account.name, accounts) : [];
  const gid = groupPart === "" ? account.gid : findGroup(groupPart, accounts);
  const added = groupAdd.map((group) => findGroup(group, accounts));
  return {
    uid: account.uid,
    gid,
    additionalGids: [...new Set([gid, ...implicit, ...added])],
    home: account.home,
  };
}

function splitUser(user: string): readonly string[] {
  const colon = user.indexOf(":");
  return colon === -1 ? [user] : [user.slice(0, colon), user.slice(colon + 1)];
}

interface FoundUser {
  /** Empty when the id is not listed. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

function findUser(text: string, accounts: Accounts): FoundUser {
  const uid = text === "" ? 0 : numericId(text);
  const entry = accounts.users.find((user) => (uid === undefined ? user.name === text : user.uid === uid));
  if (entry !== undefined) return { ...entry, home: homeOf(entry.home) };
  if (uid !== undefined) return { name: "", uid, gid: 0, home: "/" };
  throw new EngineError("userNotFound", `unable to find user ${shown(text)}: no matching entries in passwd file`, {
    hint: `the image's ${passwdPath} has no such name; give a number to use an id that is not listed`,
  });
}

function findGroup(text: string, accounts: Accounts): number {
  const gid = numericId(text);
  if (gid !== undefined) return gid;
  const entry = accounts.groups.find((group) => group.name === text);
  if (entry !== undefined) return entry.gid;
  throw new EngineError("userNotFound", `unable to find group ${shown(text)}: no matching entries in group file`, {
    hint: `the image's ${groupPath} has no such name; give a number to use an id that is not listed`,
  });
}

function memberships(name: string, accounts: Accounts): readonly number[] {
  if (name === "") return [];
  return accounts.groups.filter((group) => group.members.includes(name)).map((group) => group.gid);
}

function numericId(text: string): number | undefined {
  if (!/^-?[0-9]+$/.test(text)) return undefined;
  const id = parseId(text);
  if (id !== undefined) return id;
  throw new EngineError("invalidValue", `invalid id ${printable(text)}: uids and gids must be in range 0-${maxId}`);
}

/** A home directory goes into the environment; one that could end a line there is not used (CVE-2022-4318). */
function homeOf(home: string): string {
  return home === "" || hasControlCharacter(home) ? "/" : home;
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}

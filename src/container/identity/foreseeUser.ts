import { EngineError } from "../../base/index.ts";
import { type Accounts, noAccounts } from "./accounts.ts";
import { type ResolvedUser, resolveUser } from "./resolveUser.ts";

/** Who the process is, as far as it is known before anybody looks into the image. */
export interface ForeseenUser {
  readonly user: ResolvedUser;
  /** Whether the accounts are known: else a number may have other groups and another home, and a name is shown as root. */
  readonly known: boolean;
}

/**
 * Resolves a user with the accounts that are known; without them numbers alone. Pure.
 *
 * @throws EngineError as `resolveUser`, but not for names that nobody has looked for yet.
 */
export function foreseeUser(user: string, groupAdd: readonly string[], accounts: Accounts | undefined): ForeseenUser {
  if (accounts !== undefined) return { user: resolveUser(user, groupAdd, accounts), known: true };
  try {
    return { user: resolveUser(user, groupAdd, noAccounts), known: false };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "userNotFound") throw error;
    return { user: resolveUser("", [], noAccounts), known: false };
  }
}

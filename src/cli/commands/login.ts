import { EngineError } from "../../base/index.ts";
import type { Engine, LoginAccount } from "../../engine.ts";
import type { LoginReport } from "../../image/index.ts";
import { askLine, askSecret, readSecret } from "../answer.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

interface LoginDraft extends Help {
  password?: string;
  passwordStdin?: boolean;
  username?: string;
}

const flags: readonly Flag<LoginDraft>[] = [
  helpFlag,
  {
    long: "password",
    short: "p",
    value: "string",
    text: "password or access token; others on this machine can see it while the command runs",
    read: textInto<LoginDraft>("password"),
  },
  {
    long: "password-stdin",
    text: "take the password or access token from stdin",
    read: switchInto<LoginDraft>("passwordStdin"),
  },
  { long: "username", short: "u", value: "string", text: "name of the user", read: textInto<LoginDraft>("username") },
];

export const loginCommand = defineCommand<LoginDraft>({
  usage: "[OPTIONS] [SERVER]",
  arguments: { atMost: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [server], context, openEngine }): Promise<Outcome> => {
    const given = readGiven(draft, context);
    const engine = await openEngine();
    const registry = { ...(server === undefined ? {} : { server }), signal: context.signal };
    const kept = given.password === undefined ? await engine.keptLogin(server) : undefined;
    if (kept !== undefined && given.user === undefined && (await isStillAccepted(engine, registry, context))) {
      return { output: "Login Succeeded\n" };
    }
    const report = await engine.login({ ...registry, account: await complete(given, kept?.user, context) });
    if (report.place?.kind === "file") context.stderr.write(plainTextWarning(report.place.path));
    return { output: "Login Succeeded\n" };
  },
});

interface GivenAccount {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** @throws EngineError `usage` with Docker's sentences. */
function readGiven({ username: user, password, passwordStdin }: LoginDraft, context: CommandContext): GivenAccount {
  if (password !== undefined) {
    if (passwordStdin === true) throw wrongUse("--password and --password-stdin are mutually exclusive");
    context.stderr.write("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
  }
  if (passwordStdin !== true) return { user, password };
  if (user === undefined) throw wrongUse("Must provide --username with --password-stdin");
  return { user, password: readSecret(context) };
}

async function isStillAccepted(
  engine: Engine,
  registry: { readonly server?: string; readonly signal: AbortSignal },
  { stdout, stderr }: CommandContext,
): Promise<boolean> {
  stdout.write("Authenticating with existing credentials...\n");
  try {
    const report: LoginReport = await engine.login(registry);
    return report.place === undefined;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "registryUnauthorized") throw error;
    stderr.write(`${sanitizeLine(`Login did not succeed, error: ${error.message}`)}\n`);
    return false;
  }
}

/** Asks for what was not given. */
async function complete(
  { user: given, password }: GivenAccount,
  keptUser: string | undefined,
  context: CommandContext,
): Promise<LoginAccount> {
  if ((given === undefined || password === undefined) && !context.stdin.isTty) {
    throw wrongUse("Cannot perform an interactive login from a non TTY device");
  }
  const question = keptUser === undefined ? "Username: " : `Username (${sanitizeLine(keptUser)}): `;
  const answer = given ?? askLine(question, context);
  const user = answer === "" ? (keptUser ?? "") : answer;
  if (user === "") throw wrongUse("Non-null Username Required");
  const secret = password ?? (await askSecret("Password: ", context));
  if (secret === "") throw wrongUse("Password Required");
  return { user, password: secret };
}

function wrongUse(sentence: string): EngineError {
  return new EngineError("usage", sentence, {
    hint: "give the user with --username and the password on stdin with --password-stdin",
    details: { exitStatus: 1 },
  });
}

function plainTextWarning(path: string): string {
  return `WARNING! Your password will be stored unencrypted in ${sanitizeLine(path)}.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/

`;
}

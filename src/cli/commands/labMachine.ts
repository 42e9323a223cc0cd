import type { Lab, Labs } from "../../lab/index.ts";
import type { Language } from "../../messages/index.ts";
import type { Call } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { type GlobalDraft, languageOf, readSettings } from "../globalFlags.ts";

/** Set for the call of `lab start` that is on the lab's machine. */
const setUpVariable = "BRIG_LAB_SET_UP";

/** In a lab's shell brig has the lab's roots; these are those that the labs belong to. */
const [rootVariable, runRootVariable] = ["BRIG_LAB_ROOT", "BRIG_LAB_RUN_ROOT"];

export interface OpenedLab {
  readonly labs: Labs;
  readonly lab: Lab;
  readonly language: Language;
}

type AnyCall = Pick<Call<unknown>, "args" | "context" | "globals">;

/** The labs of the caller's roots, and the one that `word` names. */
export async function openLab(call: AnyCall, word = call.args[0] ?? ""): Promise<OpenedLab> {
  const { findLab } = await import("../../lab/index.ts");
  return { ...(await openAll(call)), lab: findLab(word) };
}

export async function openAll({ context, globals }: AnyCall): Promise<Omit<OpenedLab, "lab">> {
  const { openLabs } = await import("../../lab/index.ts");
  const settings = await readSettings(inShell(globals, context), context);
  return { labs: openLabs(settings), language: languageOf(globals, context) };
}

function inShell(globals: GlobalDraft, { env }: CommandContext): GlobalDraft {
  const [root, runRoot] = [env[rootVariable], env[runRootVariable]];
  return root === undefined || runRoot === undefined ? globals : { root, runRoot, ...globals };
}

/** What this command finds out on the lab's machine, where it is called once more; undefined when it is there already. */
export async function relayed({ labs, lab }: OpenedLab, { context }: AnyCall): Promise<Outcome | undefined> {
  if (labs.isOnMachine(lab)) return undefined;
  return { exitStatus: await labs.relay(lab, commandOf(labs, context)) };
}

function commandOf({ program }: Labs, { argv, env, cwd }: CommandContext) {
  return { argv: [...program, ...argv], env, cwd };
}

/** As `relayed`, for the first call of a lab: its machine is fresh, and goes again when the lab cannot be set up. */
export async function relaySetUp({ labs, lab }: OpenedLab, { context }: AnyCall): Promise<Outcome | undefined> {
  if (context.env[setUpVariable] === String(lab.number) && labs.isOnMachine(lab)) return undefined;
  await labs.begin(lab);
  const command = commandOf(labs, context);
  const exitStatus = await labs.relay(lab, {
    ...command,
    env: { ...command.env, [setUpVariable]: String(lab.number) },
  });
  if (exitStatus !== 0) await labs.end(lab);
  return { exitStatus };
}

/** The variables by which brig, on the lab's machine, works with the containers of the lab. */
export function shellEnvironment({ labs, lab }: OpenedLab, { env }: CommandContext): CommandContext["env"] {
  const { root, runRoot } = labs.directories(lab);
  const path = [labs.programDirectory, env.PATH].filter((part) => part !== undefined && part !== "").join(":");
  return {
    ...env,
    PATH: path,
    BRIG_ROOT: root,
    BRIG_RUN_ROOT: runRoot,
    [rootVariable]: labs.places.root,
    [runRootVariable]: labs.places.runRoot,
  };
}

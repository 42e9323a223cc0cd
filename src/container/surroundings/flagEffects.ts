import { isDeepStrictEqual } from "node:util";
import { EngineError } from "../../base/index.ts";
import { comparePlans, type LaunchPlan, type PlanDifference, type StepChange } from "../../launch/index.ts";
import { type FilledOptions, fillDefaults } from "../fillDefaults.ts";
import { bareChoice, hasNoInterface } from "../options/networkChoices.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { planRun } from "../run/planRun.ts";
import type { Limits, RunOptions } from "../runOptions.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { observeContainer } from "../state/runningContainer.ts";

/** What one thing that the user asked for changes in the plan of a container that asks for nothing. */
export interface FlagEffect {
  /** A member of RunOptions, or of its `limits`: `publish`, `limits.memoryBytes`. */
  readonly option: string;
  /** `alone`: added to the default plan; `among`: it needs the others, and is what would be missing without it. */
  readonly compared: "alone" | "among";
  readonly changes: readonly StepChange[];
}

export interface FlagEffects {
  readonly effects: readonly FlagEffect[];
  /** Of all that was asked for together. */
  readonly whole: PlanDifference;
}

/** What nothing of a start depends on: names, and what is said about the container rather than done. */
const withoutEffect = new Set([
  "image",
  "command",
  "name",
  "attach",
  "remove",
  "replace",
  "pull",
  "cidfile",
  "detachKeys",
]);

/**
 * Plans the container as it was asked for, and once for each option by itself; nothing of it is done. Containers and
 * networks that the options name must still be there.
 *
 * @throws EngineError `containerNotFound`, and as `planRun`.
 */
export async function flagEffects(nameOrId: string, context: EngineContext): Promise<FlagEffects> {
  const { record, paths } = observeContainer(context, nameOrId);
  const kept = readContainerOptions(paths.options);
  const bare: RunOptions = { image: kept.image, command: kept.command, attach: kept.attach };
  const asked = askedOptions(kept, fillDefaults(bare));
  const planOf = async (options: readonly Asked[]) => (await planRun(combine(bare, options), context, record.id)).plan;
  const [none, all] = [await planOf([]), await planOf(asked)];
  const effects: FlagEffect[] = [];
  for (const one of asked) {
    const alone = await unlessRefused(planOf([one]));
    const others =
      alone === undefined ? await unlessRefused(planOf(asked.filter((other) => other !== one))) : undefined;
    if (alone !== undefined) effects.push({ ...effectOf(one, none, alone), compared: "alone" });
    else if (others !== undefined) effects.push({ ...effectOf(one, others, all), compared: "among" });
  }
  return { effects, whole: comparePlans(none, all) };
}

interface Asked {
  readonly option: string;
  readonly options: Partial<RunOptions>;
}

function effectOf({ option }: Asked, before: LaunchPlan, after: LaunchPlan): Omit<FlagEffect, "compared"> {
  return { option, changes: comparePlans(before, after).changes };
}

/** What is not as it would be by itself; each limit is a flag of its own. */
function askedOptions(kept: FilledOptions, usual: FilledOptions): readonly Asked[] {
  const { limits, network, networks, ...rest } = kept;
  const others = Object.entries(rest).flatMap(([option, value]): readonly Asked[] => {
    const same = isDeepStrictEqual(value, (usual as unknown as Readonly<Record<string, unknown>>)[option]);
    return same || withoutEffect.has(option) ? [] : [{ option, options: { [option]: value } }];
  });
  const ofLimits = Object.entries(limits).map(([name, value]): Asked => {
    const own: Limits = { [name]: value };
    return { option: `limits.${name}`, options: { limits: own } };
  });
  const choices = hasNoInterface(network) ? [bareChoice(network)] : networks;
  const sameNetwork = network === usual.network && isDeepStrictEqual(networks, usual.networks);
  return [...(sameNetwork ? [] : [{ option: "networks", options: { networks: choices } }]), ...others, ...ofLimits];
}

function combine(bare: RunOptions, asked: readonly Asked[]): RunOptions {
  const limits = Object.assign({}, ...asked.map(({ options }) => options.limits ?? {})) as Limits; // of members of Limits
  return Object.assign({}, bare, ...asked.map(({ options }) => options), { limits }) as RunOptions; // of members of RunOptions
}

async function unlessRefused(plan: Promise<LaunchPlan>): Promise<LaunchPlan | undefined> {
  try {
    return await plan;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

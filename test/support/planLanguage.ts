import type { PlanLanguage } from "../../src/launch/index.ts";
import { english } from "../../src/messages/plan/english.ts";

/** Plans as goldens hold them. */
export const inEnglish: PlanLanguage = { words: english, say: (why) => why };

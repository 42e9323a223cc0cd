import type { Language } from "../language.ts";
import { type SayReason, translator } from "../reasons/translate.ts";

/**
 * Says names, values and sentences of what `doctor --posture` compares. The records hold them in English, which scripts
 * read; the Korean tables have an entry for each of them, which a test compares with the sources. A text that is a list
 * is said piece by piece.
 */
export async function loadPostureFacts(language: Language): Promise<SayReason> {
  if (language === "en") return (text) => text;
  const [{ capabilityReasons }, { placeReasons }, { factNames }] = await Promise.all([
    import("./capabilityReasons.ts"),
    import("./placeReasons.ts"),
    import("./factNames.ts"),
  ]);
  const say = translator({ ...capabilityReasons, ...placeReasons, ...factNames });
  return (text) => {
    const pieces = text.split(", ");
    const said = pieces.map(say);
    const isList = said.every((piece, index) => piece !== pieces[index]);
    const whole = isList ? text : say(text);
    return whole === text ? said.join(", ") : whole;
  };
}

/** The same of what `compare` and `plan run --compare` show. */
export async function loadComparisonFacts(language: Language): Promise<SayReason> {
  if (language === "en") return (text) => text;
  const { comparisonNames } = await import("./comparisonNames.ts");
  return translator(comparisonNames);
}

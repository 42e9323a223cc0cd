/** The languages that every message for people is written in, by their names in ISO 639-1. */
export const languages = ["en", "ko"] as const;

export type Language = (typeof languages)[number];

/** The variables that say it, the strongest first (locale(7)). */
const variables = ["LC_ALL", "LC_MESSAGES", "LANG"] as const;

/**
 * The language of the caller: the one that was asked for, else that of the first variable which is set and not empty.
 * English for a language that there is none of, and for an encoding that is not UTF-8, because nothing else is
 * written. Pure.
 */
export function chooseLanguage(
  env: Readonly<Record<string, string | undefined>>,
  asked?: Language | undefined,
): Language {
  if (asked !== undefined) return asked;
  const locale = variables.map((name) => env[name]).find((value) => value !== undefined && value !== "") ?? "";
  // language[_territory][.codeset][@modifier] (setlocale(3))
  const [, language, codeset = "utf8"] = /^([a-z]+)(?:_[A-Z]+)?(?:\.([\w-]+))?(?:@\w+)?$/.exec(locale) ?? [];
  if (codeset.toLowerCase().replace("-", "") !== "utf8") return "en";
  return languages.find((known) => known === language) ?? "en";
}

export { catalogue, loadMessages, type Messages, type Topic } from "./catalogue.ts";
export { loadComparisonFacts, loadPostureFacts } from "./facts/loadFacts.ts";
export { chooseLanguage, type Language, languages } from "./language.ts";
export { loadReasons, type SayReason } from "./reasons/translate.ts";
/** For what is English whatever the language: records and lists that scripts read. */
export { english as englishWhy } from "./why/english.ts";

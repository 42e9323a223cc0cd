export { catalogue, loadMessages, type Messages, type Topic } from "./catalogue.ts";
export { chooseLanguage, type Language, languages } from "./language.ts";

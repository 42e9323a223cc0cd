import { createHash } from "node:crypto";
import type { ReportFacts } from "./facts.ts";
import { html, type Markup } from "./markup/html.ts";
import { type Page, sentence, type Tongue } from "./page.ts";
import { flagsSection } from "./sections/flags.ts";
import { groupsSection } from "./sections/groups.ts";
import { environmentNames, navigation, pageHead } from "./sections/head.ts";
import { drawJournal, journalSection } from "./sections/journal.ts";
import { mountsSection } from "./sections/mounts.ts";
import { namespacesSection } from "./sections/namespaces.ts";
import { networkSection } from "./sections/network.ts";
import { privilegesSection } from "./sections/privileges.ts";
import { timelineSection } from "./sections/timeline.ts";
import { tellStory } from "./story.ts";
import { pageStyle } from "./style.ts";

/**
 * A page of HTML about a container: one file of less than 500 KB without programs, fonts, pictures or anything to be
 * loaded. Everything in `facts` may come from a stranger and is escaped. Pure: the same facts make the same bytes.
 */
export function reportPage(facts: ReportFacts, tongue: Tongue): string {
  const { language, words } = tongue;
  const story = tellStory(facts);
  const journal = drawJournal(story, tongue);
  const page: Page = { ...tongue, facts, story, anchors: journal.anchors };
  const sections = [
    timelineSection,
    namespacesSection,
    mountsSection,
    groupsSection,
    networkSection,
    privilegesSection,
    flagsSection,
  ];
  return html`<!DOCTYPE html>
<html lang="${language}">
${head(page)}<body>
<a class="skip" href="#content">${words.skip}</a>
<div class="page">
${pageHead(page)}<div class="columns">
${navigation(page)}<main id="content" tabindex="-1">
${sections.map((draw) => draw(page))}${journalSection(page, journal)}${environmentNames(page)}</main>
</div>
<footer><p>${sentence(words.footer.made({ version: facts.version }))} ${sentence(words.footer.alone)}</p></footer>
</div>
</body>
</html>
`.html;
}

/** The policy lets the page's own style pass, by its hash, and nothing else at all (Content Security Policy Level 3). */
function head({ facts }: Page): Markup {
  const style = pageStyle();
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const own: Markup = { html: style }; // ours alone: nothing of the facts is in it
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${facts.container.name} - brig report</title>
<style>${own}</style>
</head>
`;
}

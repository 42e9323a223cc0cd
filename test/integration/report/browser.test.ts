import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Language, languages, loadMessages, loadReasons } from "../../../src/messages/index.ts";
import type { ReportFacts } from "../../../src/report/facts.ts";
import { reportPage } from "../../../src/report/index.ts";
import {
  focused,
  ground,
  type Outline,
  openDetails,
  outline,
  overflowing,
  pageOutline,
  reachable,
  scrolling,
  scrollWidth,
  targetHeading,
  targetIsSeen,
} from "../../support/pageProbes.ts";
import { testDirectory } from "../../support/projectPaths.ts";
import { sampleFacts } from "../../unit/report/sampleFacts.ts";

let browser: Browser;
let directory: string;

before(async () => {
  directory = mkdtempSync(join(testDirectory(), "browser-"));
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
    env: { HOME: directory },
  });
});

after(async () => {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Words without a place to break, as hostile names are. */
function withLongWords({ container, surroundings, layers = [], ...rest }: ReportFacts): ReportFacts {
  const long = "W".repeat(300);
  const { network } = surroundings;
  return {
    ...rest,
    container: {
      ...container,
      ...{ name: long, image: long, command: [long], hostname: long, variables: [long], labels: [[long, long]] },
    },
    layers: [{ ...layers[0], createdBy: long }],
    surroundings: {
      ...surroundings,
      writable: long,
      mounts: surroundings.mounts.map((mount) => ({ ...mount, hostPath: long })),
      network: {
        ...network,
        ends: network.ends.map(({ endpoint, ...end }) => ({
          ...end,
          endpoint: { ...endpoint, network: long, dnsNames: [long] },
        })),
      },
    },
  };
}

interface Opened {
  readonly page: Page;
  /** What the page said on the console and asked of anyone. */
  readonly said: readonly string[];
}

async function open(
  facts: ReportFacts,
  language: Language,
  options: Parameters<Browser["newPage"]>[0],
): Promise<Opened> {
  const file = join(directory, "page.html");
  writeFileSync(
    file,
    reportPage(facts, {
      language,
      words: await loadMessages("report", language),
      say: await loadReasons(language),
    }),
  );
  const page = await browser.newPage(options);
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) said.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return { page, said };
}

for (const language of languages) {
  for (const width of [390, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`a page in ${language} fits into ${width} pixels, ${colorScheme}, and stays by itself`, async () => {
        for (const facts of [sampleFacts, withLongWords(sampleFacts)]) {
          const { page, said } = await open(facts, language, { viewport: { width, height: 800 }, colorScheme });
          await page.evaluate(openDetails);
          assert.deepEqual(await page.evaluate(overflowing), []);
          assert.equal(await page.evaluate(scrollWidth), width);
          const shown = await page.evaluate<string>(ground);
          const [red = 0] = (shown.match(/\d+/g) ?? []).map(Number);
          assert.equal(red > 128, colorScheme === "light", shown);
          assert.deepEqual(said, []);
          await page.close();
        }
      });
    }
  }
}

test("the tabulator reaches every link and everything that opens, and the focus can be seen", async () => {
  const { page } = await open(sampleFacts, "en", { viewport: { width: 1280, height: 800 } });
  const wanted = await page.evaluate<readonly string[]>(reachable);
  assert.ok(wanted.length > 30, String(wanted.length));
  const reached = new Set<string>();
  for (let presses = 0; presses < wanted.length + 20; presses += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate<string>(focused));
  }
  assert.deepEqual(
    wanted.filter((name) => !reached.has(name)),
    [],
  );
  await page.focus("nav a");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(outline), "none");
  await page.close();
});

test("the switch changes the colours by the keyboard, against those of the system", async () => {
  const { page, said } = await open(sampleFacts, "ko", {
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
  });
  const colour = () => page.evaluate<string>(ground);
  const light = await colour();
  await page.focus("#scheme-auto");
  await page.keyboard.press("ArrowRight");
  assert.equal(await colour(), light);
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await colour(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.keyboard.press("ArrowLeft");
  assert.equal(await colour(), light);
  assert.deepEqual(said, []);
  await page.close();
});

test("a bar of the timeline leads to its record in the journal", async () => {
  const { page } = await open(sampleFacts, "en", { viewport: { width: 390, height: 800 }, reducedMotion: "reduce" });
  await page.focus("svg.lane a");
  await page.keyboard.press("Enter");
  assert.match(await page.evaluate<string>(targetHeading), /^clone/);
  assert.equal(await page.evaluate(targetIsSeen), true);
  await page.close();
});

test("who wants less motion gets none", async () => {
  const { page } = await open(sampleFacts, "en", { reducedMotion: "reduce" });
  assert.equal(await page.evaluate(scrolling), "auto");
  await page.close();
});

test("everything that is read has a name, and every drawing a title", async () => {
  const { page } = await open(sampleFacts, "en", {});
  const found = await page.evaluate<Outline>(pageOutline);
  assert.deepEqual(found.missing, []);
  assert.equal(found.nameless, 0);
  assert.equal(found.emptyLinks, 0);
  for (const [index, level] of found.levels.entries())
    assert.ok(level - (found.levels[index - 1] ?? 0) <= 1, `heading ${index}`);
  await page.close();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { type LoggedContainer, parseLogOption, planLog } from "../../../../src/container/logs/planLog.ts";

const container: LoggedContainer = {
  id: "a".repeat(64),
  name: "web",
  image: "nginx:1",
  imageId: `sha256:${"b".repeat(64)}`,
  labels: new Map([
    ["team", "x"],
    ["other", "y"],
    ["__proto__", "z"],
  ]),
  env: ["STAGE=one", "STAGE=two=2", "EMPTY="],
};

const plan = (options: Readonly<Record<string, string>> = {}, driver = "json-file") =>
  planLog({ driver, options: new Map(Object.entries(options)) }, container);

test("planLog() rotates by default, for json-file and its alias", () => {
  const expected = { log: 1, "log-size": 10 * 1024 * 1024, "log-files": 5 };
  for (const driver of ["", "json-file", "local"]) assert.deepEqual(plan({}, driver), expected);
  assert.deepEqual(plan({}, "none"), {});
});

test("planLog() takes Docker's sizes and counts; -1 is no limit", () => {
  assert.deepEqual(plan({ "max-size": "1k", "max-file": "1" }), { log: 1, "log-size": 1024, "log-files": 1 });
  assert.deepEqual(plan({ "max-size": "-1" }), { log: 1 });
});

test("planLog() puts labels, variables and the tag into one JSON object, in the order of their names", () => {
  const { attributes } = plan({
    labels: "team, absent,__proto__",
    env: "STAGE,EMPTY,TEAM",
    tag: "{{.Name}}/{{ .ID }}",
  });
  assert.equal(
    attributes,
    `,"attrs":{"EMPTY":"","STAGE":"two=2","__proto__":"z","tag":"web/${"a".repeat(12)}","team":"x"}`,
  );
  assert.equal(plan({ tag: "{{.ImageID}} {{.ImageName}}" }).attributes, `,"attrs":{"tag":"${"b".repeat(12)} nginx:1"}`);
  assert.equal("attributes" in plan({ labels: "absent" }), false);
});

test("planLog() keeps hostile labels inside their JSON string", () => {
  const labels = new Map([["l", '"},"log":"forged\n\u0000']]);
  const { attributes } = planLog({ driver: "", options: new Map([["labels", "l"]]) }, { ...container, labels });
  assert.equal(attributes, ',"attrs":{"l":"\\"},\\"log\\":\\"forged\\n\\u0000"}');
});

test("planLog() refuses what it does not know or cannot do, and says so", () => {
  const cases: readonly (readonly [options: Readonly<Record<string, string>>, driver: string, message: RegExp])[] = [
    [{ foo: "1" }, "json-file", /^unknown log opt 'foo' for json-file log driver$/],
    [{}, "splunk", /^error looking up logging plugin splunk: plugin "splunk" not found$/],
    [{}, "journald", /^the log driver journald is not available/],
    [{}, "constructor", /^error looking up logging plugin/],
    [{ "max-file": "0" }, "", /^max-file cannot be less than 1/],
    [{ "max-file": "x" }, "", /^max-file cannot be less than 1/],
    [{ "max-file": "1001" }, "", /^max-file cannot be more than 1000/],
    [{ "max-size": "0" }, "", /^invalid size "0"/],
    [{ "max-size": "ten" }, "", /^invalid size "ten"/],
    [{ mode: "fast" }, "", /^logger: logging mode not supported: fast$/],
    [{ "max-buffer-size": "1m" }, "", /^logger: max-buffer-size option is only supported with 'mode=non-blocking'$/],
    [{ compress: "true" }, "", /^the log option compress=true is not available$/],
    [{ "labels-regex": ".*" }, "", /^the log option labels-regex is not available$/],
    [{ tag: "{{.Nope}}" }, "", /^the log option tag cannot be read/],
    [{ tag: "{{range .}}" }, "", /^the log option tag cannot be read/],
  ];
  for (const [options, driver, message] of cases) {
    assert.throws(
      () => plan(options, driver),
      (error) => error instanceof EngineError && message.test(error.message),
      String(message),
    );
  }
  const labels = new Map([["big", "x".repeat(20_000)]]);
  const choice = { driver: "", options: new Map([["labels", "big"]]) };
  assert.throws(() => planLog(choice, { ...container, labels }), /longer than 16 KiB/);
});

test("parseLogOption() splits at the first equals sign", () => {
  assert.deepEqual(parseLogOption("tag=a=b"), ["tag", "a=b"]);
  for (const text of ["", "tag", "=x"])
    assert.throws(() => parseLogOption(text), /^EngineError: invalid logging opts format/);
});

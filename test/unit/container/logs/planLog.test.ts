import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import type { LoggedContainer } from "../../../../src/container/logs/logTag.ts";
import { parseLogOption, planLog } from "../../../../src/container/logs/planLog.ts";

const container: LoggedContainer = {
  id: "a".repeat(64),
  name: "web",
  host: "machine",
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
    [{ "max-file": "2" }, "journald", /^unknown log opt 'max-file' for journald log driver$/],
    [{ "syslog-address": "tcp://10.0.0.1:514" }, "syslog", /^the log driver syslog does not send to "tcp:/],
    [{ "syslog-address": "ftp://x" }, "syslog", /^unsupported scheme: "ftp:\/\/x"$/],
    [{ "syslog-address": "/dev/log" }, "syslog", /^unsupported scheme/],
    [{ "syslog-address": `unix:///${"x".repeat(107)}` }, "syslog", /has no path of a socket$/],
    [{ "syslog-facility": "local8" }, "syslog", /^invalid syslog facility: local8$/],
    [{ "syslog-facility": "24" }, "syslog", /^invalid syslog facility: 24$/],
    [{ "syslog-facility": "" }, "syslog", /^invalid syslog facility: $/],
    [{ "syslog-format": "rfc1" }, "syslog", /^invalid syslog format: rfc1$/],
    [{ "syslog-tls-cert": "x" }, "syslog", /^the log option syslog-tls-cert is not available$/],
    [{ mode: "non-blocking", "max-buffer-size": "2g" }, "journald", /cannot be more than 1 GiB$/],
    [{ tag: "a\nb" }, "syslog", /^the log option tag cannot be read/],
    [{ tag: "x".repeat(513) }, "syslog", /^the log option tag cannot be read/],
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

const text = (hex: unknown) => Buffer.from(String(hex), "hex").toString("latin1");

test("planLog() gives the journal Docker's fields, and no label can add or replace one", () => {
  const labels = new Map([
    ["_com.example/team-1", "a\nPRIORITY=0"],
    ["message", "forged"],
    ["container.name", "forged"],
    ["-", "nameless"],
  ]);
  const options = new Map([["labels", [...labels.keys()].join(",")]]);
  const fields = planLog({ driver: "journald", options }, { ...container, labels });
  assert.deepEqual(
    { ...fields, "log-head": undefined },
    {
      "log-socket": "/run/systemd/journal/socket",
      "log-head": undefined,
      "log-buffer": 128 * 1024,
    },
  );
  const common = [
    `CONTAINER_ID=${"a".repeat(12)}`,
    `CONTAINER_ID_FULL=${"a".repeat(64)}`,
    "CONTAINER_NAME=web",
    `CONTAINER_TAG=${"a".repeat(12)}`,
    "IMAGE_NAME=nginx:1",
    `SYSLOG_IDENTIFIER=${"a".repeat(12)}`,
    "COM_EXAMPLE_TEAM_1\n\u000c\0\0\0\0\0\0\0a\nPRIORITY=0",
  ].join("\n");
  const heads = fields["log-head"];
  assert.ok(Array.isArray(heads));
  assert.deepEqual(
    heads.map(text),
    [6, 3].map((level) => `${common}\nPRIORITY=${level}\nSYSLOG_TIMESTAMP=`),
  );
});

test("planLog() writes the formats of syslog around the time and the process id", () => {
  const formats = {
    "": { "log-before-pid": " my_web[", "log-after-pid": "]: ", "log-local-time": 1 },
    rfc3164: { "log-before-pid": " machine my_web[", "log-after-pid": "]: ", "log-local-time": 1 },
    rfc5424: { "log-before-pid": "Z machine my_web ", "log-after-pid": " my_web - ", "log-time-size": 19 },
    rfc5424micro: { "log-before-pid": "Z machine my_web ", "log-after-pid": " my_web - ", "log-time-size": 26 },
  };
  for (const [format, expected] of Object.entries(formats)) {
    const options = { "syslog-format": format, tag: "my {{.Name}}", "syslog-facility": "local0" };
    const { "log-head": heads, ...fields } = plan(options, "syslog");
    assert.deepEqual(fields, { "log-socket": "/dev/log", "log-buffer": 128 * 1024, ...expected });
    assert.ok(Array.isArray(heads));
    const version = format.startsWith("rfc5424") ? "1 " : "";
    assert.deepEqual(heads.map(text), [`<134>${version}`, `<131>${version}`]);
  }
});

test("planLog() lets a driver drop only in the mode that does, with Docker's buffer", () => {
  const buffer = (options: Readonly<Record<string, string>>) => {
    const { "log-buffer": bytes, "log-drops": drops } = plan(options, "journald");
    return { bytes, drops };
  };
  assert.deepEqual(buffer({ mode: "blocking" }), { bytes: 131_072, drops: undefined });
  assert.deepEqual(buffer({ mode: "non-blocking" }), { bytes: 1_048_576, drops: 1 });
  assert.deepEqual(buffer({ mode: "non-blocking", "max-buffer-size": "4m" }), { bytes: 4_194_304, drops: 1 });
  assert.deepEqual(buffer({ mode: "non-blocking", "max-buffer-size": "1k" }), { bytes: 131_072, drops: 1 });
});

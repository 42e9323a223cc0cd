import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { ContainerJournal } from "../../../src/container/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

const hangul = /\p{Script=Hangul}/u;

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  const sleeping = ["--network", "none", "-v", "/tmp:/shown:ro", "--read-only", image, "sleep", "1000"];
  await brigOk(["run", "-d", "--name", "web", ...sleeping], { root });
  await runBrig(["run", "--name", "gone", "--network", "none", image, "sh", "-c", "exit 3"], { root });
});

after(async () => {
  for (const name of ["web", "gone"]) await removeRunning(root, name);
  disposeRoot(root);
});

const korean = async (...args: readonly string[]) => (await brigOk(["--lang", "ko", ...args], { root })).stdout;

test("explain gives every reason in Korean, the calls as they are", async () => {
  const table = await korean("explain", "web");
  const english = (await brigOk(["explain", "web"], { root })).stdout;
  const rows = table.split("\n").filter((line) => line.includes("  # "));
  for (const line of rows) assert.match(line.slice(line.lastIndexOf("  # ")), hangul, line);
  const calls = (text: string) =>
    text
      .split("\n")
      .filter((line) => line.includes("  # "))
      .map((line) => line.slice(0, line.indexOf("  # ")).split(/\s+/));
  assert.deepEqual(calls(table), calls(english));
  assert.match(table, /^# +프로세스 +단계 +시작 +걸린 시간 +시스템 콜$/m);
  assert.match(table, /^시스템 콜 \d+번, 모두 [\d.]+ms: \w+ \d+번/m);
  assert.match(await korean("explain", "--format", "markdown", "web"), /^# web 컨테이너가 시작된 과정$/m);
});

test("the journal as JSON is the same in both languages", async () => {
  const json = async (...flags: readonly string[]) =>
    JSON.parse((await brigOk([...flags, "explain", "--format", "json", "web"], { root })).stdout) as ContainerJournal;
  assert.deepEqual(await json("--lang", "ko"), await json());
});

test("why answers in Korean, and its documents keep their keys", async () => {
  assert.equal(await korean("why", "gone"), "gone: 종료 코드 3\n");
  assert.match(await korean("why", "web"), /^web: \d{4}-\S+부터 실행 중입니다\n$/);
  const mount = await korean("why", "mount", "/shown/file", "web");
  assert.match(mount, /^컨테이너 web의 \/shown\/file: \/shown 아래에 있으며/);
  assert.match(mount, /호스트의 \/tmp 경로를 보여 주도록 지정했습니다\(읽기 전용\)/);
  assert.match(mount, /move_mount\): 호스트의 \/tmp 경로를 보여 줍니다/);
  for (const question of [["image", image], ["space"], ["port", "1"]]) {
    for (const line of (await korean("why", ...question)).trimEnd().split("\n")) assert.match(line, hangul);
  }
  const document = JSON.parse(await korean("why", "--format", "json", "gone")) as Record<string, unknown>;
  assert.deepEqual(Object.keys(document), ["ID", "Name", "State", "Why", "More", "Hint"]);
  assert.deepEqual([document.State, document.Why], ["exited", "종료 코드 3"]);
});

test("lists and records that scripts read stay English", async () => {
  const { stdout } = await brigOk(["--lang", "ko", "inspect", "--format", "{{.Brig.Why}}", "gone"], { root });
  assert.equal(stdout, "exited with 3\n");
});

test("doctor speaks Korean with the locale's variables, and its ids do not change", async () => {
  const env = { LC_ALL: "ko_KR.UTF-8" };
  const told = await runBrig(["doctor"], { root, env });
  assert.match(told.stdout, /^ok +커널 +\d/m);
  const ids = async (more: Readonly<Record<string, string>>) =>
    (await runBrig(["doctor", "--format", "{{.id}} {{.status}}"], { root, env: more })).stdout;
  assert.equal(await ids(env), await ids({}));
});

test("run --explain and exec --explain say their reasons in Korean, too", async () => {
  const run = await brigOk(["--lang", "ko", "run", "--rm", "--network", "none", "--explain", image, "true"], { root });
  const exec = await brigOk(["--lang", "ko", "exec", "--explain", "web", "true"], { root });
  for (const { stderr } of [run, exec]) {
    const lines = stderr.trimEnd().split("\n");
    assert.ok(lines.length > 20);
    for (const line of lines) if (line.includes("  # ")) assert.match(line.slice(line.lastIndexOf("  # ")), hangul);
  }
});

test("compare, plan run and doctor --posture speak Korean, and their documents stay English", async () => {
  const compared = await korean("compare", "web", "host");
  assert.match(compared, /^네임스페이스 +web +host$/m);
  assert.match(compared, /^net +\d+ +\d+ \(다름\)$/m);
  assert.match(compared, /^UID 매핑\(안 밖 개수\) /m);
  assert.match(await korean("compare", "web", "web"), /^web, web: 서로 다른 점이 없습니다\n$/);
  const flags = ["--network", "none", image, "true"];
  for (const line of (await korean("plan", "run", ...flags)).trimEnd().split("\n")) assert.match(line, hangul);
  const difference = (await korean("plan", "run", "--network", "none", "--diff", "--read-only", image, "true"))
    .trimEnd()
    .split("\n");
  for (const line of difference) assert.match(line, hangul);
  assert.match(difference.at(-1) ?? "", /^추가된 단계 1개, 없어진 단계 0개, /);
  const posture = (await runBrig(["--lang", "ko", "doctor", "--posture", "web", "--all"], { root })).stdout;
  for (const line of posture.trimEnd().split("\n")) if (line !== "") assert.match(line, hangul);
  assert.match(posture, /^신원: 호스트에서의 사용자 ID +호스트의 것 +자신의 것 +/m);
  for (const words of [
    ["compare", "--format", "json", "web", "host"],
    ["plan", "run", "--format", "json", "--name", "x", "--network", "none", "--diff", "--read-only", image, "true"],
    ["doctor", "--posture", "web", "--format", "json"],
  ]) {
    const { stdout } = await runBrig(words, { root });
    assert.equal((await runBrig(["--lang", "ko", ...words], { root })).stdout, stdout);
  }
});

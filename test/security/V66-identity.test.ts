// @regression V66 CVE-2022-36109, CVE-2022-2989, CVE-2022-2990
// @wrong Supplementary groups were not set, so that a file which is closed to a group was open to its members.
// @defence The groups are those that the image's files give the user, and what was added; nothing of the caller's.
// @regression V67 CVE-2022-4318, CVE-2026-15809
// @wrong A line break in a variable of the environment became a line of /etc/passwd.
// @defence No line of a file is made from an environment; words that become part of a generated file are refused when they
//   hold a control character, and accounts are read by a bounded scanner that skips what is no account.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";

let root: TestRoot;

/** Lines that no honest program writes; the last one for a name counts for nobody. */
const passwd = [
  "root:x:0:0:root:/root:/bin/sh",
  "app:x:1000:1000::/:/bin/sh",
  "minus:x:-1:-1::/:/bin/sh",
  "wide:x:4294967296:0::/:/bin/sh",
  "octal:x:0x0:0::/:/bin/sh",
  "text:x:zero:0::/:/bin/sh",
  "short:x",
  "app:x:0:0::/:/bin/sh",
  `long:x:0:0:${"x".repeat(1 << 16)}:/:/bin/sh`,
  "nul\0:x:0:0::/:/bin/sh",
  "carriage:x:7:7::/home\rHOME=bad:/bin/sh",
  "bell:x:8:8::/home\u0007:/bin/sh",
  "::::::",
];
const group = [
  "root:x:0:",
  "app:x:1000:",
  "extra:x:1500:app",
  "wheel:x:-10:app",
  "wide:x:99999999999:app",
  "bad",
  ":::app",
];

before(async () => {
  root = createRoot();
  await importHostile(root, {
    name: "box",
    entries: [
      { name: "etc/passwd", content: passwd.join("\n") },
      { name: "etc/group", content: group.join("\n") },
      { name: "closed", content: "not for members of extra\n", mode: 0o604, gid: 1500 },
    ],
  });
});
after(() => disposeRoot(root));

test("V66: a process has the groups of its user in the image, with or without others, and no more", async () => {
  const script = "id -u; id -G; cat /closed 2>&1";
  const ask = async (...flags: string[]) =>
    (await runBrig([...quietRun, ...flags, "box", "sh", "-c", script], { root })).stdout.split("\n").slice(0, 3);
  const denied = "cat: can't open '/closed': Permission denied";
  const [plain, numbered, added, other] = await Promise.all([
    ask("-u", "app"),
    ask("-u", "1000:1000"),
    ask("-u", "1000:1000", "--group-add", "1500"),
    ask("-u", "1001:1001"),
  ]);
  assert.deepEqual(plain, ["1000", "1000 1500", denied]);
  assert.deepEqual(numbered, ["1000", "1000", "not for members of extra"]);
  assert.deepEqual(added, ["1000", "1000 1500", denied]);
  assert.deepEqual(other, ["1001", "1001", "not for members of extra"]);
});

test("V67: lines that are no accounts make nobody root", async () => {
  const users = ["minus", "wide", "octal", "text", "short", "nul", "-1", "4294967296", "0x0", "app\n", ""];
  const ends = await Promise.all(users.map((user) => runBrig([...quietRun, "-u", user, "box", "id", "-u"], { root })));
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    const what = `${JSON.stringify(users[index])}: ${code} ${stdout} ${stderr}`;
    if (users[index] === "")
      assert.deepEqual([code, stdout], [0, "0\n"], what); // the image names none: root, as always
    else assert.deepEqual([code, stdout], [125, ""], what);
  }
});

const breaks = ["\n", "\r", "\\n", "\u2028", "\u0085"];

test("V67: no word that holds a line break becomes a line of a generated file", async () => {
  const evil = (end: string) => `a${end}evil:x:0:0::/:/bin/sh`;
  const show = [
    "sh",
    "-c",
    "grep -n evil: /etc/passwd /etc/group /etc/hosts /etc/hostname /etc/resolv.conf | grep -v '\\\\n'",
  ];
  for (const end of breaks) {
    const word = evil(end);
    const environment = ["-e", `HOME=${word}`, "-e", `USER=${word}`, "-e", `${word}=1`];
    const uses = [
      environment,
      ["-h", word],
      ["--add-host", `${word}:192.0.2.1`],
      ["--dns-search", word],
      ["--dns-option", word],
    ];
    const ends = await Promise.all(uses.map((flags) => runBrig([...quietRun, ...flags, "box", ...show], { root })));
    for (const { code, stdout } of ends)
      assert.deepEqual([code === 125 || code === 1, stdout], [true, ""], JSON.stringify(end));
  }
});

test("V67: a home directory that could end a line is not that of a process", async () => {
  for (const user of ["carriage", "bell"]) {
    const { stdout } = await brigOk([...quietRun, "-u", user, "box", "sh", "-c", 'printf %s "$HOME"'], { root });
    assert.equal(stdout, "/", user);
  }
});

test("V67: what a container writes into its accounts while it runs counts for exec, and no line of it for more", async () => {
  await brigOk(
    ["run", "-d", "--name", "live", "--network", "none", "--ulimit", "nofile=1024:1024", "box", "sleep", "100000"],
    { root },
  );
  try {
    const write = "head -c 3000000 /dev/zero | tr '\\0' ':' > /etc/passwd; echo 'late:x:7:7::/:/bin/sh' >> /etc/passwd";
    await brigOk(["exec", "live", "sh", "-c", write], { root });
    const late = await runBrig(["exec", "-u", "late", "live", "id", "-u"], { root });
    assert.ok(late.code !== 0 || late.stdout === "7\n", late.stdout);
    await brigOk(["exec", "-u", "0", "live", "sh", "-c", "rm /etc/passwd; mkfifo /etc/passwd"], { root });
    const fifo = await runBrig(["exec", "-u", "app", "live", "id", "-u"], { root });
    assert.notEqual(fifo.code, 0);
    const numbered = await brigOk(["exec", "-u", "5", "live", "grep", "^Uid", "/proc/self/status"], { root });
    assert.equal(numbered.stdout, "Uid:\t5\t5\t5\t5\n");
  } finally {
    await brigOk(["rm", "-f", "live"], { root });
  }
});

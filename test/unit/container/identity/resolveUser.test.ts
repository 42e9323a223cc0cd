import assert from "node:assert/strict";
import test from "node:test";
import { noAccounts, parseAccounts } from "../../../../src/container/identity/accounts.ts";
import { resolveUser } from "../../../../src/container/identity/resolveUser.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const accounts = parseAccounts(
  bytes(
    "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n42:x:77:78::/home/42:/bin/sh\nevil:x:5:5::/x\u0085y:/bin/sh\n",
  ),
  bytes("root:x:0:\napp:x:1000:\nwheel:x:10:root,app\naudio:x:29:app\n"),
);

test("resolveUser() follows Docker's table", () => {
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    ["", [], { uid: 0, gid: 0, additionalGids: [0, 10], home: "/root" }],
    ["app", [], { uid: 1000, gid: 1000, additionalGids: [1000, 10, 29], home: "/home/app" }],
    ["1000", [], { uid: 1000, gid: 1000, additionalGids: [1000, 10, 29], home: "/home/app" }],
    ["app:audio", [], { uid: 1000, gid: 29, additionalGids: [29], home: "/home/app" }],
    ["app:5", [], { uid: 1000, gid: 5, additionalGids: [5], home: "/home/app" }],
    ["1234", [], { uid: 1234, gid: 0, additionalGids: [0], home: "/" }],
    ["1234:wheel", ["audio", "99"], { uid: 1234, gid: 10, additionalGids: [10, 29, 99], home: "/" }],
    [":audio", [], { uid: 0, gid: 29, additionalGids: [29], home: "/root" }],
    // A number is always an id, even where a user is called like that.
    ["42", [], { uid: 42, gid: 0, additionalGids: [0], home: "/" }],
    // A home directory that could end a line is not used.
    ["evil", [], { uid: 5, gid: 5, additionalGids: [5], home: "/" }],
  ];
  for (const [user, groups, expected] of cases) assert.deepEqual(resolveUser(user, groups, accounts), expected, user);
});

test("resolveUser() refuses unknown names and ids out of range", () => {
  assert.throws(() => resolveUser("nobody", [], accounts), {
    code: "userNotFound",
    message: "unable to find user nobody: no matching entries in passwd file",
  });
  assert.throws(() => resolveUser("app:staff", [], accounts), {
    code: "userNotFound",
    message: "unable to find group staff: no matching entries in group file",
  });
  assert.throws(() => resolveUser("", ["staff"], noAccounts), { code: "userNotFound" });
  for (const user of ["-1", "2147483648", "0:99999999999"]) {
    assert.throws(() => resolveUser(user, [], accounts), /uids and gids must be in range 0-2147483647/, user);
  }
});

test("parseAccounts() skips lines that make no sense and survives hostile files", () => {
  const found = parseAccounts(
    bytes("\n#x\nbroken\na:x:b:c:::\n:x:1:1::/:\nok:x:1:2\n"),
    bytes(":x:1:\nb:x:y:\nok:x:3:a,b"),
  );
  assert.deepEqual(found, {
    users: [{ name: "ok", uid: 1, gid: 2, home: "" }],
    groups: [{ name: "ok", gid: 3, members: ["a", "b"] }],
  });
  const huge = parseAccounts(bytes("x:".repeat(1 << 20)), bytes(`g:x:1:${"m,".repeat(1 << 19)}\n`.repeat(3)));
  assert.ok((huge.groups[0]?.members.length ?? 0) <= 4096);
});

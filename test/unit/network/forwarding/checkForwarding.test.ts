import assert from "node:assert/strict";
import test from "node:test";
import { english } from "../../../../src/messages/doctor/english.ts";
import { checkForwarding as checkWith } from "../../../../src/network/forwarding/checkForwarding.ts";

const chain = (family: string, table: string, name: string, more: object = {}) => ({
  chain: { family, table, name, handle: 1, ...more },
});
const forward = (policy: string) => ({ type: "filter", hook: "forward", prio: 0, policy });
const rule = (chainName: string, ...expr: readonly object[]) => ({
  rule: { family: "ip", table: "filter", chain: chainName, handle: 2, expr },
});
const from = (name: string) => ({ match: { op: "==", left: { meta: { key: "iifname" } }, right: name } });
const to = (name: string) => ({ match: { op: "==", left: { meta: { key: "oifname" } }, right: name } });
const answers = { match: { op: "in", left: { ct: { key: "state" } }, right: ["established", "related"] } };
const counter = { counter: { packets: 0, bytes: 0 } };
const accept = { accept: null };

const checkForwarding = (ruleset: unknown, bridges: readonly string[]) =>
  checkWith({ ruleset, bridges }, english.forwarding);
const judge = (...objects: readonly object[]) => checkForwarding({ nftables: objects }, ["brig0"]);

test("checkForwarding() is content with rules that let everything pass, and with brig's own", () => {
  assert.equal(judge().status, "ok");
  assert.equal(judge(chain("ip", "filter", "FORWARD", forward("accept"))).status, "ok");
  assert.equal(judge(chain("inet", "brig", "forward", forward("drop"))).status, "ok");
  assert.equal(judge(chain("ip", "nat", "FORWARD", { ...forward("drop"), type: "nat" })).status, "ok");
});

test("checkForwarding() finds the policy of another engine, and says what mends it", () => {
  const found = judge(
    chain("ip", "filter", "FORWARD", forward("drop")),
    chain("ip", "filter", "DOCKER-USER"),
    rule("FORWARD", to("docker0"), answers, counter, accept),
    rule("FORWARD", from("docker0"), counter, accept),
    rule("FORWARD", { jump: { target: "DOCKER-USER" } }),
  );
  assert.equal(found.status, "warn");
  assert.equal(found.found, "the policy of ip filter FORWARD drops those of brig0");
  assert.match(
    found.advice,
    /iptables -I DOCKER-USER -i brig0 -j ACCEPT && iptables -I DOCKER-USER -o brig0 -j ACCEPT$/,
  );
});

test("checkForwarding() is content once both directions are let through, directly or by a chain", () => {
  const base = [chain("ip", "filter", "FORWARD", forward("drop")), chain("ip", "filter", "own")];
  assert.equal(judge(...base, rule("FORWARD", from("brig0"), accept)).status, "warn", "one direction is not enough");
  assert.equal(
    judge(...base, rule("FORWARD", from("brig0"), accept), rule("FORWARD", to("brig*"), accept)).status,
    "ok",
  );
  const jump = { jump: { target: "own" } };
  const own = [rule("own", from("brig0"), counter, accept), rule("own", to("brig0"), accept)];
  assert.equal(judge(...base, rule("FORWARD", counter, jump), ...own).status, "ok");
  assert.equal(judge(...base, rule("FORWARD", answers, jump), ...own).status, "warn", "only answers get there");
  assert.equal(judge(...base, rule("FORWARD", from("brig0"), answers, accept), own[1] ?? {}).status, "warn");
});

test("checkForwarding() takes a drop before an accept for what it is, and survives circles and nonsense", () => {
  const base = chain("ip", "filter", "FORWARD", forward("drop"));
  const pass = [rule("FORWARD", from("brig0"), accept), rule("FORWARD", to("brig0"), accept)];
  assert.equal(judge(base, rule("FORWARD", counter, { drop: null }), ...pass).status, "warn");
  assert.equal(judge(base, rule("FORWARD", { jump: { target: "FORWARD" } }), ...pass).status, "ok");
  assert.equal(checkForwarding("text", ["brig0"]).status, "ok");
  assert.equal(checkForwarding({ nftables: [null, 1, { rule: 5 }, { chain: {} }] }, ["brig0"]).status, "ok");
  assert.equal(checkForwarding(undefined, ["brig0"]).status, "warn");
});

test("checkForwarding() names the way of firewalld, of ufw and of nft", () => {
  const advice = (...objects: readonly object[]) => judge(...objects).advice;
  assert.match(
    advice(chain("inet", "firewalld", "filter_FORWARD", forward("drop"))),
    /firewall-cmd .*--add-interface=brig0/,
  );
  assert.match(
    advice(chain("ip", "filter", "FORWARD", forward("drop")), chain("ip", "filter", "ufw-user-forward")),
    /ufw route allow in on brig0/,
  );
  assert.match(
    advice(chain("inet", "mine", "fwd", forward("drop"))),
    /nft insert rule inet mine fwd iifname brig0 accept/,
  );
});

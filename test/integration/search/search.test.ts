import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { parseSearchTerm, searchHub, searchRegistry } from "../../../src/image/registry/search.ts";
import { RegistrySession } from "../../../src/image/registry/session.ts";
import { brigOk, createRoot, disposeRoot, runBrig } from "../../support/brig.ts";
import { type Intercept, makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { busyboxLayout, pushLayout } from "../../support/fixtures.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { quick } from "../pull/pullSetting.ts";

let registry: RunningRegistry;

before(async () => {
  registry = await startRegistry();
  const busybox = await busyboxLayout();
  for (const name of ["team/app", "team/tool", "other"]) {
    await pushLayout(busybox, { tag: "latest", to: `${registry.address}/${name}:1` });
  }
});
after(() => registry?.stop());

const serve = async (t: TestContext, intercept: Intercept) => {
  const server = await startFaultRegistry(makeImage(), intercept);
  t.after(() => server.stop());
  return server;
};

test("a registry's catalog is searched by a part of the name", async (t) => {
  const root = createRoot();
  t.after(() => disposeRoot(root));
  const format = ["--format", "{{.Name}}"];
  const found = await brigOk(["search", ...format, `${registry.address}/team`], { root });
  assert.equal(found.stdout, `${registry.address}/team/app\n${registry.address}/team/tool\n`);
  const one = await brigOk(["search", "--limit", "1", ...format, `${registry.address}/`], { root });
  assert.equal(one.stdout, `${registry.address}/other\n`);
  const official = await brigOk(["search", "--filter", "is-official=true", `${registry.address}/team`], { root });
  assert.match(official.stdout, /^NAME +DESCRIPTION +STARS +OFFICIAL\n$/);
});

test("what Docker refuses is refused", async (t) => {
  const root = createRoot();
  t.after(() => disposeRoot(root));
  for (const [flags, words] of [
    [["--limit", "101"], /Limit 101 is outside the range of \[1, 100\]/],
    [["--filter", "colour=red"], /invalid filter 'colour'/],
    [["--filter", "stars=many"], /invalid filter 'stars=many'/],
  ] as const) {
    const { code, stderr } = await runBrig(["search", ...flags, `${registry.address}/team`], { root });
    assert.equal(code, 125);
    assert.match(stderr, words);
  }
});

test("Docker Hub is asked as the Docker Engine asks it, and its answer is taken with care", async (t) => {
  const hub = await serve(t, (request, response) => {
    if (!request.url.startsWith("/v1/search")) return false;
    const good = {
      name: "redis",
      description: "a\nb\u001b[2J",
      star_count: 12,
      is_official: true,
      is_automated: false,
    };
    response.end(JSON.stringify({ results: [good, null, 7, { name: 1 }, { name: "odd", star_count: "x" }, good] }));
    return true;
  });
  const session = await RegistrySession.open(hub.address, quick);
  t.after(() => session.close());
  const found = await searchHub(session, "red is&n=9", 5);
  assert.equal(hub.seen[0]?.url, "/v1/search?q=red+is%26n%3D9&n=5");
  assert.deepEqual(found, [
    { name: "redis", description: "a\nb\u001b[2J", starCount: 12, isOfficial: true, isAutomated: false },
    { name: "odd", description: "", starCount: 0, isOfficial: false, isAutomated: false },
  ]);
});

test("a catalog is read page by page, on the same host only, and not without end", async (t) => {
  const pages = await serve(t, (request, response) => {
    const last = new URL(request.url, "http://x").searchParams.get("last");
    if (last === null) response.setHeader("link", '</v2/_catalog?last=a&n=1>; rel="next"');
    response.end(JSON.stringify({ repositories: [last === null ? "a/x" : "b/x"] }));
    return true;
  });
  const found = await searchRegistry(parseSearchTerm(`${pages.address}/x`), 10, quick);
  assert.deepEqual(
    found.map(({ name }) => name),
    [`${pages.address}/a/x`, `${pages.address}/b/x`],
  );
  for (const link of ["<http://127.0.0.1:1/v2/_catalog>; rel=next", "</v2/_catalog>; rel=next"]) {
    const bad = await serve(t, (_request, response) => {
      response.setHeader("link", link);
      response.end(JSON.stringify({ repositories: [] }));
      return true;
    });
    await assert.rejects(
      searchRegistry(parseSearchTerm(`${bad.address}/x`), 10, quick),
      (error) => error instanceof EngineError && error.code === "registryProtocol",
    );
  }
});

test("a registry without a catalog, and one that says nonsense, are named", async (t) => {
  const none = await serve(t, () => false);
  await assert.rejects(
    searchRegistry(parseSearchTerm(`${none.address}/x`), 10, quick),
    (error) => error instanceof EngineError && error.code === "registryNotFound",
  );
  const odd = await serve(t, (_request, response) => {
    response.end("<html>");
    return true;
  });
  await assert.rejects(
    searchRegistry(parseSearchTerm(`${odd.address}/x`), 10, quick),
    (error) => error instanceof EngineError && error.code === "registryProtocol",
  );
});

test("parseSearchTerm() tells a registry from a part of a name", () => {
  assert.deepEqual(parseSearchTerm("redis"), { registry: "docker.io", words: "redis" });
  assert.deepEqual(parseSearchTerm("bitnami/redis"), { registry: "docker.io", words: "bitnami/redis" });
  assert.deepEqual(parseSearchTerm("library/redis"), { registry: "docker.io", words: "redis" });
  assert.deepEqual(parseSearchTerm("docker.io/redis"), { registry: "docker.io", words: "redis" });
  assert.deepEqual(parseSearchTerm("quay.io/a/b"), { registry: "quay.io", words: "a/b" });
  assert.deepEqual(parseSearchTerm("localhost/"), { registry: "localhost", words: "" });
  for (const term of ["", " ", "a".repeat(300), "bad_host.x/y"]) {
    assert.throws(() => parseSearchTerm(term), { code: "invalidReference" }, term.slice(0, 20));
  }
});

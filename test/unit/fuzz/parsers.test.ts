import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { parseAccounts } from "../../../src/container/identity/accounts.ts";
import { parseMountFlag } from "../../../src/container/options/mountFlag.ts";
import { parseVolumeFlag } from "../../../src/container/options/volumeFlag.ts";
import { formatImageRef, parseImageRef } from "../../../src/image/index.ts";
import { parseChallenges } from "../../../src/image/registry/challenge.ts";
import { parseSecurityOptions } from "../../../src/launch/index.ts";
import { parseSeccompProfile } from "../../../src/launch/seccomp/parseProfile.ts";
import { defaultSeccompProfile } from "../../../src/launch/seccomp/profile.ts";
import { formatIdMap, idMappings, parseUserns, subordinatePools } from "../../../src/namespaces/index.ts";
import { parseExpose, parsePublish } from "../../../src/network/ports/parsePorts.ts";
import { parseImageConfig, parseManifest, parseSaved, parseStatedIndex } from "../../../src/oci/index.ts";
import { defaultLayerLimits } from "../../../src/overlay/layerLimits.ts";
import { TarReader } from "../../../src/overlay/tarReader.ts";
import { fuzz } from "../../support/fuzz.ts";
import { handArchive } from "../../support/handTar.ts";

interface Target {
  readonly name: string;
  readonly examples: readonly (string | Uint8Array)[];
  /** Takes anything; what it refuses it refuses with an EngineError. Asserts what holds of what it takes. */
  readonly take: (bytes: Buffer) => void;
}

const digest = `sha256:${"a".repeat(64)}`;
const descriptor = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size: 100 };
const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: ociManifest,
  config: { ...descriptor, mediaType: "application/vnd.oci.image.config.v1+json" },
  layers: [descriptor, { ...descriptor, urls: ["https://example.com/x"], annotations: { a: "b" } }],
});
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [
    { ...descriptor, mediaType: ociManifest, platform: { architecture: "arm64", os: "linux", variant: "v8" } },
  ],
});
const config = JSON.stringify({
  architecture: "amd64",
  os: "linux",
  config: {
    User: "1:2",
    Env: ["PATH=/bin", "A=b"],
    Cmd: ["sh", "-c", "true"],
    ExposedPorts: { "80/tcp": {} },
    Volumes: { "/data": {} },
    Labels: { a: "b" },
    Healthcheck: { Test: ["CMD", "true"], Interval: 1e9 },
  },
  rootfs: { type: "layers", diff_ids: [digest] },
  history: [{ created: "2024-01-01T00:00:00Z", created_by: "x", empty_layer: true }],
});
const profile = JSON.stringify({
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 38,
  archMap: [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86"] }],
  syscalls: [
    { names: ["read", "write"], action: "SCMP_ACT_ALLOW" },
    { names: ["clone"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 2114060288, op: "SCMP_CMP_MASKED_EQ" }] },
    { names: ["mount"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_SYS_ADMIN"], minKernel: "4.8" } },
  ],
});
const context = { capabilities: ["CAP_SYS_ADMIN"], arch: "x86_64", kernelRelease: "6.1.0" } as const;

const targets: readonly Target[] = [
  {
    name: "tar archives",
    examples: [
      handArchive([
        { name: "a/", type: "5" },
        { name: "a/f", content: "hello" },
        { name: "a/l", type: "2", link: "f" },
        { name: "a/h", type: "1", link: "a/f" },
      ]),
    ],
    take: (bytes) => {
      let declared = 0;
      let given = 0;
      const entry = ({ size }: { readonly size: number }): void => {
        declared += size;
      };
      const content = (piece: Buffer): void => {
        given += piece.length;
      };
      const reader = new TarReader({ entry, content }, defaultLayerLimits);
      withChecksums(bytes);
      for (let at = 0; at < bytes.length; at += 700) reader.feed(bytes.subarray(at, at + 700));
      reader.finish();
      assert.ok(given <= bytes.length && given <= declared);
    },
  },
  { name: "manifests", examples: [manifest], take: (bytes) => void parseManifest(bytes, ociManifest) },
  { name: "indexes", examples: [index], take: (bytes) => void parseStatedIndex(bytes) },
  { name: "image configurations", examples: [config], take: (bytes) => void parseImageConfig(bytes) },
  {
    name: "manifests of saved archives",
    examples: ['[{"Config":"a.json","RepoTags":["x:1"],"Layers":["a/layer.tar"]}]'],
    take: (bytes) => void parseSaved(bytes),
  },
  {
    name: "references",
    examples: [
      "alpine",
      "Upper/case",
      "LOCALHOST/x",
      "example.com:5000/a/b_c:v1.2",
      `[::1]:5/a@${digest}`,
      `docker.io/library/x:y@${digest}`,
    ],
    take: (bytes) => {
      const shown = formatImageRef(parseImageRef(bytes.toString()));
      assert.equal(formatImageRef(parseImageRef(shown)), shown);
    },
  },
  {
    name: "WWW-Authenticate",
    examples: ['Bearer realm="https://a.example/t",service="s",scope="a:b:c,d"', 'Basic realm="x\\"y", Digest a=b'],
    take: (bytes) => {
      for (const { scheme, parameters } of parseChallenges(bytes.toString("latin1"))) {
        assert.match(scheme, /^[^\s",=A-Z]+$/);
        assert.ok(parameters.size <= 32);
      }
    },
  },
  {
    name: "passwd and group",
    examples: ["root:x:0:0:root:/root:/bin/sh\nu:x:1000:1000::/home/u:\n", "root:x:0:\nwheel:x:10:root,u\n"],
    take: (bytes) => void parseAccounts(bytes, bytes),
  },
  {
    name: "seccomp profiles",
    examples: [
      profile,
      JSON.stringify({ ...defaultSeccompProfile(), syscalls: defaultSeccompProfile().syscalls.slice(0, 4) }),
    ],
    take: (bytes) => void parseSeccompProfile(bytes.toString(), context),
  },
  {
    name: "volumes and mounts",
    examples: ["/a:/b:ro,z", "name:/data:nocopy", "type=bind,src=/a,dst=/b,readonly", "/a:/b:idmap=0:1000:1"],
    take: (bytes) => {
      for (const parse of [parseVolumeFlag, parseMountFlag]) {
        const mount = takes(() => parse(bytes.toString(), "/home"));
        if (mount !== undefined) assert.ok(mount.target.startsWith("/") && !mount.target.includes("\0"));
      }
    },
  },
  {
    name: "ports",
    examples: ["127.0.0.1:8080-8090:80-90/tcp", "[::1]:53:53/udp", "80", "::80"],
    take: (bytes) => {
      const text = bytes.toString();
      const asked = [...(takes(() => parsePublish(text)) ?? []), ...(takes(() => parseExpose(text)) ?? [])];
      assert.ok(asked.length <= 65536 * 2);
    },
  },
  {
    name: "security options",
    examples: [
      "seccomp=/a.json",
      "label=level:s0:c1,c2",
      "label:type:x_t",
      "apparmor=docker-default",
      "profile=strict",
    ],
    take: (bytes) => {
      const { labels, appArmor = "unconfined" } = parseSecurityOptions([bytes.toString()]);
      for (const part of Object.values(labels)) assert.match(String(part), /^[\w.,:-]+$/);
      assert.doesNotMatch(appArmor, /\p{Cc}/u);
    },
  },
  {
    name: "user namespaces and subordinate ids",
    examples: ["auto:size=1000,uidmapping=0:5:1,gidmapping=7:8:9", "keep-id:uid=5", "brig:100000:65536\nx:1:2\n"],
    take: (bytes) => {
      const text = bytes.toString();
      takes(() => subordinatePools({ subuid: text, subgid: text }));
      const mode = parseUserns(text);
      if (!("users" in mode)) return;
      const { uidMappings, gidMappings } = idMappings({ firstId: 600_000_000, size: mode.size }, mode);
      for (const mappings of [uidMappings, gidMappings]) assert.match(formatIdMap(mappings), /^0 \d+ \d+\n/);
    },
  },
];

/** Mends the checksums of what still looks like a header, so that more than those is tried. */
function withChecksums(archive: Buffer): void {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const block = archive.subarray(at, at + 512);
    if (block.toString("latin1", 257, 262) !== "ustar") continue;
    block.fill(" ", 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  }
}

function takes<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

describe("parsers of what strangers write", () => {
  for (const { name, examples, take } of targets) {
    it(`${name}: are taken or refused, at once`, (test) => {
      for (const example of examples) takes(() => take(Buffer.from(example)));
      const { cases, seed } = fuzz(examples, (bytes) => void takes(() => take(bytes)));
      test.diagnostic(`${cases} cases with the seed ${seed}`);
    });
  }

  it("leave every prototype as it is", () => {
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});

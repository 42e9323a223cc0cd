import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLayout } from "./makeLayout.ts";

/** The head of a 64-bit little-endian ELF file for the given machine (elf(5)), with nothing behind it. */
function foreignProgram(machine: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine, true);
  return bytes;
}

/**
 * An OCI layout of one image of busybox in which much is odd: programs that cannot be executed, each for another reason,
 * accounts and groups, a VOLUME with content and VOLUMEs that must not be granted.
 */
export function strangeLayout(): Promise<string> {
  const machines = { s390x: 22, riscv64: 243 } as const;
  const fill = (root: string): undefined => {
    for (const directory of ["bin", "etc", "tmp", "data/sub", "srv"])
      mkdirSync(join(root, directory), { recursive: true });
    copyFileSync("/bin/busybox", join(root, "bin/busybox"));
    for (const applet of "sh cat echo env false hostname id ls mkdir mount pwd sleep stat true".split(" ")) {
      symlinkSync("busybox", join(root, "bin", applet));
    }
    writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n");
    writeFileSync(join(root, "etc/group"), "root:x:0:\napp:x:1000:\nextra:x:2000:app\n");
    writeFileSync(join(root, "data/sub/seed"), "seed\n");
    const program = (name: string, content: string | Uint8Array, mode: number) => {
      writeFileSync(join(root, name), content);
      chmodSync(join(root, name), mode);
    };
    program("crlf.sh", "#!/bin/sh\r\necho hi\r\n", 0o755);
    program("interpreter.sh", "#!/bin/nosuch\n", 0o755);
    program("plain.sh", "#!/bin/sh\necho hi\n", 0o644);
    program("text", "echo hi\n", 0o755);
    program("empty", "", 0o755);
    for (const [name, machine] of Object.entries(machines)) program(name, foreignProgram(machine), 0o755);
    symlinkSync("/nowhere", join(root, "dangling"));
    return undefined;
  };
  const volumes = ["/data", "/", "/proc", "/../etc"].flatMap((path) => ["--config.volume", path]);
  const config = ["--config.cmd", "sh", "--config.env", "FROM_IMAGE=1", "--config.workingdir", "/srv", ...volumes];
  return makeLayout("strange", [{ tag: "latest", layers: [fill], config }]);
}

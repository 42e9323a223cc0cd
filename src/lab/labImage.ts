import { EngineError, findSystemProgram, readBoundedFile } from "../base/index.ts";
import type { Engine } from "../engine.ts";

/** The image that every lab starts from. */
export const labImage = "lab:latest";

/** What the exercises use of busybox. */
const applets =
  "sh ash cat chmod chown cp cut date dd echo env false find grep head hostname httpd id ifconfig ip kill ln ls mkdir mknod mount mv nc nproc ping printf ps pwd readlink rm route sed seq sleep stat tail test time timeout top touch tr true umount uname usleep vi wc wget which yes".split(
    " ",
  );

const largestProgram = 16 * 1024 * 1024;

/**
 * Makes the image of a lab, from the system's own busybox and nothing of a network.
 *
 * @throws EngineError `notOffered` when there is none that runs without libraries.
 */
export async function makeLabImage(engine: Engine): Promise<void> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const name of ["bin", "etc", "tmp", "srv"])
    archive.entry({ name, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755 });
  archive.entry({ name: "bin/busybox", mode: 0o755 }, staticBusybox());
  for (const name of applets) archive.entry({ name: `bin/${name}`, type: "symlink", linkname: "busybox" });
  archive.entry({ name: "etc/passwd" }, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
  archive.entry({ name: "etc/group" }, "root:x:0:\nnobody:x:65534:\n");
  archive.entry({ name: "etc/lab" }, "an image of the labs\n");
  archive.finalize();
  const bytes: AsyncIterable<unknown> = archive;
  await engine.importImage({
    // A pack gives nothing but bytes, which its type does not say.
    archive: bytes as AsyncIterable<Uint8Array>,
    from: "the labs",
    reference: labImage,
    changes: ["ENV PATH=/bin", 'CMD ["sh"]'],
  });
}

function staticBusybox(): Buffer {
  const path = findSystemProgram("busybox");
  const file = { maxBytes: largestProgram, what: "the program" };
  const program = path === undefined ? undefined : readBoundedFile({ path, ...file });
  if (program !== undefined && !namesInterpreter(program)) return program;
  throw new EngineError("notOffered", "a lab needs busybox as one static program, which this system lacks", {
    hint: "install the Debian package busybox-static",
  });
}

/** Whether an ELF file of 64 bits asks for a dynamic loader: it has a program header of type PT_INTERP (elf(5)). */
function namesInterpreter(program: Buffer): boolean {
  const [offset, size, count] = [
    Number(program.readBigUInt64LE(32)),
    program.readUInt16LE(54),
    program.readUInt16LE(56),
  ];
  const types = Array.from({ length: count }, (_, index) => program.readUInt32LE(offset + index * size));
  return types.includes(3);
}

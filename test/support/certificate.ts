import { join } from "node:path";
import { runTool } from "./programs.ts";

/** Makes a key and a certificate that nobody vouches for, valid for two days, and returns their paths. */
export async function selfSigned(
  directory: string,
  name: string,
): Promise<{ readonly key: string; readonly certificate: string }> {
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  const subject = ["-subj", `/CN=${name}`, "-days", "2"];
  const files = ["-keyout", key, "-out", certificate];
  await runTool("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...files]);
  return { key, certificate };
}

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, createServer } from "node:net";

const waitMs = 90_000;

/** Where a service listens, as this host sees it. */
export type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** A port of an address of this host that nothing listens on; it is free until somebody else takes it. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return address.port;
}

/** Sends one inline command of the Redis protocol and resolves with the first answer. */
export function askRedis(where: Place, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...where, timeout: 10_000 }, () => socket.write(`${words}\r\n`));
    socket.once("timeout", () => socket.destroy(new Error("redis does not answer")));
    socket.once("data", (answer: Buffer) => {
      socket.destroy();
      resolve(answer.toString());
    });
    socket.once("error", reject);
  });
}

/** One HTTP request on a connection of its own; resolves with status and body. */
export function askHttp(where: Place, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const target = "path" in where ? { socketPath: where.path } : where;
  return new Promise((resolve, reject) => {
    const asked = request({ ...target, path, agent: false, timeout: 10_000 }, (answer: IncomingMessage) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.once("error", reject);
    });
    asked.once("timeout", () => asked.destroy(new Error("the server does not answer")));
    asked.once("error", reject);
    asked.end();
  });
}

/** Asks until the answer pleases; an attempt that throws is one that does not. Fails after 90 seconds with the last one. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  pleases: (answer: Answer) => boolean = () => true,
): Promise<Answer> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const outcome = await ask().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    if ("answer" in outcome && pleases(outcome.answer)) return outcome.answer;
    if (Date.now() > deadline) {
      throw new Error(`waited ${waitMs} ms in vain; the last answer was ${JSON.stringify(outcome)}`, {
        cause: outcome,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

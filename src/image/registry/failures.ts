import { EngineError, type ErrorCode } from "../../base/index.ts";
import { refusedAddressCode } from "./addresses.ts";

/** A failure that may go away by itself: the request is worth repeating. */
export class TransientFailure extends Error {
  readonly failure: EngineError;
  readonly retryAfterMs: number | undefined;

  constructor(failure: EngineError, retryAfterMs?: number) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

interface ConnectionFailure {
  readonly words: string;
  readonly hint: string;
  readonly transient?: boolean;
  readonly code?: ErrorCode;
}

const checkName = "check the registry's name, and that this machine can resolve it";
const checkNetwork = "check the network, and whether the registry is up";
const certificate: ConnectionFailure = {
  words: "its certificate is not trusted",
  hint: 'put the certificate authority of the registry into "/etc/docker/certs.d/HOST:PORT/ca.crt"',
  code: "insecureRegistry",
};

const wantsCertificate: ConnectionFailure = {
  words: "it wants to see a certificate of ours",
  hint: 'put "client.cert" and "client.key" into "/etc/docker/certs.d/HOST:PORT"',
  code: "registryUnauthorized",
};

const connectionFailures: Readonly<Record<string, ConnectionFailure>> = {
  ENOTFOUND: { words: "no such host (ENOTFOUND)", hint: checkName },
  EAI_AGAIN: { words: "the name cannot be resolved just now (EAI_AGAIN)", hint: checkName, transient: true },
  ECONNREFUSED: { words: "connection refused (ECONNREFUSED)", hint: "nothing listens there; check host and port" },
  EHOSTUNREACH: { words: "no route to the host (EHOSTUNREACH)", hint: checkNetwork },
  ENETUNREACH: { words: "the network is unreachable (ENETUNREACH)", hint: checkNetwork },
  ECONNRESET: { words: "the connection was reset (ECONNRESET)", hint: checkNetwork, transient: true },
  EPIPE: { words: "the connection was closed (EPIPE)", hint: checkNetwork, transient: true },
  ETIMEDOUT: { words: "no answer in time (ETIMEDOUT)", hint: checkNetwork, transient: true },
  ERR_STREAM_PREMATURE_CLOSE: { words: "the answer ended too early", hint: checkNetwork, transient: true },
  EPROTO: {
    words: "it does not speak TLS there (EPROTO)",
    hint: "plain HTTP is used only with loopback registries and those configured as insecure",
    code: "insecureRegistry",
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    words: "it does not speak TLS there",
    hint: "plain HTTP is used only with loopback registries and those configured as insecure",
    code: "insecureRegistry",
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: wantsCertificate,
  CERT_HAS_EXPIRED: { ...certificate, words: "its certificate has expired" },
  ERR_TLS_CERT_ALTNAME_INVALID: { ...certificate, words: "its certificate is for another name" },
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
  UNABLE_TO_GET_ISSUER_CERT: certificate,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
  [refusedAddressCode]: {
    words: "the name leads to this machine or its link",
    hint: "a registry must not send its clients to local addresses",
    code: "registryProtocol",
  },
};

/** What a failed connection means: an EngineError, or a TransientFailure around one. */
export function connectionFailure(error: unknown, attempt: string): Error {
  const code = causeCode(error);
  const known = code === undefined ? undefined : connectionFailures[code];
  const words = known?.words ?? (code === undefined ? "the connection failed" : `the connection failed (${code})`);
  const failure = new EngineError(known?.code ?? "registryUnreachable", `cannot ${attempt}: ${words}`, {
    hint: known?.hint ?? checkNetwork,
    cause: error,
  });
  return known?.transient ? new TransientFailure(failure) : failure;
}

/** The first `code` on the way from an error to its causes. */
function causeCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return undefined;
}

/** Text of a server made fit for a terminal: one line, no control or direction characters, at most 300 characters. */
export function sanitize(text: string): string {
  const line = text
    .slice(0, 4096)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, " ");
  return line.length > 300 ? `${line.slice(0, 300)}...` : line.trim();
}

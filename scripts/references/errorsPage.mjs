// docs/reference/errors.md: every code of an error, what it means and what to do.
const intro = `# Errors

A failure is one line, what was attempted, on what, and what went wrong, and often a hint. Programs decide by the code: the library's
\`EngineError\` has it as \`code\`. The command line ends with the status in the table; \`run\`, \`exec\`, \`create\` and \`start\` end with 125 for
every failure of brig itself, because smaller ones are their container's, and with 126 and 127 only for the two codes that have them.
Made from \`src/base/errors.ts\` (\`node scripts/references.mjs\`).

| code | category | status | what happened | what to do |
|---|---|---:|---|---|
`;

/** What each code means to a reader, and what helps. */
const meanings = {
  usage: ["the command line is wrong", "see `brig COMMAND --help`"],
  invalidReference: ["the name of an image cannot be one", "write `[HOST[:PORT]/]NAME[:TAG][@DIGEST]` in lower case"],
  invalidValue: ["a value cannot be what it was given for", "the hint says what can be written"],
  invalidConfig: ["a file of configuration cannot be used", "`brig config check` names the file and the key"],
  imageNotFound: ["no such image is here", "`brig images` lists those that are; `brig pull` fetches one"],
  imageInUse: ["an image cannot be removed", "`brig why image NAME` says what keeps it"],
  registryUnreachable: ["the registry does not answer", "look at the name, the network and the proxy"],
  registryUnauthorized: ["the registry wants to know who asks, or does not believe it", "`brig login SERVER`"],
  registryDenied: ["the account may not do this", "ask the owner of the repository"],
  registryNotFound: [
    "the registry has no such repository, tag or digest",
    "look at the spelling; a private repository needs `brig login`",
  ],
  registryRateLimited: [
    "the registry has had enough requests",
    "wait, log in, or set a mirror (docs/CONFIGURATION.md)",
  ],
  registryProtocol: [
    "the registry answered something that is not of the protocol",
    "look at what stands between: a proxy, a login page",
  ],
  insecureRegistry: [
    "the registry has no TLS, or a certificate that cannot be verified",
    "put its certificate into /etc/docker/certs.d, or name it with `--insecure-registry`",
  ],
  registryBlocked: ["the configuration forbids this registry", "`brig config show` says where"],
  imageUntrusted: ["the image has no signature that the policy asks for", "see trust in docs/CONFIGURATION.md"],
  platformNotFound: ["the image has nothing for this platform", "choose another with `--platform`"],
  unsupportedMediaType: [
    "a document or layer is of a kind that brig does not read",
    "push the image again with a current tool",
  ],
  ambiguousDocument: ["a document says two things at once", "do not use the image: it was made to be read in two ways"],
  malformedDocument: [
    "a document is not what it says it is",
    "pull again; else the image is broken where it comes from",
  ],
  digestMismatch: ["bytes are not those of their digest", "pull again; if it stays so, something between changes them"],
  sizeMismatch: ["there are more or fewer bytes than announced", "pull again"],
  diffIdMismatch: ["an unpacked layer is not the one that the image names", "do not use the image"],
  truncatedBlob: ["a blob ended early", "pull again: it goes on where it stopped"],
  limitExceeded: ["something is larger than brig takes", "the message names the limit"],
  unsafeLayer: ["a layer wants to write outside its directory, or the like", "do not use the image"],
  malformedLayer: ["a layer is no archive that can be read", "build or pull the image again"],
  storeCorrupt: ["a file below the data root is damaged", "`brig system check --repair`"],
  containerNotFound: ["no such container", "`brig ps --all`"],
  nameInUse: ["the name belongs to something else", "choose another, or `brig rename`, `brig rm` the other"],
  fileNotFound: [
    "no such file in the container or here",
    "look at the path; links are followed inside the container only",
  ],
  wrongState: ["the container is not in a state in which this can be done", "`brig ps --all`, `brig why CONTAINER`"],
  volumeNotFound: ["no such volume", "`brig volume ls`"],
  volumeInUse: ["a container uses the volume", "remove the container that the message names"],
  networkNotFound: ["no such network", "`brig network ls`"],
  networkInUse: ["containers are members of the network", "`brig network disconnect`, or remove them"],
  portNotPublished: ["the container does not publish this port", "`brig port CONTAINER`, `brig update --publish-add`"],
  portInUse: ["somebody has the port of the host", "`brig why port N` says who"],
  userNotFound: ["the image has no such user or group", "give numbers: `--user UID:GID`"],
  commandMissing: ["neither the image nor the command line says what to run", "write a command after the image"],
  commandNotFound: [
    "the program is not in the container",
    "look at the name and at PATH; the hint may name an interpreter that is missing",
  ],
  commandNotExecutable: ["the program is there and cannot be executed", "look at its mode and its architecture"],
  launchFailed: ["a step of the start failed", "`brig explain CONTAINER` shows the call; `brig doctor` the host"],
  journalFalse: [
    "journal and kernel disagree about a start (`run --explain=verify`)",
    "report it: it is a fault of brig",
  ],
  notRoot: ["it needs root", "use sudo"],
  kernelTooOld: ["the kernel lacks what brig needs", "use Linux 6.1 or later"],
  controllerUnavailable: [
    "a limit needs a controller that cgroup v2 does not have here",
    "`brig doctor` says how to get it; without the limit the container can run",
  ],
  notOffered: ["brig, or this host, does not offer it", "the message says why"],
  noSpace: ["a file system is full", "`brig why space`, `brig system prune`"],
  fileSystem: ["a call of the file system failed", "the message names the path and the reason"],
  helperMissing: ["the native helper is not there", "`npm run setup`"],
  busy: ["another command is at work on the same thing", "wait for it"],
  interrupted: ["a signal ended the command", "nothing is left half done; give it again"],
};

export function errorsPage({ errorKinds }) {
  const missing = Object.keys(errorKinds).filter((code) => !(code in meanings));
  const gone = Object.keys(meanings).filter((code) => !(code in errorKinds));
  if (missing.length + gone.length > 0) {
    throw new Error(
      `scripts/references/errorsPage.mjs lacks ${missing.join(", ") || "nothing"}, and has too much: ${gone.join(", ") || "nothing"}`,
    );
  }
  const rows = Object.entries(errorKinds).map(([code, { category, exitStatus }]) => {
    const [what, remedy] = meanings[code];
    return `| \`${code}\` | ${category} | ${exitStatus} | ${what} | ${remedy} |\n`;
  });
  return `${intro}${rows.join("")}`;
}

import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, listNames, removeFile } from "../../base/index.ts";
import { networkDirectory } from "../networkStore.ts";
import { isHostName } from "./hostsFile.ts";

/*
 * `networks/<name>/members/<note>`: an empty file for each container that counts as a member of a network with names, whose
 * name says what the others call it and where it is. So one readdir(3) tells about a thousand members, where their records
 * would be a thousand files. A note may be left over by a command that was killed: who reads it asks whether the container
 * is up. That it is there for each container that is up is the promise of who starts, connects and renames.
 */

/** What is noted of a member. */
export interface MemberNote {
  readonly containerId: string;
  /** Absent: more is to be known than a note can say, and is in the container's record. */
  readonly known?: KnownMember;
}

/** What a member is called, and where. */
export interface KnownMember {
  /** The host's side of its interface, where it has one: it is there for as long as the container is. */
  readonly hostInterface?: string;
  readonly addresses: readonly string[];
  readonly names: readonly string[];
}

/** NAME_MAX of the file systems that a data root may be on. */
const maxBytes = 255;
const idLength = 64;

/**
 * The name of a note: `ID=INTERFACE=ADDRESS,...=NAME,...`, or the id alone, which sends to the record. That is what is
 * too long for a name of a file, or could not be one. What is no name of a host is left out. Pure.
 */
export function formatNote({ containerId, known }: MemberNote): string {
  if (known === undefined) return containerId;
  const { hostInterface = "", addresses, names } = known;
  const words = [...new Set(names)].filter(isHostName);
  const text = [containerId, hostInterface, addresses.join(","), words.join(",")].join("=");
  return text.length <= maxBytes ? text : containerId;
}

/** Undefined for what is no note. Pure. */
export function parseNote(text: string): MemberNote | undefined {
  const containerId = text.slice(0, idLength);
  if (!/^[0-9a-f]{64}$/.test(containerId)) return undefined;
  if (text.length === idLength) return { containerId };
  const [rest, hostInterface, addresses, names] = text.slice(idLength).split("=");
  if (rest !== "" || hostInterface === undefined || addresses === undefined || names === undefined) return undefined;
  return {
    containerId,
    known: { ...(hostInterface === "" ? {} : { hostInterface }), addresses: words(addresses), names: words(names) },
  };
}

function words(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

/** The lines of hosts(5) that a note stands for; its words are names of hosts and nothing else. Pure. */
export function noteLines({ addresses, names }: KnownMember): string {
  if (names.length === 0) return "";
  const line = names.join(" ");
  return addresses.map((address) => `${address}\t${line}\n`).join("");
}

/** Notes a member that is not noted yet, or in the same words. Nothing happens where the network is gone. */
export function addNote(root: string, network: string, note: MemberNote): void {
  makeNote(notesDirectory(root, network), formatNote(note));
}

/** Notes a member anew: what was noted of it before is gone after that, not before. Nothing happens where the network is gone. */
export function writeNote(root: string, network: string, note: MemberNote): void {
  const fresh = formatNote(note);
  const old = notesOf(root, network, note.containerId);
  if (!old.includes(fresh)) makeNote(notesDirectory(root, network), fresh);
  for (const name of old) if (name !== fresh) removeFile(join(notesDirectory(root, network), name));
}

function makeNote(directory: string, name: string): void {
  const path = join(directory, name);
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "make", path);
    if (makeDirectoryBelow(directory)) makeNote(directory, name);
  }
}

/** False where the network is gone: it must not come back as a directory without a record. */
function makeDirectoryBelow(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return true;
    if (errnoOf(error) === "ENOENT") return false;
    throw fileSystemError(error, "make", directory);
  }
}

/** Whether something was noted. Idempotent. */
export function removeNotes(root: string, network: string, containerId: string): boolean {
  const old = notesOf(root, network, containerId);
  for (const name of old) removeFile(join(notesDirectory(root, network), name));
  return old.length > 0;
}

function notesOf(root: string, network: string, containerId: string): readonly string[] {
  return listNames(notesDirectory(root, network)).filter((name) => name.startsWith(containerId));
}

/** One note for each container, by its id. Of one that was about to be noted anew, its record tells. */
export function listNotes(root: string, network: string): readonly MemberNote[] {
  const notes: MemberNote[] = [];
  for (const name of [...listNames(notesDirectory(root, network))].sort()) {
    const note = parseNote(name);
    if (note === undefined) continue;
    if (notes.at(-1)?.containerId === note.containerId) notes.splice(-1, 1, { containerId: note.containerId });
    else notes.push(note);
  }
  return notes;
}

function notesDirectory(root: string, network: string): string {
  return join(networkDirectory(root, network), "members");
}

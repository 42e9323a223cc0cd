/** What every unrolled script has: what it needs, how it fails, how it cleans up after itself. */
export const hostHead = `set -eu
  work=$1
  cgroup= own= made= links= holder= payload= child= network= table=

  fail() {
    echo "unroll: $*" >&2
    exit 125
  }

  # the other process says so when it has come this far, or that it has ended
  expect() {
    read -r said <&4
    [ "$said" != "$1" ] || return 0
    status=0
    wait "$payload" || status=$?
    [ "$status" != 127 ] || exit 127
    fail "the container's first process failed before it could be executed"
  }

  # a setting of the host is put back at the end
  remember() {
    [ -e "$1" ] || return 0
    was=$(cat "$1")
    settings="$settings
  $was $1"
  }
  settings=

  clean_up() {
    status=$?
    set +e
    trap '' TERM
    trap - EXIT
    if [ -n "$own" ]; then echo 1 > "$own/cgroup.kill"; fi
    [ -z "$payload" ] || kill -KILL "$payload" 2>/dev/null
    [ -z "$holder" ] || kill -KILL "$holder" 2>/dev/null
    wait 2>/dev/null
    undo
    # one whose other end was in the container may have gone with it, or be about to
    for link in $links; do ip link del dev "$link" 2>/dev/null; done
    [ -z "$table" ] || nft delete table inet brig
    printf '%s\\n' "$settings" | while read -r value file; do [ ! -e "$file" ] || printf %s "$value" > "$file"; done
    eval "set -- $made"
    # a group is empty a moment after the last process in it has ended
    for group; do for _ in 1 2 3 4 5 6 7 8 9 10; do rmdir -- "$group" 2>/dev/null && break; sleep 0.1; done; done
    exit "$status"
  }
  trap clean_up EXIT
  trap 'exit 143' TERM

  # what the two sides say to each other: 4 to this one, 5 to the container's first process
  mkdir "$work/root"
  mkfifo "$work/said" "$work/heard"
  exec 3<&0 4<> "$work/said" 5<> "$work/heard"`;

/**
 * What is begun beside the script has its directory removed when all of it has ended, and from outside of its mount
 * namespace: there nothing that was mounted below that directory can be reached, so nothing else is removed.
 */
export const scriptTail = `# a mount namespace of its own: whatever is mounted from here on is gone with its last process
  exec 3<&0
  unshare --mount --propagation private -- sh "$work/host" "$work" <&3 3<&- &
  host=$! code=
  trap 'code=130; kill -TERM "$host"' INT
  trap 'code=143; kill -TERM "$host"' TERM
  trap 'code=129; kill -TERM "$host"' HUP
  status=0
  wait "$host" || status=$?
  # a signal ends the waiting, and not what is waited for
  while kill -0 "$host" 2>/dev/null; do status=0; wait "$host" || status=$?; done
  exit "\${code:-$status}"`;

/** Its first process is changed from outside, because no program of this system is left to it afterwards. */
export function hostTail(owned: boolean): string {
  const namespaces = ["mount", "pid"].map((kind) => `--${kind}="/proc/$child/ns/${kind === "mount" ? "mnt" : kind}"`);
  const enter = ["nsenter", ...(owned ? ['--user="$user"'] : []), ...namespaces, "--"].join(" ");
  return `expect ready
  ${enter} sh "$work/pivot" "$work/root"
  exec 4<&- 4>&-
  echo run >&5
  status=0
  wait "$payload" || status=$?
  exit "$status"`;
}

/** Changes the root of the mount namespace that it is started in; its word is the new one. */
export const pivotScript = `set -eu
  cd "$1"
  pivot_root . dev
  # The old root lies over /dev. Its umount(8) needs its own loader here, in the new one.
  for loader in /dev/usr/lib/*/ld-linux*.so.* /dev/usr/lib*/ld-linux*.so.*; do if [ -e "$loader" ]; then break; fi; done
  libraries=
  for directory in /dev/usr/lib/*-linux-gnu*; do libraries=$libraries:$directory; done
  exec "$loader" --library-path "\${libraries#:}" /dev/usr/bin/umount -l -n -i -c /dev`;

/** The beginning of the script of the container's first process: what its steps find paths, make mount points and remount with. */
export const childHead = `set -eu
  work=$1
  root=$work/root
  privileges= session=
  trap 'echo failed >&4' EXIT
  # through the host's /proc, which is still the one here
  read -r pid _ < /proc/self/stat
  echo "$pid" >&4

  fail() {
    echo "unroll: $*" >&2
    exit 125
  }

  # The place of a path below the root. A link of the image is followed inside of it, wherever it points to
  # (openat2(2), RESOLVE_IN_ROOT).
  find() {
    rest=$1 at= count=0
    while [ -n "$rest" ]; do
      part=\${rest%%/*}
      case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
      case $part in '' | .) continue ;; ..) at=\${at%/*}; continue ;; esac
      if [ -L "$root$at/$part" ]; then
        count=$((count + 1))
        [ "$count" -le 40 ] || fail "too many links in $1"
        link=$(readlink -n -- "$root$at/$part"; echo .)
        link=\${link%.}
        case $link in /*) at= ;; esac
        rest=$link/$rest
      else
        at=$at/$part
      fi
    done
    place=$root$at
  }

  # where the kernel's own file systems go no link is followed at all
  find_plain() {
    find "$1"
    [ "$place" = "$root\${1%/}" ] || fail "a link leads away from $1"
  }

  # the last part may be a link
  find_parent() {
    find "\${1%/*}"
    mkdir -p -- "$place"
    place=$place/\${1##*/}
  }

  make_like() {
    if [ -d "$1" ]; then mkdir -p -- "$2"; elif [ ! -e "$2" ]; then mkdir -p -- "\${2%/*}"; : > "$2"; fi
  }

  # what is set already has to be said again, for a user namespace may not take it away (mount_namespaces(7))
  remount() {
    options=$(findmnt -n -r -o VFS-OPTIONS --mountpoint "$1" | tail -n 1)
    mount -o "remount,bind,\${options#rw},$2" -- "$1"
  }
  `;

#!/bin/sh
# brig run alpine sh
# written by brig from its launch plan: the steps, in their order, with their reasons.
# It needs what Debian 12 has in util-linux, iproute2, nftables, tar and hostname, and it has to be run by root.
# Addresses and ids are those that were free when it was written.
set -eu
umask 022
unset TMPDIR
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
[ "$(id -u)" = 0 ] || { echo "unroll: only root may do this" >&2; exit 125; }
work=$(mktemp -d -p /var/tmp unroll.XXXXXXXX)
trap 'rm -rf -- "$work"' EXIT
chmod 711 "$work"


# ---- outside of the container ----
cat > "$work/host" <<'END'
set -eu
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
  printf '%s\n' "$settings" | while read -r value file; do [ ! -e "$file" ] || printf %s "$value" > "$file"; done
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
exec 3<&0 4<> "$work/said" 5<> "$work/heard"

undo() {
  :
}

# cg.parent: the group that holds brig's containers (cgroups(7))
if mkdir -- /sys/fs/cgroup/brig 2>/dev/null; then made="/sys/fs/cgroup/brig $made"; fi
cgroup=/sys/fs/cgroup/brig

# cg.enable: let the groups below use these controllers (cgroups(7))
printf %s '+cpu +memory' > /sys/fs/cgroup/brig/cgroup.subtree_control

# cg.group: the container's own group: limits, statistics, and one place to kill it by (cgroups(7))
mkdir -- /sys/fs/cgroup/brig/c
made="/sys/fs/cgroup/brig/c $made" cgroup=/sys/fs/cgroup/brig/c own=/sys/fs/cgroup/brig/c

# cg.pids.max: a limit, in place before the payload can use anything (cgroups(7))
printf %s 64 > /sys/fs/cgroup/brig/c/pids.max

# cg.memory.max: a limit, in place before the payload can use anything (cgroups(7))
printf %s 67108864 > /sys/fs/cgroup/brig/c/memory.max

# layer.0.open: the topmost layer of the image (open_tree(2))
[ -d /layers/top ] || fail "there is no directory "/layers/top

# layer.1.open: a layer of the image (open_tree(2))
[ -d /layers/base ] || fail "there is no directory "/layers/base

# writable.open: what the container writes goes here (open_tree(2))
[ -d /containers/c/writable ] || fail "there is no directory "/containers/c/writable

# dev.null.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/null)" = 'character special file 1:3' ] || fail /dev/null" is another device"

# dev.zero.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/zero)" = 'character special file 1:5' ] || fail /dev/zero" is another device"

# dev.full.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/full)" = 'character special file 1:7' ] || fail /dev/full" is another device"

# dev.random.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/random)" = 'character special file 1:8' ] || fail /dev/random" is another device"

# dev.urandom.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/urandom)" = 'character special file 1:9' ] || fail /dev/urandom" is another device"

# dev.tty.open: a device node, checked to be that device (open_tree(2))
[ "$(stat -L -c '%F %t:%T' -- /dev/tty)" = 'character special file 5:0' ] || fail /dev/tty" is another device"

# bind0.open: the source of /data (open_tree(2))
if [ -d /var/lib/brig/volumes/data/_data ]; then mkdir "$work/tree-bind0"; else : > "$work/tree-bind0"; fi
mount --rbind -- /var/lib/brig/volumes/data/_data "$work/tree-bind0"

# bind1.open: the source of /etc/hosts (open_tree(2))
if [ -d /var/lib/brig/containers/c/hosts ]; then mkdir "$work/tree-bind1"; else : > "$work/tree-bind1"; fi
mount --bind -- /var/lib/brig/containers/c/hosts "$work/tree-bind1"

# mnt.private: what the helper mounts from here on must not show on the host (mount_namespaces(7))
mount --make-rprivate /
# shared below this directory only, so that what is mounted from here on is seen by the container's first process too
mount --rbind "$work" "$work"
mount --make-shared "$work"

# mnt.stage: a small tmpfs on which layers get short names (fsopen(2))
mkdir "$work/stage"
mount -t tmpfs -o mode=0755 tmpfs "$work/stage"

# limit.oom: how readily the kernel ends this process when memory runs out (proc(5))
printf %s 200 > /proc/self/oom_score_adj

# clone: the container's first process, with its own user, mount, pid, network, uts, ipc namespaces (clone(2))
# clone3(2) makes all of them at once; unshare(1) needs the ids first, so a process holds the user namespace alone
unshare --user -- sh -c 'echo user >&4; exec sleep infinity' <&- &
holder=$!
expect user
user=/proc/$holder/ns/user

# user.map: the container's root is nobody in particular on the host (user_namespaces(7))
printf %s '0 536870912 65536
' > "/proc/$holder/uid_map"
printf %s '0 536870912 65536
' > "/proc/$holder/gid_map"
{ [ -z "$cgroup" ] || echo 0 > "$cgroup/cgroup.procs"
  nsenter --user="$user" -- unshare --fork --kill-child --mount --pid --net --uts --ipc --cgroup --propagation slave -- sh "$work/child" "$work"
  status=$?; echo ended >&4; exit $status; } <&3 3<&- &
payload=$!
# the first process says who it is for the host; its own number is another one
read -r child <&4
[ -d "/proc/$child" ] || fail "the namespaces could not be made"

# user.release: the child may go on: its ids mean something now
echo go >&5

# layer0.set: its files belong to the ids that the container sees, without a chown or a copy (mount_setattr(2))
# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's

# layer1.set: its files belong to the ids that the container sees, without a chown or a copy (mount_setattr(2))
# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's

# writable.set: its files belong to the ids that the container sees, without a chown or a copy (mount_setattr(2))
# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's

# bind0.set: how /data shows its source (mount_setattr(2))
# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's

# bind1.set: how /etc/hosts shows its source: read-only (mount_setattr(2))
# not here: mount(8) maps the ids of a mount from util-linux 2.39 on; its owners are the host's

# layer.0.stage: a short name for overlayfs (move_mount(2))
mkdir "$work/stage/0"
mount --bind /layers/top "$work/stage/0"

# layer.1.stage: a short name for overlayfs (move_mount(2))
mkdir "$work/stage/1"
mount --bind /layers/base "$work/stage/1"

# writable.stage: a short name for overlayfs (move_mount(2))
mkdir "$work/stage/top"
mkdir -p /containers/c/writable/upper /containers/c/writable/work
mount --bind /containers/c/writable "$work/stage/top"

# root.overlay: the image's layers below, one writable layer on top; device nodes in them stay files without effect (https://docs.kernel.org/filesystems/overlayfs.html)
# brig maps the ids of the layers' mounts; without that a copy is made inside the user namespace, where owners are others
mkdir "$work/merged"
cd "$work/stage" && mount -t overlay -o lowerdir=0:1,nodev,upperdir=top/upper,workdir=top/work,index=off,redirect_dir=off,metacopy=off,volatile overlay "$work/merged"
cd /
chown 536870912:536870912 "$work/root"
tar --numeric-owner --xattrs --xattrs-include='*' -C "$work/merged" -c -f - . | nsenter --user="$user" -- tar --numeric-owner --xattrs --xattrs-include='*' -C "$work/root" -p -x -f -
umount "$work/merged"

# root.hand: the child mounts it in its own mount namespace (unix(7))
echo root >&5

expect ready
nsenter --user="$user" --mount="/proc/$child/ns/mnt" --pid="/proc/$child/ns/pid" -- sh "$work/pivot" "$work/root"
exec 4<&- 4>&-
echo run >&5
status=0
wait "$payload" || status=$?
exit "$status"
END

# ---- the container's first process, in its namespaces, as root of its user namespace ----
cat > "$work/child" <<'END'
set -eu
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
    part=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    case $part in '' | .) continue ;; ..) at=${at%/*}; continue ;; esac
    if [ -L "$root$at/$part" ]; then
      count=$((count + 1))
      [ "$count" -le 40 ] || fail "too many links in $1"
      link=$(readlink -n -- "$root$at/$part"; echo .)
      link=${link%.}
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
  [ "$place" = "$root${1%/}" ] || fail "a link leads away from $1"
}

# the last part may be a link
find_parent() {
  find "${1%/*}"
  mkdir -p -- "$place"
  place=$place/${1##*/}
}

make_like() {
  if [ -d "$1" ]; then mkdir -p -- "$2"; elif [ ! -e "$2" ]; then mkdir -p -- "${2%/*}"; : > "$2"; fi
}

# what is set already has to be said again, for a user namespace may not take it away (mount_namespaces(7))
remount() {
  options=$(findmnt -n -r -o VFS-OPTIONS --mountpoint "$1" | tail -n 1)
  mount -o "remount,bind,${options#rw},$2" -- "$1"
}

# user.await: until the host has mapped the ids, this process is nobody
read -r _ <&5

# user.root: root of the user namespace, so that what is made belongs to root (user_namespaces(7))
# nsenter(1) has done so already

# ns.unshare: after joining the group, so that "/" inside means that group (unshare(2))
# made by unshare(1) together with the others

# uts.name: the container's own host name (uts_namespaces(7))
hostname -- sample

# net.loopback: a new network namespace has its loopback interface down (network_namespaces(7))
ip link set dev lo up

# mnt.propagation: mounts made here must not travel back to the host (mount_namespaces(7))
# a moment later: the root is still to be seen here

# root.attach: the root goes on top of the old one, where pivot_root can swap them (pivot_root(2))
read -r _ <&5
mount --make-rprivate /
# pivot_root(8) wants a mount point, and in a user namespace one that is its own
mount --rbind "$root" "$root"

# mnt./proc: a new proc of the container's own (fsopen(2))
find_plain /proc
mkdir -p -- "$place"
mount -t proc -o nosuid,noexec,nodev -- proc "$place"

# mnt./dev: a new tmpfs of the container's own (fsopen(2))
find_plain /dev
mkdir -p -- "$place"
mount -t tmpfs -o nosuid,strictatime,mode=755,size=65536k -- tmpfs "$place"

# dev./dev/null: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/null
make_like /dev/null "$place"
mount --bind -- /dev/null "$place"

# dev./dev/zero: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/zero
make_like /dev/zero "$place"
mount --bind -- /dev/zero "$place"

# dev./dev/full: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/full
make_like /dev/full "$place"
mount --bind -- /dev/full "$place"

# dev./dev/random: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/random
make_like /dev/random "$place"
mount --bind -- /dev/random "$place"

# dev./dev/urandom: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/urandom
make_like /dev/urandom "$place"
mount --bind -- /dev/urandom "$place"

# dev./dev/tty: the host's own node: making one needs a privilege that the container does not have
find_plain /dev/tty
make_like /dev/tty "$place"
mount --bind -- /dev/tty "$place"

# dev./dev/fd: programs expect it
find_parent /dev/fd
[ -L "$place" ] || [ -e "$place" ] || ln -s -- /proc/self/fd "$place"

# dev./dev/stdin: programs expect it
find_parent /dev/stdin
[ -L "$place" ] || [ -e "$place" ] || ln -s -- /proc/self/fd/0 "$place"

# dev./dev/stdout: programs expect it
find_parent /dev/stdout
[ -L "$place" ] || [ -e "$place" ] || ln -s -- /proc/self/fd/1 "$place"

# dev./dev/stderr: programs expect it
find_parent /dev/stderr
[ -L "$place" ] || [ -e "$place" ] || ln -s -- /proc/self/fd/2 "$place"

# dev./dev/ptmx: programs expect it
find_parent /dev/ptmx
[ -L "$place" ] || [ -e "$place" ] || ln -s -- pts/ptmx "$place"

# dev./dev/core: programs expect it
find_parent /dev/core
[ -L "$place" ] || [ -e "$place" ] || ln -s -- /proc/kcore "$place"

# mnt./dev/pts: a new devpts of the container's own (fsopen(2))
find_plain /dev/pts
mkdir -p -- "$place"
mount -t devpts -o nosuid,noexec,newinstance,gid=5 -- devpts "$place"

# mnt./sys: a new sysfs of the container's own (fsopen(2))
find_plain /sys
mkdir -p -- "$place"
mount -t sysfs -o nosuid,noexec,nodev,ro -- sysfs "$place"

# mnt./sys/fs/cgroup: a new cgroup2 of the container's own (fsopen(2))
find_plain /sys/fs/cgroup
mkdir -p -- "$place"
mount -t cgroup2 -o ro,nosuid,noexec,nodev -- cgroup2 "$place"

# bind0.fill: a new volume starts with what the image has there
find /data
[ ! -d "$place" ] || cp -a -- "$place/." "$work/tree-bind0"/

# mnt./data: shows /var/lib/brig/volumes/data/_data (move_mount(2))
find /data
make_like "$work/tree-bind0" "$place"
mount --rbind -- "$work/tree-bind0" "$place"

# mnt./etc/hosts: shows /var/lib/brig/containers/c/hosts (move_mount(2))
find /etc/hosts
make_like "$work/tree-bind1" "$place"
mount --bind -- "$work/tree-bind1" "$place"
remount "$place" ro

# sysctl.net.ipv4.ping_group_range: a kernel setting of the container's own namespaces (sysctl(8))
printf %s '0 65535' > "$root/proc/"sys/net/ipv4/ping_group_range

# mask./proc/kcore: it tells or does more than a container should know or do
find_plain /proc/kcore
if [ -d "$place" ]; then mount -t tmpfs -o ro,nosuid,nodev,noexec,nr_blocks=1,nr_inodes=1,mode=755 tmpfs "$place"
elif [ -e "$place" ]; then mount --bind "$root/dev/null" "$place"; remount "$place" ro; fi

# mask./sys/firmware: it tells or does more than a container should know or do
find_plain /sys/firmware
if [ -d "$place" ]; then mount -t tmpfs -o ro,nosuid,nodev,noexec,nr_blocks=1,nr_inodes=1,mode=755 tmpfs "$place"
elif [ -e "$place" ]; then mount --bind "$root/dev/null" "$place"; remount "$place" ro; fi

# readonly./proc/sys: readable, but not for a container to change
find_plain /proc/sys
if [ -e "$place" ]; then mount --rbind -- "$place" "$place"; remount "$place" ro; fi

# cwd.make: the working directory is made when the image lacks it
find /srv
mkdir -p -- "$place"

# root.pivot: unlike chroot, the old root can then be unmounted, and nothing leads back to it (pivot_root(2))
# when this process is what the payload will be: another one then changes its root (pivot_root(8))

# limit.RLIMIT_NOFILE: --ulimit, or brig's default (setrlimit(2))
prlimit --pid $$ --nofile=1024:4096

# limit.RLIMIT_CORE: --ulimit, or brig's default (setrlimit(2))
prlimit --pid $$ --core=unlimited:unlimited

# io.streams: a new session, so that the caller's terminal is out of reach (setsid(2))
session="setsid"

# priv.keyring: keys of the caller's session stay with the caller (keyctl(2))
# not here: keyctl(1) is no part of a small Debian; the session keyring stays the caller's

# priv.bounding: no program run from here on can gain more than these capabilities (capabilities(7))
privileges="$privileges --bounding-set=-all,+chown,+kill"

# cwd.enter: the working directory (chdir(2))
# in the file init, below: the root is another one first

# priv.identity: the user that the image or --user names, with exactly its groups (setresuid(2))
privileges="$privileges --reuid=1000 --regid=100 --groups=100,27"
umask 022

# priv.capabilities: what root may still do inside (capabilities(7))
# the sets of root follow from its bounding set at execve(2), those of any other user from the ambient set
privileges="$privileges --inh-caps=-all --ambient-caps=-all"

# where the payload is looked for, in this order
program=
for candidate in /bin/sh /usr/bin/sh; do find "$candidate"; if [ -f "$place" ] && [ -x "$place" ]; then program=$candidate; break; fi; done
[ -n "$program" ] || { echo "unroll: the command is not in the image" >&2; exit 127; }
trap - EXIT
exec 3<&-
exec env -i --default-signal $session setpriv $privileges -- sh "$work/init" "$program"
END

# ---- the same process, as what the payload will be, in the root that the next one gives it ----
cat > "$work/init" <<'END'
echo ready >&4
exec 4>&-
read -r _ <&5
exec 5<&-
program=$1
# cwd.enter: the working directory
cd -- /srv || exit 125
unset PWD OLDPWD
export PATH=/bin:/usr/bin
export EMPTY=
# exec: the payload takes over this process
exec "$program" -c id
END

# ---- pivot_root(2), from beside it ----
cat > "$work/pivot" <<'END'
set -eu
cd "$1"
pivot_root . dev
# The old root lies over /dev. Its umount(8) needs its own loader here, in the new one.
for loader in /dev/usr/lib/*/ld-linux*.so.* /dev/usr/lib*/ld-linux*.so.*; do if [ -e "$loader" ]; then break; fi; done
libraries=
for directory in /dev/usr/lib/*-linux-gnu*; do libraries=$libraries:$directory; done
exec "$loader" --library-path "${libraries#:}" /dev/usr/bin/umount -l -n -i -c /dev
END

# what they hold is for those who execute them, and nobody else
chown 536870912 "$work/child" "$work/pivot"; chown 536871912 "$work/init"; chmod 400 "$work/host" "$work/child" "$work/pivot" "$work/init"
# a mount namespace of its own: whatever is mounted from here on is gone with its last process
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
exit "${code:-$status}"

#!/bin/busybox sh
# Process 1 of the test machine. The kernel puts VM=DIRECTORY into its environment; DIRECTORY/settings holds the rest:
#   MODULES  kernel modules        OUT, ERR  devices (or port:NAME) that reach the caller's stdout and stderr
#   DISK     block device or ''    WRITABLE  file with the directories whose changes reach the host, one a line
# The host's tree stays read-only below an overlay whose upper layer is memory. Any failure here panics the kernel,
# which ends the machine without a status, which the caller reports.
set -e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/bin/busybox mount -t proc proc /proc # busybox finds its other applets through /proc/self/exe
. "$VM/settings"
release=$(uname -r)
mount -o remount,bind,ro /

grep -qw overlay /proc/filesystems || insmod "$MODULES/$release/kernel/fs/overlayfs/overlay.ko"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
cd /mnt/root

mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm dev/mqueue
mount -t devpts -o ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t mqueue mqueue dev/mqueue
for special in securityfs:sys/kernel/security bpf:sys/fs/bpf; do
  mount -t "${special%%:*}" none "${special#*:}" 2>/dev/null || : # not every kernel has them
done
mount -t cgroup2 -o nsdelegate cgroup2 sys/fs/cgroup
for controller in $(cat sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >sys/fs/cgroup/cgroup.subtree_control # as systemd leaves it
done
mount -t tmpfs -o mode=755 tmpfs run

mkdir -p "lib/modules/$release"
mount --bind "$MODULES/$release" "lib/modules/$release"
[ -e sbin/modprobe ] || ln -s /bin/busybox sbin/modprobe
while read -r directory; do
  mkdir -p ".$directory"
  mount --bind "$directory" ".$directory"
  mount -o remount,bind,rw ".$directory"
done <"$WRITABLE"

pivot_root . mnt
cd /
umount -l /mnt
mount -t tmpfs -o mode=1777 tmpfs /mnt # not on /var/tmp, below which the project may lie
for module in virtio_blk tun loop; do modprobe "$module" 2>/dev/null || :; done
if [ -n "$DISK" ]; then
  mkdir -p /disk
  mount -t ext4 "$DISK" /disk
fi
hostname machine
ip link set lo up

device() { # a virtio port is found by its name, since its number depends on the order of discovery
  case $1 in
    port:*) for port in $(grep -lx "${1#port:}" /sys/class/virtio-ports/*/name); do port=${port%/name}; echo "/dev/${port##*/}"; done ;;
    *) echo "$1" ;;
  esac
}
OUT=$(device "$OUT")
ERR=$(device "$ERR")
[ -c "$OUT" ] && [ -c "$ERR" ]

# The command writes to pipes, never to a terminal, so that it behaves as it would under any test runner.
for device in "$OUT" "$ERR"; do stty -F "$device" raw -echo 2>/dev/null || :; done
mkfifo -m 600 /run/machine.out /run/machine.err
cat /run/machine.out >"$OUT" &
out=$!
cat /run/machine.err >"$ERR" &
err=$!
status=0
/bin/sh "$VM/command" </dev/null >/run/machine.out 2>/run/machine.err || status=$?
echo "$status" >"$VM/status"
{ sleep 2; kill "$out" "$err" 2>/dev/null; } & # something left running may hold the pipes open
wait "$out" "$err" || :
sync
poweroff -f

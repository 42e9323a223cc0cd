#!/bin/busybox sh
# Process 1 of the test machine. The kernel puts VM=DIRECTORY into its environment; DIRECTORY/settings holds the rest:
#   MODULES  kernel modules        OUT, ERR  devices (or port:NAME) that reach the caller's stdout and stderr
#   DISK     block device or ''    WRITABLE  file with the directories whose changes reach the host, one a line
#   FIRST    what becomes process 1 when all this is ready: '' (command.sh) or systemd, whose only unit is command.sh then
#   OVER     tree whose files take the place of the host's in the machine, or ''
# The host's tree stays read-only below an overlay whose upper layer is memory. Any failure here panics the kernel,
# which ends the machine without a status, which the caller reports.
set -e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/bin/busybox mount -t proc proc /proc # busybox finds its other applets through /proc/self/exe
. "$VM/settings"
: >"$VM/began"
release=$(uname -r)
mount -o remount,bind,ro /

grep -qw overlay /proc/filesystems || insmod "$MODULES/$release/kernel/fs/overlayfs/overlay.ko"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
lower=/
if [ -n "$OVER" ]; then # a copy, because a layer may not lie inside another one
  mkdir /mnt/over
  cp -a "$OVER/." /mnt/over
  lower=/mnt/over:/
fi
mount -t overlay -o lowerdir=$lower,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
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
[ "$FIRST" = systemd ] || for controller in $(cat sys/fs/cgroup/cgroup.controllers); do
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

export VM OUT ERR
[ "$FIRST" = systemd ] || exec /bin/busybox sh "${0%/*}/command.sh"

# None of this system's services, nor a bus: systemd, and the one unit that is waited for.
mkdir -p /run/systemd/system
printf '%s\n' '[Unit]' 'DefaultDependencies=no' 'Requires=-.slice' '[Service]' 'Type=oneshot' 'Slice=system.slice' 'TasksMax=infinity' \
  "Environment=VM=$VM OUT=$OUT ERR=$ERR PATH=$PATH" "ExecStart=/bin/busybox sh ${0%/*}/command.sh" >/run/systemd/system/machine.service
exec /lib/systemd/systemd --system --unit=machine.service --log-target=null --show-status=no

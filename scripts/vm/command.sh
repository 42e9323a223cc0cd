#!/bin/busybox sh
# Runs the caller's command in the machine, and switches it off. VM, OUT and ERR are those of init.sh.
set -e
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

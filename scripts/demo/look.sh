#!/bin/sh
# What a container sees of itself.
group=/sys/fs/cgroup
limit() {
  if [ -r "$group/$1" ]; then echo "  $1 = $(cat "$group/$1")"; else echo "  $1: this host has no such file for v2"; fi
}
echo "I am $(id -un), uid $(id -u), process $$ on host \"$(hostname)\""
echo "my uids are the host's: $(tr -s ' ' </proc/self/uid_map)   (inside, outside, count)"
# before they are shown: what shows them would be one of them
processes=$(ps -o pid,user,args)
echo "my processes:"
echo "$processes" | sed 's/^/  /'
echo "my root: $(grep ' / / ' /proc/self/mountinfo | sed 's/.* - \([a-z]*\) .*/\1/')"
echo "my network interfaces: $(ls /sys/class/net | tr '\n' ' ')"
echo "my capabilities: $(sed -n 's/^CapEff:\t//p' /proc/self/status), no new privileges: $(sed -n 's/^NoNewPrivs:\t//p' /proc/self/status), seccomp mode: $(sed -n 's/^Seccomp:\t//p' /proc/self/status)"
echo "my limits:"
for file in memory.max memory.swap.max cpu.max pids.max; do limit "$file"; done

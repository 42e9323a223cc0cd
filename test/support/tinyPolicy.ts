import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Initial SIDs in the order of their numbers (the kernel's security/selinux/include/initial_sid_to_string.h). */
const initialSids =
  "kernel security unlabeled fs file file_labels init any_socket port netif netmsg node igmp_packet icmp_socket tcp_socket sysctl_modprobe sysctl sysctl_fs sysctl_kernel sysctl_net sysctl_net_unix sysctl_vm sysctl_dev kmod policy scmp_packet devnull".split(
    " ",
  );

/**
 * A SELinux policy in the Common Intermediate Language that says one thing: processes of containers read files of containers,
 * and of those only the ones whose categories they have. Whatever it has no word for is allowed.
 */
function policyText(): string {
  const categories = Array.from({ length: 1024 }, (_, number) => `c${number}`);
  const context = (type: string) => `(system_u object_r ${type} ((s0) (s0)))`;
  const hosts = "(system_u system_r host_t ((s0) (s0)))";
  return [
    "(handleunknown allow)",
    "(mls true)",
    "(class file (read))",
    "(class dir ())",
    // The kernel takes no policy without these.
    "(class process (transition dyntransition))",
    "(classorder (file dir process))",
    ...initialSids.map((sid) => `(sid ${sid})`),
    `(sidorder (${initialSids.join(" ")}))`,
    "(sensitivity s0)",
    "(sensitivityorder (s0))",
    ...categories.map((name) => `(category ${name})`),
    `(categoryorder (${categories.join(" ")}))`,
    "(sensitivitycategory s0 (range c0 c1023))",
    "(user system_u)",
    "(role system_r)",
    "(role object_r)",
    "(userrole system_u system_r)",
    "(userrole system_u object_r)",
    "(userlevel system_u (s0))",
    "(userrange system_u ((s0) (s0 (range c0 c1023))))",
    ...["host_t", "container_t", "other_t", "container_file_t"].flatMap((type) => [
      `(type ${type})`,
      `(roletype system_r ${type})`,
      `(roletype object_r ${type})`,
    ]),
    ...["host_t", "container_t", "other_t", "container_file_t"].flatMap((type) => [
      `(allow host_t ${type} (file (read)))`,
      `(allow host_t ${type} (process (transition dyntransition)))`,
    ]),
    "(allow container_t container_file_t (file (read)))",
    "(allow other_t container_file_t (file (read)))",
    "(allow container_t container_t (file (read)))",
    "(allow other_t other_t (file (read)))",
    "(mlsconstrain (file (read)) (or (dom h1 h2) (eq t1 host_t)))",
    ...initialSids.map((sid) => `(sidcontext ${sid} ${hosts})`),
    ...["ext4", "overlay"].map((name) => `(fsuse xattr ${name} ${context("host_t")})`),
    ...["tmpfs", "devpts", "devtmpfs", "mqueue"].map((name) => `(fsuse trans ${name} ${context("host_t")})`),
    ...["proc", "sysfs", "hostfs", "cgroup2", "selinuxfs"].map((name) => `(genfscon ${name} / ${context("host_t")})`),
    "",
  ].join("\n");
}

/** The labels that the policy has for containers. */
export const tinyContexts = {
  process: "system_u:system_r:container_t:s0",
  file: "system_u:object_r:container_file_t:s0",
};

/** Switches SELinux on in a throw-away machine, for good. `directory` is a scratch directory. */
export function enforceTinyPolicy(directory: string): void {
  const [text, binary] = [join(directory, "tiny.cil"), join(directory, "tiny.policy")];
  writeFileSync(text, policyText());
  execFileSync("/usr/bin/secilc", [
    "--mls",
    "true",
    "--policyvers",
    "30",
    "--output",
    binary,
    "--filecontext",
    "/dev/null",
    text,
  ]);
  const contexts = "/etc/selinux/tiny/contexts";
  mkdirSync(contexts, { recursive: true });
  writeFileSync("/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=tiny\n");
  writeFileSync(join(contexts, "lxc_contexts"), `process = "${tinyContexts.process}"\nfile = "${tinyContexts.file}"\n`);
  execFileSync("mount", ["-t", "selinuxfs", "selinuxfs", "/sys/fs/selinux"]);
  writeFileSync("/sys/fs/selinux/load", readFileSync(binary));
  writeFileSync("/sys/fs/selinux/enforce", "1");
}

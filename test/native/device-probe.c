/* Loads a device filter, as hexadecimal in argv[2], onto the v2 cgroup directory argv[1], moves itself there and tries
 * each line of stdin: TYPE MAJOR MINOR ACCESS PATH. Makes the node at PATH (for "m" that is the trial), opens it for
 * the rest, and prints errno, 0 for success. The filter ends with the group. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int load(const char *hex)
{
    static unsigned char bytes[65536];
    static char log[65536];
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length && i < sizeof bytes; i++) sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attr.insns = (uint64_t)(uintptr_t)bytes;
    attr.insn_cnt = (uint32_t)(length / 8);
    attr.license = (uint64_t)(uintptr_t) "Apache-2.0";
    attr.log_buf = (uint64_t)(uintptr_t)log;
    attr.log_size = sizeof log;
    attr.log_level = 1;
    int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
    if (fd < 0) fprintf(stderr, "bpf(BPF_PROG_LOAD): %s\n%s", strerror(errno), log);
    return fd;
}

/* The trial of one access; everything else about the node was prepared before the filter was there. */
static int attempt(const char *access, const char *path, mode_t type, dev_t device)
{
    if (strcmp(access, "m") == 0) {
        unlink(path);
        return mknod(path, type | 0600, device) == 0 ? 0 : errno;
    }
    int flags = strcmp(access, "r") == 0 ? O_RDONLY : strcmp(access, "w") == 0 ? O_WRONLY : O_RDWR;
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) return errno;
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    struct { char type, access[8], path[512]; unsigned major, minor; } uses[128];
    size_t count = 0;
    if (argc != 3) return 2;
    while (count < 128 && scanf(" %c %u %u %7s %511s", &uses[count].type, &uses[count].major, &uses[count].minor, uses[count].access, uses[count].path) == 5) {
        mode_t type = uses[count].type == 'b' ? S_IFBLK : S_IFCHR;
        if (mknod(uses[count].path, type | 0600, makedev(uses[count].major, uses[count].minor)) != 0) return perror("mknod"), 1;
        count++;
    }
    int cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC), program = load(argv[2]);
    if (cgroup < 0 || program < 0) return 1;
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.target_fd = (uint32_t)cgroup;
    attr.attach_bpf_fd = (uint32_t)program;
    attr.attach_type = BPF_CGROUP_DEVICE;
    attr.attach_flags = BPF_F_ALLOW_MULTI;
    if (syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr) != 0) return perror("bpf(BPF_PROG_ATTACH)"), 1;
    int procs = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (procs < 0 || write(procs, "0", 1) != 1) return perror("cgroup.procs"), 1;
    for (size_t i = 0; i < count; i++) {
        mode_t type = uses[i].type == 'b' ? S_IFBLK : S_IFCHR;
        printf("%d\n", attempt(uses[i].access, uses[i].path, type, makedev(uses[i].major, uses[i].minor)));
    }
    return 0;
}

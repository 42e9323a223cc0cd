/* Tries every system call number with arguments that no call can use (all bits set), each in a process of its own, and
 * prints "ABI NUMBER ERRNO" for each: 0 for success, -1 for a process that was killed. Left out are the calls that do
 * not come back, or do so much later. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum abi { NATIVE, X32, I386 };
static const char *const names[] = {"native", "x32", "i386"};

static const int skipped_native[] = {
    SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_sync,
#ifdef __x86_64__
    SYS_fork, SYS_vfork, SYS_pause,
#endif
};
static const int skipped_i386[] = {0, 1, 2, 29, 36, 72, 119, 173, 190, 252};

static bool is_skipped(enum abi abi, int number)
{
    const int *list = abi == I386 ? skipped_i386 : skipped_native;
    size_t count = abi == I386 ? sizeof skipped_i386 / sizeof *list : sizeof skipped_native / sizeof *list;
    for (size_t i = 0; i < count; i++)
        if (list[i] == number) return true;
    return false;
}

static long try_call(enum abi abi, int number)
{
    if (abi == X32) number |= 0x40000000;
#ifdef __x86_64__
    if (abi == I386) {
        long result = number;
        __asm__ volatile("int $0x80" /* older kernels clear r8 to r11 */
                         : "+a"(result)
                         : "b"(-1L), "c"(-1L), "d"(-1L), "S"(-1L), "D"(-1L)
                         : "memory", "r8", "r9", "r10", "r11");
        result = (int)result;
        return result < 0 && result >= -4095 ? -result : 0;
    }
#endif
    errno = 0;
    return syscall(number, -1L, -1L, -1L, -1L, -1L, -1L) == -1 ? errno : 0;
}

static void sweep(enum abi abi, int count)
{
    for (int number = 0; number < count; number++) {
        int ends[2], status;
        long found = -1;
        if (is_skipped(abi, number)) continue;
        if (pipe(ends) != 0) exit(1);
        pid_t pid = fork();
        if (pid < 0) exit(1);
        if (pid == 0) {
            alarm(5);
            long result = try_call(abi, number);
            _exit(write(ends[1], &result, sizeof result) != sizeof result);
        }
        close(ends[1]);
        if (read(ends[0], &found, sizeof found) != sizeof found) found = -1;
        close(ends[0]);
        if (waitpid(pid, &status, 0) != pid) exit(1);
        printf("%s %d %ld\n", names[abi], number, found);
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    sweep(NATIVE, 512);
#ifdef __x86_64__
    sweep(X32, 560);
    sweep(I386, 512);
#endif
    puts("end 0 0");
    return 0;
}

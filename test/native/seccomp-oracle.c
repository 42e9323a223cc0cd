/* Builds a filter with libseccomp from rules on stdin and writes its BPF to stdout: the oracle of the differential
 * test of brig's own compiler. Lines:
 *   arch NAME | default ACTION | rule ACTION SYSCALL [INDEX OP A B]... | end
 * An ACTION is the filter's 32-bit answer, OP is a number of enum scmp_compare. Names that libseccomp does not know are
 * reported on stderr as "unknown NAME". */
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(-error));
    return 1;
}

int main(void)
{
    scmp_filter_ctx filter = NULL;
    char line[4096], word[256];
    uint32_t action;
    while (fgets(line, sizeof line, stdin) != NULL) {
        int used = 0, result = 0;
        if (sscanf(line, "default %u", &action) == 1) {
            filter = seccomp_init(action);
            if (filter == NULL) return fail("seccomp_init", -1);
            seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        } else if (sscanf(line, "arch %255s", word) == 1) {
            result = seccomp_arch_add(filter, seccomp_arch_resolve_name(word));
            if (result < 0 && result != -17) return fail("seccomp_arch_add", result);
        } else if (sscanf(line, "rule %u %255s%n", &action, word, &used) == 2) {
            struct scmp_arg_cmp args[6];
            unsigned count = 0, index, op;
            unsigned long long a, b;
            int call = seccomp_syscall_resolve_name(word), more = 0;
            for (char *rest = line + used; count < 6 && sscanf(rest, "%u %u %llu %llu%n", &index, &op, &a, &b, &more) == 4; rest += more)
                args[count++] = (struct scmp_arg_cmp){index, (enum scmp_compare)op, a, b};
            if (call == __NR_SCMP_ERROR) {
                fprintf(stderr, "unknown %s\n", word);
                continue;
            }
            result = seccomp_rule_add_array(filter, action, call, count, args);
            if (result < 0) return fail(line, result);
        } else if (strncmp(line, "end", 3) == 0) {
            break;
        } else {
            return fail(line, -22);
        }
    }
    int result = seccomp_export_bpf(filter, 1);
    return result == 0 ? 0 : fail("seccomp_export_bpf", result);
}

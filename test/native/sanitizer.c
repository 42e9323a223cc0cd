/* Linked into the sanitized helper only. Leaks are not looked for: LeakSanitizer needs /proc and ptrace(2) of the host at
 * the end of a process that has long left both behind. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0:exitcode=99:abort_on_error=0:allocator_may_return_null=1";
}

/* Linked with --wrap=journal_call: a helper that makes no record of calls that succeeded. Failures are told, as they have to be. */
#include "launch.h"

#include <stdarg.h>

void __real_journal_call(struct journal *journal, const char *name, long result, int error, uint64_t began, const char *format, ...);
void __wrap_journal_call(struct journal *journal, const char *name, long result, int error, uint64_t began, const char *format, ...);

void __wrap_journal_call(struct journal *journal, const char *name, long result, int error, uint64_t began, const char *format, ...)
{
    if (error == 0) return;
    char args[sizeof journal->last_args];
    va_list values;
    va_start(values, format);
    vsnprintf(args, sizeof args, format, values);
    va_end(values);
    __real_journal_call(journal, name, result, error, began, "%s", args);
}

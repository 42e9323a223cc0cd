/* The decoder of plans and records (native/record.c), or with LOG the writer of logs (native/log.c), for libFuzzer, which looks
 * for input that reaches new code. Whatever holds of any input is asserted; the sanitizers see the rest. */
#include "fuzz-checks.h"

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

#ifdef LOG
/* Each piece begins with a byte for its stream and one for its size; the log rotates in between. */
int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
    static int directory = -1;
    if (directory < 0) directory = open(getenv("FUZZ_DIRECTORY"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    static char buffer[1 << 17];
    static struct log log;
    memset(&log, 0, sizeof log);
    log.directory = directory;
    log.fd = -1;
    log.max_files = 2;
    log.max_size = 2048;
    log.attributes = "";
    log.buffer = buffer;
    log.room = sizeof buffer;
    need(log_open(&log) == 0, "a log opens");
    for (size_t at = 0; at + 2 < size;) {
        size_t part = (size_t)input[at + 1] * (input[at] & 0x40 ? 64 : 1), left = size - at - 2;
        if (part > left) part = left;
        char *bytes = malloc(part + 1); /* its end is the end of the bytes, so that reading on is noticed */
        need(bytes != NULL, "memory");
        memcpy(bytes, input + at + 2, part);
        need(log_write(&log, 1 + (input[at] & 1), bytes, part) == part, "a file takes everything");
        free(bytes);
        if (input[at] & 0x80) log_flush(&log);
        at += 2 + part;
    }
    log_close(&log);
    need(log.lost == 0, "nothing is lost");
    return 0;
}
#else
int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
    check_records(input, size);
    return 0;
}
#endif

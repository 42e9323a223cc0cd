/* The decoder of plans and records (native/record.c), or with LOG the writer of logs (native/log.c), for libFuzzer, which looks
 * for input that reaches new code. Whatever holds of any input is asserted; the sanitizers see the rest. */
#include "monitor.h"

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

int forward_settings(struct log *, const struct record *) { return 0; }
void forward_connect(struct log *) {}
bool forward_record(struct log *, int, const char *, size_t) { return true; }
void forward_flush(struct log *) {}
void forward_end(struct log *) {}

static void need(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "not so: %s\n", what);
    abort();
}

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
    char *bytes = malloc(size + 1), *decoded = malloc(size + 1);
    need(bytes != NULL && decoded != NULL, "memory");
    memcpy(bytes, input, size);
    ptrdiff_t took = 1;
    for (size_t at = 0; at < size && took > 0; at += (size_t)took) {
        struct record record = {0};
        took = record_parse(bytes + at, size - at, &record);
        need(took <= (ptrdiff_t)(size - at), "a record ends with the bytes");
        if (took <= 0) break;
        need(record.op == bytes + at && record.op[0] != '\0', "a record has a name");
        char **strings = record_strings(&record, "argv");
        for (size_t n = 0; strings != NULL && strings[n] != NULL; n++) need(strings[n] > bytes && strings[n] < bytes + size, "a value is in the bytes");
        free(strings);
        uint64_t number;
        int64_t negative;
        size_t room;
        if (record_get_u64(&record, "n", 1000, &number)) need(number <= 1000, "a number is in its bounds");
        record_get_i64(&record, "n", &negative);
        const char *hex = record_get(&record, "program");
        if (hex != NULL && decode_hex(hex, decoded, size, &room)) need(room * 2 == strlen(hex), "two digits are a byte");
    }
    free(decoded);
    free(bytes);
    return 0;
}
#endif

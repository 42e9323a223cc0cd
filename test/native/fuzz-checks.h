/* What holds of the decoder of records (native/record.c) and the writer of logs (native/log.c) whatever they are given. */
#include "monitor.h"

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

/* The bytes are copied: the copy ends where they end, so that reading on is noticed. */
static void check_records(const void *given, size_t size)
{
    char *bytes = malloc(size == 0 ? 1 : size), *decoded = malloc(size + 1);
    need(bytes != NULL && decoded != NULL, "memory");
    memcpy(bytes, given, size);
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
}

#include "record.h"

ptrdiff_t record_parse(char *bytes, size_t length, struct record *record)
{
    size_t count = 0, at = 0;
    *record = (struct record){0};
    for (;;) { /* first pass: find the end, so that the field list can be allocated once */
        const char *end = at < length ? memchr(bytes + at, '\0', length - at) : NULL;
        if (end == NULL) return 0;
        size_t size = (size_t)(end - (bytes + at));
        at += size + 1;
        if (size == 0) break;
        if (++count > RECORD_FIELDS_MAX) {
            errno = E2BIG;
            return -1;
        }
    }
    if (count == 0) {
        errno = EBADMSG;
        return -1;
    }
    record->fields = calloc(count, sizeof *record->fields);
    if (record->fields == NULL) return -1;
    record->op = bytes;
    const char *string = bytes + strlen(bytes) + 1;
    for (size_t i = 1; i < count; i++) {
        if (strchr(string, '=') == NULL) {
            record_free(record);
            errno = EBADMSG;
            return -1;
        }
        record->fields[record->field_count++] = string;
        string += strlen(string) + 1;
    }
    return (ptrdiff_t)at;
}

void record_free(struct record *record)
{
    free(record->fields);
    *record = (struct record){0};
}

static const char *value_of(const char *field, const char *key)
{
    size_t length = strlen(key);
    return strncmp(field, key, length) == 0 && field[length] == '=' ? field + length + 1 : NULL;
}

const char *record_get_nth(const struct record *record, const char *key, size_t n)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const char *value = value_of(record->fields[i], key);
        if (value != NULL && n-- == 0) return value;
    }
    return NULL;
}

const char *record_get(const struct record *record, const char *key)
{
    return record_get_nth(record, key, 0);
}

size_t record_count(const struct record *record, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; i < record->field_count; i++)
        if (value_of(record->fields[i], key) != NULL) count++;
    return count;
}

bool record_get_u64(const struct record *record, const char *key, uint64_t max, uint64_t *value)
{
    const char *text = record_get(record, key);
    if (text == NULL || text[0] < '0' || text[0] > '9') return false;
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, text[0] == '0' ? 8 : 10);
    if (errno != 0 || *end != '\0' || number > max) return false;
    *value = number;
    return true;
}

bool record_get_i64(const struct record *record, const char *key, int64_t *value)
{
    const char *text = record_get(record, key);
    if (text == NULL) return false;
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') return false;
    *value = number;
    return true;
}

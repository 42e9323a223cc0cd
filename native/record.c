#include "record.h"

ptrdiff_t record_parse(const char *bytes, size_t length, struct record *record)
{
    errno = EBADMSG;
    if (length > 0 && bytes[0] == '\0') return -1;
    const char *end = memmem(bytes, length, "\0", 2); /* of the last string and of the empty one */
    if (end == NULL) return 0;
    for (const char *field = bytes + strlen(bytes) + 1; *field != '\0'; field += strlen(field) + 1)
        if (strchr(field, '=') == NULL) return -1;
    record->op = bytes;
    return end + 2 - bytes;
}

const char *record_next(const char *after, const char *key)
{
    size_t length = strlen(key);
    for (const char *field = after + strlen(after) + 1; *field != '\0'; field += strlen(field) + 1)
        if (strncmp(field, key, length) == 0 && field[length] == '=') return field + length + 1;
    return NULL;
}

const char *record_get(const struct record *record, const char *key)
{
    return record_next(record->op, key);
}

char **record_strings(const struct record *record, const char *key)
{
    size_t count = 0;
    for (const char *text = record->op; (text = record_next(text, key)) != NULL;) count++;
    char **strings = calloc(count + 1, sizeof *strings);
    const char *text = record->op;
    for (size_t i = 0; strings != NULL && i < count; i++) strings[i] = (char *)(uintptr_t)(text = record_next(text, key));
    return strings;
}

bool parse_u64(const char *text, uint64_t max, uint64_t *value)
{
    if (text == NULL || text[0] < '0' || text[0] > '9') return false;
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, text[0] == '0' ? 8 : 10);
    if (errno != 0 || *end != '\0' || number > max) return false;
    *value = number;
    return true;
}

bool record_get_u64(const struct record *record, const char *key, uint64_t max, uint64_t *value)
{
    return parse_u64(record_get(record, key), max, value);
}

bool record_get_i64(const struct record *record, const char *key, int64_t *value)
{
    const char *text = record_get(record, key);
    char *end = NULL;
    errno = 0;
    if (text != NULL) *value = strtoll(text, &end, 10);
    return end != NULL && end != text && *end == '\0' && errno == 0;
}

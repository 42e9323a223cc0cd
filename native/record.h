/* Records: the only language the helper understands.
 * A record is a list of NUL-terminated strings that ends with an empty one: first the name of an operation, then
 * KEY=VALUE fields in any order; a key may repeat (argv=a argv=b). No string is empty, so the empty one is unambiguous.
 * The encoder is src/launch/encodePlan.ts. */
#pragma once

#include "helper.h"

struct record {
    const char *op; /* the fields follow it where it was read */
};

/* Parses the record at the start of bytes, which stay its own. Returns how many it took, 0 when the bytes end before
 * the record does, or -1 when they cannot be a record (errno says so). */
ptrdiff_t record_parse(const char *bytes, size_t length, struct record *record);
/* The value of the first field with this key, or of the next one after an op or a value; or NULL. */
const char *record_get(const struct record *record, const char *key);
const char *record_next(const char *after, const char *key);
/* All values of a key, and NULL behind them, as execve(2) takes them; to be freed. NULL when there is no memory. */
char **record_strings(const struct record *record, const char *key);
/* A decimal (or 0-prefixed octal) number. Returns false when it is missing, malformed or above max. */
bool record_get_u64(const struct record *record, const char *key, uint64_t max, uint64_t *value);
bool record_get_i64(const struct record *record, const char *key, int64_t *value);
bool parse_u64(const char *text, uint64_t max, uint64_t *value);

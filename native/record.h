/* Records: the only language the helper understands.
 *
 * A record is a list of NUL-terminated strings that ends with an empty one: first the name of an operation, then
 * KEY=VALUE fields in any order; a key may repeat (argv=a argv=b). No string is empty, so the empty one is unambiguous.
 * The encoder is src/launch/encodePlan.ts.
 */
#ifndef BRIG_RECORD_H
#define BRIG_RECORD_H

#include "system.h"

#define RECORD_FIELDS_MAX 16384u

struct record {
    const char *op;
    size_t field_count;
    const char **fields; /* each "KEY=VALUE"; point into the buffer the record was parsed from */
};

/* Parses the record at the start of bytes. Returns how many bytes it took, 0 when the bytes end before the record
 * does, or -1 when they cannot be a record (errno says why). record->fields must be freed with record_free(). */
ptrdiff_t record_parse(char *bytes, size_t length, struct record *record);
void record_free(struct record *record);

/* The value of the first (or the n-th, from 0) field with this key, or NULL. */
const char *record_get(const struct record *record, const char *key);
const char *record_get_nth(const struct record *record, const char *key, size_t n);
size_t record_count(const struct record *record, const char *key);

/* A decimal (or 0-prefixed octal) number in a field. Returns false when it is missing, malformed or above max. */
bool record_get_u64(const struct record *record, const char *key, uint64_t max, uint64_t *value);
bool record_get_i64(const struct record *record, const char *key, int64_t *value);

#endif

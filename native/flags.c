/* The constants that plans may name. A plan spells MOUNT_ATTR_RDONLY, never 1: the numbers are the kernel's business. */
#include "launch.h"

#define NAMED(constant) {#constant, (uint64_t)(constant)}

static const struct {
    const char *name;
    uint64_t value;
} constants[] = {
    NAMED(CLONE_NEWUSER),      NAMED(CLONE_NEWNS),         NAMED(CLONE_NEWPID),         NAMED(CLONE_NEWNET),
    NAMED(CLONE_NEWUTS),       NAMED(CLONE_NEWIPC),        NAMED(CLONE_NEWCGROUP),      {"CLONE_NEWTIME", 0x80},
    NAMED(MOUNT_ATTR_RDONLY),  NAMED(MOUNT_ATTR_NOSUID),   NAMED(MOUNT_ATTR_NODEV),     NAMED(MOUNT_ATTR_NOEXEC),
    NAMED(MOUNT_ATTR_NOATIME), NAMED(MOUNT_ATTR_RELATIME), NAMED(MOUNT_ATTR_STRICTATIME), NAMED(MOUNT_ATTR_NODIRATIME),
    NAMED(MOUNT_ATTR_IDMAP),   NAMED(MS_PRIVATE),          NAMED(MS_SLAVE),             NAMED(MS_SHARED),
    {"MOUNT_ATTR_NOSYMFOLLOW", 0x00200000},
};

/* The union of the constants that the fields with this key name. False for a name that is not in the table. */
bool flags_of(const struct record *record, const char *key, uint64_t *value)
{
    *value = 0;
    for (const char *name = record->op; (name = record_next(name, key)) != NULL;) {
        size_t i = 0;
        while (i < sizeof constants / sizeof constants[0] && strcmp(constants[i].name, name) != 0) i++;
        if (i == sizeof constants / sizeof constants[0]) return false;
        *value |= constants[i].value;
    }
    return true;
}

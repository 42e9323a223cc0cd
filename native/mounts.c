/* Mounts by descriptors, recorded: what the phases host and child share. */
#include "files.h"
#include "launch.h"

int mount_option(struct launch *launch, int context, const char *option)
{
    char key[64];
    const char *value = strchr(option, '=');
    snprintf(key, sizeof key, "%.*s", (int)(value == NULL ? strlen(option) : (size_t)(value - option)), option);
    if (value == NULL) return DO("fsconfig", fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0), "%d, %s", context, key);
    return DO("fsconfig", fsconfig(context, FSCONFIG_SET_STRING, key, value + 1, 0), "%d, \"%s\", \"%s\"", context, key, value + 1);
}

int mount_new(struct launch *launch, const struct record *record, const char *type,
              int (*configure)(struct launch *launch, const struct record *record, int context))
{
    const char *source = record_get(record, "source");
    if (source == NULL) source = type;
    FLAGS(attributes, "attribute");
    OWNED context = DO("fsopen", fsopen(type, FSOPEN_CLOEXEC), "\"%s\"", type);
    if (context < 0) return -1;
    if (DO("fsconfig", fsconfig(context, FSCONFIG_SET_STRING, "source", source, 0), "%d, \"source\", \"%s\"", context, source) != 0) return -1;
    if (configure != NULL && configure(launch, record, context) != 0) return -1;
    for (const char *option = record->op; (option = record_next(option, "option")) != NULL;)
        if (mount_option(launch, context, option) != 0) return -1;
    if (DO("fsconfig", fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "%d, create", context) != 0) return -1;
    return DO("fsmount", fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes), "%d, attr=0x%llx", context, (unsigned long long)attributes);
}

int mount_onto(struct launch *launch, int tree, int target, const char *name)
{
    return DO("move_mount", move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), "%d -> \"%s\"", tree, name);
}

int mount_set(struct launch *launch, int tree, unsigned flags, struct mount_attr attr)
{
    return DO("mount_setattr", mount_setattr(tree, "", AT_EMPTY_PATH | flags, &attr, sizeof attr), "%d, set=0x%llx, propagation=0x%llx, userns=%d",
              tree, (unsigned long long)attr.attr_set, (unsigned long long)attr.propagation, (int)attr.userns_fd);
}

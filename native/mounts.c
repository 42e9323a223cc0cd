/* Mounts by descriptors, recorded: what the phases host and child share. */
#include "launch.h"

/* KEY or KEY=VALUE */
static int mount_option(struct launch *launch, int context, const char *option)
{
    char key[64];
    const char *value = strchr(option, '=');
    snprintf(key, sizeof key, "%.*s", (int)(value == NULL ? strlen(option) : (size_t)(value - option)), option);
    if (value == NULL) return DO("fsconfig", fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0), "%d, %s", context, key);
    return DO("fsconfig", fsconfig(context, FSCONFIG_SET_STRING, key, value + 1, 0), "%d, \"%s\", \"%s\"", context, key, value + 1);
}

int mount_new(struct launch *launch, const struct record *record, const char *type, const char *first)
{
    const char *source = record_get(record, "source");
    if (source == NULL) source = type;
    FLAGS(attributes, "attribute");
    OWNED context = DO("fsopen", fsopen(type, FSOPEN_CLOEXEC), "\"%s\"", type);
    if (context < 0) return -1;
    if (DO("fsconfig", fsconfig(context, FSCONFIG_SET_STRING, "source", source, 0), "%d, \"source\", \"%s\"", context, source) != 0) return -1;
    if (first != NULL && mount_option(launch, context, first) != 0) return -1;
    for (const char *option = record->op; (option = record_next(option, "option")) != NULL;)
        if (mount_option(launch, context, option) != 0) return -1;
    if (DO("fsconfig", fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "%d, create", context) != 0) return -1;
    return DO("fsmount", fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes), "%d, attr=0x%llx", context, (unsigned long long)attributes);
}

int mount_onto(struct launch *launch, int tree, int target, const char *name)
{
    return DO("move_mount", move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), "%d -> \"%s\"", tree, name);
}

int mount_set(struct launch *launch, const struct record *record, int tree, unsigned flags)
{
    FLAGS(set, "set");
    FLAGS(propagation, "propagation");
    struct mount_attr attr = {.attr_set = set, .propagation = propagation};
    const char *ids = record_get(record, "ids");
    if ((set & MOUNT_ATTR_IDMAP) != 0) attr.userns_fd = (uint64_t)(unsigned)(ids == NULL ? launch->userns : launch_handle(launch, ids));
    return DO("mount_setattr", mount_setattr(tree, "", AT_EMPTY_PATH | flags, &attr, sizeof attr), "%d, set=0x%llx, propagation=0x%llx, userns=%d",
              tree, (unsigned long long)set, (unsigned long long)propagation, (int)attr.userns_fd);
}

#include "helper.h"

#include <sys/fsuid.h>

enum { OPEN_ATTEMPTS = 100000 };

bool is_name(const char *text)
{
    return *text != '\0' && strchr(text, '/') == NULL && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

int each_entry(int directory, int (*visit)(void *context, int directory, const char *name), void *context)
{
    OWNED listed = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* its own offset */
    DIR *stream = listed < 0 ? NULL : fdopendir(listed);
    if (stream == NULL) return -1;
    disown(&listed);
    int result = 0;
    for (const struct dirent *entry; result == 0 && (errno = 0, entry = readdir(stream)) != NULL;)
        if (is_name(entry->d_name)) result = visit(context, directory, entry->d_name);
    int error = errno;
    closedir(stream);
    errno = error;
    return result == 0 && error != 0 ? -1 : result;
}

/* A rename anywhere on the machine while ".." is resolved makes the kernel give up with EAGAIN, because it could have led
 * outside (openat2(2)); a container that renames without end must not keep others from their files. */
int open_in(int directory, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
    int fd = -1;
    for (int attempt = 0; fd < 0 && attempt < OPEN_ATTEMPTS; attempt++) {
        fd = (int)syscall(SYS_openat2, directory, *path == '\0' ? "." : path, &how, sizeof how);
        if (fd < 0 && errno != EAGAIN) break;
    }
    return fd;
}

int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0) return -1;
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

static int nibble(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool decode_hex(const char *text, void *bytes, size_t room, size_t *size)
{
    unsigned char *out = bytes;
    for (*size = 0; text[0] != '\0'; text += 2) {
        int high = nibble(text[0]), low = nibble(text[1]);
        if (high < 0 || low < 0 || *size == room) return false;
        out[(*size)++] = (unsigned char)(high * 16 + low);
    }
    return true;
}

int become_file_owner(uid_t id)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2];
    setfsgid(id);
    setfsuid(id);
    if (syscall(SYS_capget, &header, sets) != 0) return -1;
    for (size_t i = 0; i < 2; i++) sets[i].effective = sets[i].permitted;
    return (int)syscall(SYS_capset, &header, sets);
}

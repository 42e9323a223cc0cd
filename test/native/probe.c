/* The payload of tests that ask what a container's process really has. One static program is the whole image. It prints
 * one JSON object a line, each with a "kind": ids, status, limit, fd, mount, env, cwd, and ends with {"kind":"end"}.
 * Its words choose the kinds; without words it prints them all. */
#define _GNU_SOURCE
#include <dirent.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

static void print_string(const char *name, const char *text)
{
    printf(",\"%s\":\"", name);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20 || *c >= 0x7f) printf("\\u%04x", *c);
        else putchar(*c);
    }
    putchar('"');
}

static void print_ids(void)
{
    uid_t uids[3];
    gid_t gids[3], groups[256];
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 || getresgid(&gids[0], &gids[1], &gids[2]) != 0) return;
    int count = getgroups(256, groups);
    printf("{\"kind\":\"ids\",\"uids\":[%u,%u,%u],\"gids\":[%u,%u,%u],\"groups\":[", uids[0], uids[1], uids[2], gids[0], gids[1], gids[2]);
    for (int i = 0; i < count; i++) printf("%s%u", i == 0 ? "" : ",", groups[i]);
    printf("],\"pid\":%d,\"ppid\":%d,\"sid\":%d}\n", getpid(), getppid(), getsid(0));
}

/* Every line of a file of /proc as {"kind":KIND,"line":LINE}. */
static void print_lines(const char *kind, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    while (file != NULL && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        printf("{\"kind\":\"%s\"", kind);
        print_string("line", line);
        puts("}");
    }
    free(line);
    if (file != NULL) fclose(file);
}

static void print_fds(void)
{
    DIR *directory = opendir("/proc/self/fd");
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        char target[4096];
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(directory)) continue;
        ssize_t size = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
        if (size < 0) continue;
        target[size] = '\0';
        printf("{\"kind\":\"fd\",\"fd\":%d", atoi(entry->d_name));
        print_string("target", target);
        puts("}");
    }
    if (directory != NULL) closedir(directory);
}

static void print_environment(void)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        printf("{\"kind\":\"env\"");
        print_string("line", *variable);
        puts("}");
    }
}

static void print_directory(void)
{
    char path[4096], host[256] = "";
    gethostname(host, sizeof host - 1);
    printf("{\"kind\":\"cwd\"");
    print_string("path", getcwd(path, sizeof path) == NULL ? "" : path);
    print_string("hostname", host);
    puts("}");
}

static void print_status(void) { print_lines("status", "/proc/self/status"); }
static void print_limits(void) { print_lines("limit", "/proc/self/limits"); }
static void print_mounts(void) { print_lines("mount", "/proc/self/mountinfo"); }

static const struct {
    const char *name;
    void (*print)(void);
} kinds[] = {
    {"ids", print_ids}, {"status", print_status}, {"limit", print_limits},    {"fd", print_fds},
    {"mount", print_mounts}, {"env", print_environment}, {"cwd", print_directory},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool wanted = argc == 1;
        for (int word = 1; word < argc; word++) wanted = wanted || strcmp(argv[word], kinds[i].name) == 0;
        if (wanted) kinds[i].print();
    }
    puts("{\"kind\":\"end\"}");
    return 0;
}

/* Tries the decoder of records (native/record.c) and the writer of logs (native/log.c) with generated input, under the
 * sanitizers. Words: how many milliseconds, the seed, and an empty directory for the logs, in which `input` is left too:
 * what stdout said. */
#include "fuzz-checks.h"

#include <time.h>

static uint64_t state;

static uint64_t below(uint64_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % limit;
}

/* Of words that plans have, and of anything. */
static void try_record(void)
{
    static const char *const words[] = {"end", "clone", "argv=a", "argv=", "flag=0x1", "=", "n=18446744073709551616", "n=0777", "n=-1", "path=/a", "program=00ff", ""};
    char made[512];
    size_t size = 0;
    for (uint64_t n = below(12); n > 0 && size + 64 < sizeof made; n--) {
        const char *word = words[below(sizeof words / sizeof *words)];
        memcpy(made + size, word, strlen(word) + 1);
        size += strlen(word) + (below(8) != 0);
        if (below(4) == 0) made[size++] = (char)below(256);
    }
    if (below(2) == 0) made[size++] = '\0';
    if (size > 0 && below(3) == 0) made[below(size)] = (char)below(256);
    check_records(made, size);
}

static void fill(char *bytes, size_t size)
{
    static const char *const pieces[] = {"\n", "\"\\", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0", "\xff", "\t\r", "text ", "\x1b[0m"};
    for (size_t at = 0; at < size;) {
        const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
        size_t length = strlen(piece) < size - at ? strlen(piece) : size - at;
        if (below(40) == 0) bytes[at++] = (char)below(256);
        else at += (size_t)((char *)mempcpy(bytes + at, piece, length) - (bytes + at));
    }
}

static void log_for(uint64_t milliseconds, int directory, bool rotates)
{
    struct timespec now, start;
    struct log log = {.directory = directory, .fd = -1, .max_files = 3, .max_size = rotates ? 4096 : 0, .attributes = "", .room = 1 << 18};
    int input = openat(directory, "input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    clock_gettime(CLOCK_MONOTONIC, &start);
    need(input >= 0 && log_open(&log) == 0, "a log opens");
    uint64_t passed = 0;
    for (int n = 0; passed < milliseconds && n < 2000; n++) {
        size_t size = below(16) == 0 ? 40000 : below(600);
        char *bytes = malloc(size + 1);
        need(bytes != NULL, "memory");
        fill(bytes, size);
        int stream = 1 + (int)below(2);
        need(log_write(&log, stream, bytes, size) == size, "a file takes everything");
        if (stream == 1) need(write(input, bytes, size) == (ssize_t)size, "the input is kept");
        free(bytes);
        if (below(10) == 0) log_flush(&log);
        clock_gettime(CLOCK_MONOTONIC, &now);
        passed = (uint64_t)(now.tv_sec - start.tv_sec) * 1000 + (uint64_t)((now.tv_nsec - start.tv_nsec) / 1000000);
    }
    log_close(&log);
    need(log.lost == 0, "nothing is lost");
    free(log.buffer);
    close(input);
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    uint64_t milliseconds = strtoull(argv[1], NULL, 10), cases = 0;
    state = strtoull(argv[2], NULL, 10) * 2 + 1;
    struct timespec now, start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        for (int n = 0; n < 1000; n++, cases++) try_record();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((uint64_t)(now.tv_sec - start.tv_sec) * 1000 + (uint64_t)((now.tv_nsec - start.tv_nsec) / 1000000) < milliseconds);
    int directory = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    need(directory >= 0, "the directory is there");
    log_for(milliseconds / 2, directory, true);
    for (int n = 0; n < 3; n++) {
        char name[32];
        snprintf(name, sizeof name, n == 0 ? "container-json.log" : "container-json.log.%d", n);
        unlinkat(directory, name, 0);
    }
    log_for(milliseconds / 2, directory, false);
    close(directory);
    printf("%llu records\n", (unsigned long long)cases);
    return 0;
}

/* trojan: a shared library, and as one a program, that leaves a mark where it is loaded. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void mark(void)
{
    int fd = open("/marker", O_WRONLY | O_CREAT, 0666);
    if (fd >= 0) close(fd);
}

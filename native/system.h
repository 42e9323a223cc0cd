/* The headers of libc and the kernel that most files need, so that each file names only what is special to it. */
#ifndef BRIG_SYSTEM_H
#define BRIG_SYSTEM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A place where test/failures ends, stops or delays this process; nothing in every other build (src/base/failPoint.ts). */
#ifdef FAIL_POINTS
void fail_point(const char *family, const char *name);
#define FAIL_POINT(family, name) fail_point((family), (name))
#else
#define FAIL_POINT(family, name) ((void)0)
#endif

#endif

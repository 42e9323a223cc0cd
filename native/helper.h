/* The roles of the helper. Each is one translation unit; main.c dispatches on argv[1]. A role returns the exit status
 * of the process. */
#ifndef BRIG_HELPER_H
#define BRIG_HELPER_H

#include "system.h"

int role_launch(int argc, char **argv);  /* launch.c: build a container from a plan and wait for it */
int role_extract(int argc, char **argv); /* extract.c: unpack one layer inside a pivoted directory */
int role_remove(int argc, char **argv);  /* trees.c: delete directory trees by file descriptor */
int role_measure(int argc, char **argv); /* trees.c: the bytes below directories */

/* trees.c: deletes what `name` is in `parent`, whole trees included; nothing there is fine. Sets errno. */
int remove_tree_at(int parent, const char *name);

#endif

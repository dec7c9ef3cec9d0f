/* The trash can: freedesktop.org's Trash specification 1.0, the home trash. `files` holds what was thrown
   away, `info` a note for each. */
#pragma once

#include <time.h>

/* ~/.local/share/Trash, or within $XDG_DATA_HOME; the caller frees it. NULL: no memory. */
char *trash_folder(void);
char *trash_files(void); /* its `files` */
/* What the note says of `name`; *path is the caller's. 0, -ENOENT, -EINVAL, -ENOMEM. */
int trash_note(const char *name, char **path, struct tm *when);

/* A program in a terminal: a pseudo-terminal, the child on it, and what it shows. No window. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "user/apps/terminal/vt.h"

struct session {
    struct vt *vt;
    int fd;         /* of the pseudo-terminal, non-blocking; -1: the program ended and all was read */
    pid_t child;
    int status;     /* of wait, when it ended */
    bool ended;
    char *unsent;   /* what the program has not taken yet */
    size_t unsent_size;
    char title[128];
    bool has_title, bell;   /* changed since they were looked at; the reader clears them */
    char *copied;           /* the program set the clipboard (OSC 52); the reader frees and clears it */
    size_t copied_size;
};

/* Starts `words` (ended by NULL; words[0] is looked for in PATH) in `folder` (NULL: here). 0 or a negative
   error number; the session is for session_end then, too. */
int session_start(struct session *session, char *const words[], const char *folder, int columns, int rows,
                  int cell_width, int cell_height);
/* What the program wrote, as much as is there but at most `most` bytes. False: nothing more will come. */
bool session_read(struct session *session, size_t most);
/* For the program. What it does not take is kept, up to 1 MB; more is dropped. */
void session_write(struct session *session, const char *bytes, size_t size);
/* Sends on what was kept; call it when poll says that the pseudo-terminal takes some. */
void session_flush(struct session *session);
bool session_wants_to_write(const struct session *session);
void session_resize(struct session *session, int columns, int rows, int cell_width, int cell_height);
/* The program is told to hang up, and ended when it does not within a moment. */
void session_end(struct session *session);
/* Whether something else than the shell itself runs in it. */
bool session_is_busy(const struct session *session);

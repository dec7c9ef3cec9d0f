/*
 * What session decides, without doing it (choice.c).
 *
 *     why = session_refuses(cmdline, screen_error, desktop_error);     NULL: the desktop is run, and
 *     why = session_ended(&ends, status, now_s);                       NULL: run again when it has ended
 */
#pragma once

#include <time.h>

#define SESSION_DESKTOP  "/bin/desktop"
#define SESSION_NO_SCREEN 3  /* the status of a desktop that finds no framebuffer */
#define SESSION_NOT_RUN 127  /* of one that could not be run, as a shell has it */
#define SESSION_ENDS      5  /* so many … */
#define SESSION_WITHIN_S 60  /* … in such a time are too many */

/* When the last ones ended: seconds of a clock that never goes back. */
struct session_ends {
    time_t at_s[SESSION_ENDS];
    unsigned count;
};

/* Why there is no desktop: the kernel's command line says `desktop=off` or `safe`, there is no screen to
   draw on, or no desktop; the errors are error numbers or 0. NULL: there is one. */
const char *session_refuses(const char *cmdline, int screen_error, int desktop_error);
/* The desktop ended with that status (of waitpid): why it is not run again, or NULL. */
const char *session_ended(struct session_ends *ends, int status, time_t now_s);

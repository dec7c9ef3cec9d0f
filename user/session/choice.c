/* Whether the screen is a desktop's or a shell's. See session.h. */
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/cmdline.h"
#include "user/session/session.h"

const char *session_refuses(const char *cmdline, int screen_error, int desktop_error)
{
    char value[8];

    if (cmdline_get(cmdline, "desktop", value, sizeof(value)) == 0 && strcmp(value, "off") == 0)
        return "desktop=off";
    if (cmdline_has(cmdline, "safe"))
        return "safe mode";
    if (screen_error)
        return "no framebuffer here";
    return desktop_error ? "no " SESSION_DESKTOP " here" : NULL;
}

/* The oldest of the last SESSION_ENDS is not long ago. */
static int too_many(struct session_ends *ends, time_t now_s)
{
    time_t *slot = &ends->at_s[ends->count % SESSION_ENDS], before;

    before = ends->count + 1 < SESSION_ENDS ? now_s - SESSION_WITHIN_S
                                            : ends->at_s[(ends->count + 1) % SESSION_ENDS];
    *slot = now_s;
    ends->count++;
    return now_s - before < SESSION_WITHIN_S;
}

const char *session_ended(struct session_ends *ends, int status, time_t now_s)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_NO_SCREEN)
        return "no framebuffer here";
    if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_NOT_RUN)
        return SESSION_DESKTOP " cannot be run";
    return too_many(ends, now_s) ? "the desktop ended five times in a minute" : NULL;
}

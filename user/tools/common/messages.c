/* What a tool says when something is wrong. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

/* In one piece: others may be writing there, too. */
static void say(const char *why, const char *format, va_list values)
{
    char *what = NULL, *all = NULL;

    fflush(stdout);
    if (vasprintf(&what, format, values) < 0)
        what = NULL;
    if (asprintf(&all, "%s: %s%s%s\n", this_tool->name, what ? what : format, why ? ": " : "",
                 why ? why : "") >= 0)
        fputs(all, stderr);
    free(what);
    free(all);
}

int failed(const char *format, ...)
{
    const char *why = strerror(errno);
    va_list values;

    va_start(values, format);
    say(why, format, values);
    va_end(values);
    return 1;
}

int wrong(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    say(NULL, format, values);
    va_end(values);
    return 1;
}

void wrong_use(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    say(NULL, format, values);
    va_end(values);
    fprintf(stderr, "use: %s %s\n", this_tool->name, this_tool->usage);
    exit(2);
}

int finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return errno == EPIPE ? 1 : failed("standard output");
}

bool confirmed(const char *format, ...)
{
    char answer[80];
    va_list values;

    fflush(stdout);
    va_start(values, format);
    fprintf(stderr, "%s: ", this_tool->name);
    vfprintf(stderr, format, values);
    fputs("? ", stderr);
    va_end(values);
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

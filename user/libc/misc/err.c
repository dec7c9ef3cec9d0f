#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/libc/libc.h"

const char *getprogname(void)
{
    return program_name;
}

static void say(const char *format, va_list rest, const char *why)
{
    fprintf(stderr, "%s: ", program_name);
    if (format)
        vfprintf(stderr, format, rest);
    fprintf(stderr, "%s%s\n", format && why ? ": " : "", why ? why : "");
}

void vwarn(const char *format, va_list rest)
{
    say(format, rest, strerror(errno));
}

void vwarnx(const char *format, va_list rest)
{
    say(format, rest, NULL);
}

void verr(int status, const char *format, va_list rest)
{
    vwarn(format, rest);
    exit(status);
}

void verrx(int status, const char *format, va_list rest)
{
    vwarnx(format, rest);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    vwarn(format, rest);
    va_end(rest);
}

void warnx(const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    vwarnx(format, rest);
    va_end(rest);
}

void err(int status, const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    verr(status, format, rest);
}

void errx(int status, const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    verrx(status, format, rest);
}

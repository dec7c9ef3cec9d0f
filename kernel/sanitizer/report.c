/* Reports: report.h. No locks: one CPU, and only the thread that watches looks at the text. */
#include "kernel/sanitizer/report.h"

#include <stdarg.h>
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/panic.h"
#include "lib/printf.h"

bool sanitizer_reporting;

static const struct thread *watcher;
static unsigned reports;
static char last[240];

void sanitizer_watch(void)
{
    reports = 0;
    last[0] = '\0';
    watcher = thread_current();
}

unsigned sanitizer_watched(const char **text)
{
    watcher = NULL;
    *text = last;
    return reports;
}

void sanitizer_report(const char *format, ...)
{
    va_list args;

    if (sanitizer_reporting)
        return;
    sanitizer_reporting = true;
    va_start(args, format);
    vsnprintf(last, sizeof(last), format, args);
    va_end(args);
    if (watcher != thread_current())
        panic("%s", last);
    reports++;
    sanitizer_reporting = false;
}

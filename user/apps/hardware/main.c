/* hardware: the report in a window; hardware --text: on the standard output, without a desktop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/hardware/window.h"

static int print_text(void)
{
    struct report report = {0};
    struct text all = {0};
    int error = report_make(&report, &report_machine);

    report_print(&report, REPORT_SECTIONS, &all);
    bool good = fwrite(all.at ? all.at : "", 1, all.size, stdout) == all.size && fflush(stdout) == 0;

    text_free(&all);
    report_free(&report);
    return error || !good;
}

int main(int argc, char **argv)
{
    const char *home = getenv("HOME");

    if (argc > 1 && strcmp(argv[1], "--text") == 0)
        return print_text();
    int error = ui_start("hardware");

    if (error) {
        fprintf(stderr, "hardware: the desktop: %s (--text prints it here)\n", strerror(-error));
        return 1;
    }
    return hardware_open(&report_machine, home && *home ? home : "/root") ? ui_run() : 1;
}

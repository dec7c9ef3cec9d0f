/* settings [--first | PAGE]: what can be chosen, on this machine. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/apps/settings/settings.h"

extern char **environ;

static char config[280], autostart[280];

static int set_clock(int64_t seconds)
{
    struct timespec now = {.tv_sec = (time_t)seconds};

    return clock_settime(CLOCK_REALTIME, &now) < 0 ? -errno : 0;
}

static int start_program(const char *program, const char *argument)
{
    char path[64], word[64];
    char *words[] = {path, argument ? word : NULL, NULL};
    pid_t pid;

    snprintf(path, sizeof(path), "%s", program);
    snprintf(word, sizeof(word), "%s", argument ? argument : "");
    return -posix_spawn(&pid, path, NULL, NULL, words, environ);
}

static const struct settings_world machine = {
    .config = config, .applications = "/usr/share/applications", .autostart = autostart,
    .keyboards = "/usr/share/keyboard", .licences = "/usr/share/licences", .proc = "/proc",
    .boot = "/boot/boot.cfg", .set_clock = set_clock, .start = start_program,
};

static enum settings_page page_named(const char *name)
{
    static const char *const names[PAGES] = {"display", "appearance", "keyboard", "mouse",
                                             "region",  "startup",    "drivers",  "about"};

    for (unsigned i = 0; name && i < PAGES; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum settings_page)i;
    return PAGE_DISPLAY;
}

int main(int argc, char **argv)
{
    const char *home = getenv("HOME");
    int error = ui_start("settings");

    if (error) {
        fprintf(stderr, "settings: the desktop: %s\n", strerror(-error));
        return 1;
    }
    home = home && home[0] == '/' ? home : "/root";
    snprintf(config, sizeof(config), "%s/.config/desktop", home);
    snprintf(autostart, sizeof(autostart), "%s/.config/autostart", home);
    if (argc > 1 && strcmp(argv[1], "--first") == 0)
        return settings_open_first(&machine) ? ui_run() : 1;
    return settings_open(&machine, page_named(argv[1])) ? ui_run() : 1;
}

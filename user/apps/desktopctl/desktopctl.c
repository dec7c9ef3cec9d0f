/*
 * The desktop from a command line.
 *
 * usage: desktopctl stats                     what the server has done so far
 *        desktopctl set NAME=VALUE …          settings: theme=light, scale=150, layout=es … (settings.md)
 *        desktopctl notify TITLE [TEXT]       a card; `warn` in place of `notify`: it stays until it was seen
 */
#include <stdio.h>
#include <string.h>

#include "user/libui/ui.h"

#define PATIENCE_MS 5000

static int usage(void)
{
    fprintf(stderr, "usage: desktopctl stats | set NAME=VALUE … | notify|warn TITLE [TEXT]\n");
    return 2;
}

static void on_patience(void *context)
{
    (void)context;
    fprintf(stderr, "desktopctl: the desktop does not answer\n");
    ui_quit(1);
}

static void on_statistics(const struct ui_statistics *statistics, void *context)
{
    (void)context;
    printf("frames %llu\npixels %llu\nlast frame %llu ns\nall frames %llu ns\nclients %u\nsurfaces %u\n",
           (unsigned long long)statistics->frames, (unsigned long long)statistics->pixels,
           (unsigned long long)statistics->last_frame_ns, (unsigned long long)statistics->busy_ns,
           statistics->clients, statistics->surfaces);
    ui_quit(0);
}

/* What was sent before it has been looked at when its answer is here. */
static void on_done(const struct ui_statistics *statistics, void *context)
{
    (void)statistics;
    (void)context;
    ui_quit(0);
}

static int set_one(const char *word)
{
    char name[64];
    const char *equals = strchr(word, '=');

    if (!equals || equals == word || (size_t)(equals - word) >= sizeof(name)) {
        fprintf(stderr, "desktopctl: %s: not NAME=VALUE\n", word);
        return 2;
    }
    memcpy(name, word, (size_t)(equals - word));
    name[equals - word] = 0;
    if (ui_set_desktop(name, equals + 1)) {
        fprintf(stderr, "desktopctl: %s: longer than 127 bytes\n", word);
        return 2;
    }
    return 0;
}

/* 0, or the status to end with. */
static int ask(int argc, char **argv)
{
    int status = 0;

    if (strcmp(argv[1], "stats") == 0 && argc == 2) {
        ui_count(on_statistics, NULL);
        return 0;
    }
    if (strcmp(argv[1], "notify") == 0 && (argc == 3 || argc == 4)) {
        ui_notify("fastos", argv[2], argc == 4 ? argv[3] : "");
    } else if (strcmp(argv[1], "warn") == 0 && (argc == 3 || argc == 4)) {
        ui_notify_critical("fastos", argv[2], argc == 4 ? argv[3] : "");
    } else if (strcmp(argv[1], "set") == 0 && argc > 2) {
        for (int i = 2; i < argc && status == 0; i++)
            status = set_one(argv[i]);
    } else {
        return usage();
    }
    ui_count(on_done, NULL);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage();
    int error = ui_start("desktopctl");

    if (error) {
        fprintf(stderr, "desktopctl: no desktop: %s\n", strerror(-error));
        return 1;
    }
    int status = ask(argc, argv);

    (void)ui_timer(PATIENCE_MS, false, on_patience, NULL);
    if (status == 0)
        status = ui_run();
    ui_end();
    return status;
}

/*
 * screenshot: a picture of the screen, of the window in front, or of an area that the user draws, as a PNG
 * file in Pictures. The desktop starts it when Print is pressed.
 *
 * usage: screenshot [screen|window|area] [FILE]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/apps/screenshot/name.h"
#include "user/apps/screenshot/png_write.h"
#include "user/desktop/protocol.h"
#include "user/libui/ui.h"

#define TRIES 20u /* within one second */

static const char *wanted; /* NULL: a name is made */

static int save(const struct canvas *picture, char **path)
{
    const char *home = getenv("HOME");
    time_t now = time(NULL);
    struct tm local;
    int error = -EEXIST;

    localtime_r(&now, &local);
    *path = NULL;
    for (unsigned number = 1; number <= TRIES && error == -EEXIST; number++) {
        free(*path);
        *path = wanted ? strdup(wanted) : screenshot_name(home && home[0] == '/' ? home : "", &local, number);
        error = *path ? png_write_file(*path, picture) : -ENOMEM;
        if (wanted)
            break;
    }
    return error;
}

static void say_failed(const char *path, const char *why)
{
    char text[256];

    snprintf(text, sizeof(text), "%.160s%s%.80s", path ? path : "", path ? ": " : "", why);
    fprintf(stderr, "screenshot: %s\n", text);
    ui_notify("viewer", ui_say("No screenshot was made", "No se hizo la captura"), text);
    ui_quit(1);
}

static void captured(const struct canvas *picture, void *context)
{
    char *path;

    (void)context;
    if (!picture) { /* given up by who was to draw the area */
        ui_quit(1);
        return;
    }
    int error = save(picture, &path);

    if (error) {
        say_failed(path, strerror(-error));
    } else {
        ui_notify("viewer", ui_say("Screenshot saved", "Captura guardada"), path);
        printf("%s\n", path);
        ui_quit(0);
    }
    free(path);
}

static int kind_of(const char *word)
{
    static const char *const words[] = {"screen", "window", "area"};

    if (!strncmp(word, "--", 2))
        word += 2;
    for (int kind = 0; kind < 3; kind++)
        if (!strcmp(word, words[kind]))
            return kind == 0 ? CAPTURE_SCREEN : kind == 1 ? CAPTURE_WINDOW : CAPTURE_AREA;
    return -1;
}

int main(int argc, char **argv)
{
    int kind = argc > 1 ? kind_of(argv[1]) : CAPTURE_SCREEN, first = 2;

    if (kind < 0 && argc == 2) { /* the file alone */
        kind = CAPTURE_SCREEN;
        first = 1;
    }
    if (kind < 0 || argc > first + 1) {
        fprintf(stderr, "usage: screenshot [screen|window|area] [FILE]\n");
        return 2;
    }
    wanted = argc > first ? argv[first] : NULL;
    int error = ui_start("screenshot");

    if (error) {
        fprintf(stderr, "screenshot: there is no desktop: %s\n", strerror(-error));
        return 1;
    }
    (void)ui_window("screenshot", 1, 1); /* never shown: as long as it is there ui_run waits */
    ui_capture(kind, captured, NULL);
    int status = ui_run();

    ui_end();
    return status;
}

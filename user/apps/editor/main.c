/* editor [FILE[:LINE]]…: text files in a window. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/editor/window.h"

/* A file may have a colon in its name: what is there under the whole name is opened so. */
static void open_argument(char *argument)
{
    char *colon = strrchr(argument, ':'), *end = NULL;
    unsigned long line = colon != NULL ? strtoul(colon + 1, &end, 10) : 0;
    if (line > 0 && *end == 0 && access(argument, F_OK) != 0)
        *colon = 0;
    else
        line = 1;
    editor_open_file(argument, line);
}

int main(int argc, char **argv)
{
    int error = ui_start("editor");
    if (error != 0) {
        fprintf(stderr, "editor: the desktop: %s\n", strerror(-error));
        return 1;
    }
    if (editor_open() == NULL)
        return 1;
    for (int i = 1; i < argc; i++)
        open_argument(argv[i]);
    editor_offer_recovery();
    return ui_run();
}

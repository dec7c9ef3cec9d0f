/* The image viewer. usage: viewer [FILE or FOLDER]… */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/files/path.h"
#include "user/apps/viewer/viewer.h"

/* What is relative is so from where it was started. */
static void open_argument(const char *argument)
{
    char *here = realpath(".", NULL), *path = path_clean(here ? here : "/", argument);

    if (path)
        (void)viewer_open(path);
    free(here);
    free(path);
}

int main(int argc, char **argv)
{
    int error = ui_start("viewer");

    if (error) {
        fprintf(stderr, "viewer: %s\n", strerror(-error));
        return 1;
    }
    for (int i = 1; i < argc; i++)
        open_argument(argv[i]);
    if (argc < 2)
        (void)viewer_open(getenv("HOME") ? "~/Pictures" : NULL);
    int status = ui_run();

    ui_end();
    return status;
}

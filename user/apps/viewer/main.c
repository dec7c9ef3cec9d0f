/* The image viewer. usage: viewer [FILE or FOLDER]… */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Where pictures of the screen go; NULL: there are none yet. */
static const char *usual_folder(void)
{
    const char *home = getenv("HOME");
    char path[256];

    snprintf(path, sizeof(path), "%s/Pictures", home ? home : "");
    return home && access(path, R_OK) == 0 ? "~/Pictures" : NULL;
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
        (void)viewer_open(usual_folder());
    int status = ui_run();

    ui_end();
    return status;
}

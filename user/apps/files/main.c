/* Files: shows folders, and does things with what is in them. usage: files [FOLDER or FILE]… */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/files/files.h"

/* What is relative is so from where it was started. */
static void open_argument(const char *argument)
{
    char *here = realpath(".", NULL), *path = path_clean(here ? here : "/", argument);

    if (path)
        (void)files_open(path);
    free(here);
    free(path);
}

int main(int argc, char **argv)
{
    int error = ui_start("files");

    if (error) {
        fprintf(stderr, "files: %s\n", strerror(-error));
        return 1;
    }
    signal(SIGCHLD, SIG_IGN);
    for (int i = 1; i < argc; i++)
        open_argument(argv[i]);
    if (argc < 2)
        (void)files_open("~");
    int status = ui_run();

    job_forget_all();
    ui_end();
    return status;
}

/* Files: shows folders, and does things with what is in them. usage: files [FOLDER or FILE]… */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/files/files.h"

int main(int argc, char **argv)
{
    int error = ui_start("files");

    if (error) {
        fprintf(stderr, "files: %s\n", strerror(-error));
        return 1;
    }
    signal(SIGCHLD, SIG_IGN);
    for (int i = 1; i < argc; i++)
        (void)files_open(argv[i]);
    if (argc < 2)
        (void)files_open("~");
    int status = ui_run();

    job_forget_all();
    ui_end();
    return status;
}

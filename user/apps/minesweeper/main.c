/* The window of Minesweeper. */
#include <stdio.h>
#include <string.h>

#include "user/apps/minesweeper/minesweeper.h"

int main(void)
{
    int error = ui_start("minesweeper");

    if (error) {
        fprintf(stderr, "minesweeper: no desktop: %s\n", strerror(-error));
        return 1;
    }
    (void)minesweeper_open();
    int status = ui_run();

    ui_end();
    return status;
}

/* The window of the falling blocks. */
#include <stdio.h>
#include <string.h>

#include "user/apps/blocks/blocks.h"

int main(void)
{
    int error = ui_start("blocks");

    if (error) {
        fprintf(stderr, "blocks: no desktop: %s\n", strerror(-error));
        return 1;
    }
    (void)blocks_open();
    int status = ui_run();

    ui_end();
    return status;
}

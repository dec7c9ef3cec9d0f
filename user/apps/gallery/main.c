#include <stdio.h>
#include <string.h>

#include "user/apps/gallery/gallery.h"

int main(void)
{
    static struct gallery gallery;
    int error = ui_start("gallery");

    if (error != 0) {
        fprintf(stderr, "gallery: no desktop: %s\n", strerror(-error));
        return 1;
    }
    if (!gallery_open(&gallery))
        return 1;
    error = ui_run();
    ui_end();
    return error;
}

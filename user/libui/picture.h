/* PNG files of pictures, for tests on the host. Functions return 0 or negative errno. */
#pragma once

#include "user/draw/draw.h"

int picture_write(const char *path, const struct canvas *picture); /* without alpha */
/* picture->pixels is the caller's, to free. */
int picture_read(const char *path, struct canvas *picture);

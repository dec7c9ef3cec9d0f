/* A picture as a PNG file. */
#pragma once

#include "user/draw/draw.h"

/* Opaque, at `path`, which must not be there yet; a half file is never seen under that name. 0, -EEXIST,
   -ENOMEM, what the file system says. */
int png_write_file(const char *path, const struct canvas *picture);

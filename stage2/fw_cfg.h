/* QEMU's firmware configuration: a command line from outside, so that a test needs no new image. */
#pragma once

#include <stddef.h>

#include "lib/compiler.h"

/* The file opt/fastos/cmdline, terminated. -ENODEV not under QEMU, -ENOENT no such file, -E2BIG. */
int fw_cfg_cmdline(char *text, size_t size) must_check;

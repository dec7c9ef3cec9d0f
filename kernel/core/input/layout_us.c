/* The layout that is built in, from the same text as /usr/share/keyboard/us.map. */
#include "kernel/core/input/layout.h"

const struct abi_layout layout_us = {
    .name = "us",
    .characters = {
#include "layout_us.inc"
    },
};

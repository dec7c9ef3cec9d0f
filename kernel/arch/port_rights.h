/* Which ports a program in ring 3 may reach itself: the bitmap of the TSS. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PORT_RANGES_MAX 8u

struct port_rights {
    unsigned count;
    struct {
        uint16_t first, last;
    } ranges[PORT_RANGES_MAX];
};

/* These from now on; NULL: none, which is a store. Interrupts are off. */
void port_rights_switch(const struct port_rights *to);

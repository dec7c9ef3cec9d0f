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

/* From the one's to the other's; NULL: none. Interrupts are off. Leaving all is a store; what costs something
   is a program that has rights. */
void port_rights_switch(const struct port_rights *from, const struct port_rights *to);

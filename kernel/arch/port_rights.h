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

/* None of them any more; one range more, which counts at once if they are those of the moment, and is
   forgotten when there is no room. Interrupts are off. */
void port_rights_clear(struct port_rights *rights);
void port_rights_add(struct port_rights *rights, uint16_t first, uint16_t last);
/* These from now on; NULL: none, which is a store. Interrupts are off. */
void port_rights_switch(const struct port_rights *to);

/*
 * The pointer of VMware and QEMU, by the hypervisor's backdoor: where it is on the screen, instead of by how
 * much it moved. The PS/2 mouse's interrupt says that there is something to take.
 */
#pragma once

#include <stdbool.h>

struct vmmouse_packet {
    bool relative; /* the host has it in another mode */
    int x, y;      /* 0–65535; relative: right and down */
    int wheel;     /* up */
    unsigned held; /* buttons: bit 0 left, 1 right, 2 middle */
};

bool vmmouse_start(void); /* from now on; false: there is none */
void vmmouse_stop(void);
/* 1: the next one; 0: there is no more; -EIO: it lost its place, and is to be started again. */
int vmmouse_take(struct vmmouse_packet *packet);

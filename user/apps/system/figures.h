/*
 * The texts of /proc as figures. Each function bears any text: a line that is not of its form is passed over,
 * a figure that is not there is 0. docs/62-vfs.md has the forms.
 */
#pragma once

#include "user/apps/system/text.h"

#define TICKS_A_SECOND 100u

/* /proc/stat. Ticks since the boot. */
struct cpu_figures {
    uint64_t busy, idle;
    uint64_t interrupts, switches;
    unsigned running; /* programs that want the CPU */
};
bool figures_cpu(struct piece text, struct cpu_figures *figures); /* false: no line of the CPU */

/* /proc/meminfo. KiB. */
struct memory_figures {
    uint64_t total, free, available, cached, dirty, slab, heap;
};
bool figures_memory(struct piece text, struct memory_figures *figures); /* false: no total */

/* /proc/interrupts: all that it counts. */
struct interrupt_line {
    char number[8], name[48];
    uint64_t count;
};
bool figures_interrupt(struct piece line, struct interrupt_line *interrupt); /* false: it is none */
uint64_t figures_interrupts(struct piece text);

/* /proc/PID/stat. */
struct process_figures {
    int pid, parent, nice, threads;
    char state;
    char name[32];
    uint64_t ticks;       /* of the CPU */
    uint64_t started;     /* ticks after the boot */
    uint64_t bytes, resident_pages;
};
bool figures_process(struct piece text, struct process_figures *figures);

/* A line of /proc/drivers. */
struct driver_figures {
    char name[24], class[16], placement[12], state[16], reason[96];
    uint64_t generation, failures, refused, interrupts, worst_us;
};
bool figures_driver(struct piece line, struct driver_figures *figures); /* false: a comment, or none */

/* A line of /proc/pci. */
struct pci_figures {
    char place[12];
    unsigned vendor, device, class, revision, line;
};
bool figures_pci(struct piece line, struct pci_figures *figures);

/* A line of /proc/mounts. Blanks in names are blanks again. */
struct mount_figures {
    char source[64], target[128], type[16];
    bool read_only;
};
bool figures_mount(struct piece line, struct mount_figures *figures);

/* A line of /proc/boot: "TICKS name". */
struct boot_figures {
    uint64_t ticks;
    char name[24];
};
bool figures_boot(struct piece line, struct boot_figures *figures);

/* "name : value" of /proc/cpuinfo; an empty piece when it is not there. */
struct piece figures_cpuinfo(struct piece text, const char *name);
/* "[seconds.micros] area: level: text" of the kernel's log; level "info" where none is said. */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };
struct log_figures {
    uint64_t micros;
    struct piece area, text; /* of the line */
    enum log_level level;
};
bool figures_log(struct piece line, struct log_figures *figures);

/*
 * The System Monitor's parts. The window asks /proc once a second, and only for the tab that is seen; when
 * nothing of the window reaches the screen (minimised, another workspace) it asks for nothing.
 */
#pragma once

#include "user/apps/monitor/rows.h"
#include "user/apps/monitor/samples.h"
#include "user/libui/ui.h"

/* Where the figures are and who takes orders; tests have their own. Orders return 0 or negative errno. */
struct monitor_world {
    const char *proc; /* the folder: "/proc" */
    int (*signal)(int pid, int signal);
    int (*renice)(int pid, int nice);
    int (*order_driver)(const char *order); /* "NAME restart": a line of /dev/drivers */
};
extern const struct monitor_world monitor_machine;

#define DRIVERS_MOST 64u
#define MOUNTS_MOST  32u

enum monitor_tab { TAB_OVERVIEW, TAB_PROCESSES, TAB_DRIVERS, TAB_DISKS };

struct mount_row {
    struct mount_figures figures;
    uint64_t bytes, free;
};

struct overview {
    struct widget *canvas[4];
    struct samples samples;
    struct counters counters; /* of the server: frames, busy_ns; the rest at each look */
    struct memory_figures memory;
    unsigned running;
};

struct process_page {
    struct widget *table, *filter, *buttons[4];
    struct processes list;
    struct rows rows;
    int asked_pid; /* whom the question is about */
};

struct driver_page {
    struct widget *table, *buttons[3], *placement, *reason;
    struct driver_figures at[DRIVERS_MOST];
    size_t count;
};

struct disk_page {
    struct widget *mounts;
    struct mount_row at[MOUNTS_MOST];
    size_t count;
};

struct monitor {
    const struct monitor_world *world;
    struct ui_window *window;
    struct widget *tabs, *status;
    struct overview overview;
    struct process_page processes;
    struct driver_page drivers;
    struct disk_page disks;
    unsigned timer;
    bool painted;   /* the status line was, since the last look */
};

/* NULL: no memory. It goes with its window. `tab`: which is seen first. */
struct monitor *monitor_open(const struct monitor_world *world, enum monitor_tab tab);

/* ---- the tabs: each is made once, and looked at when it is seen ---- */
void overview_make(struct monitor *monitor, struct widget *page);
void overview_look(struct monitor *monitor);
void process_page_make(struct monitor *monitor, struct widget *page);
void process_page_look(struct monitor *monitor);
void process_page_end(struct monitor *monitor);
void driver_page_make(struct monitor *monitor, struct widget *page);
void driver_page_look(struct monitor *monitor);
void disk_page_make(struct monitor *monitor, struct widget *page);
void disk_page_look(struct monitor *monitor);

/* ---- for all of them ---- */
/* A file of /proc; empty where there is none. */
struct text monitor_read(const struct monitor *monitor, const char *name);
/* Says why an order was refused; 0 says nothing. */
void monitor_tell(struct monitor *monitor, const char *what, int error);

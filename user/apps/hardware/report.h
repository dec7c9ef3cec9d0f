/*
 * What this machine is, as text in sections. The text is English whatever the desktop's language: who gets it
 * may be elsewhere. A section whose source is not there says so.
 *
 *     struct report report = {0};
 *     report_make(&report, &report_machine) → report.sections[i].body.at, report_print → report_free
 */
#pragma once

#include "user/apps/system/text.h"

enum report_section {
    REPORT_SYSTEM, REPORT_PROCESSOR, REPORT_MEMORY, REPORT_DISPLAY, REPORT_PCI, REPORT_DISKS, REPORT_INPUT,
    REPORT_TIMERS, REPORT_BOOT, REPORT_DRIVERS, REPORT_SECTIONS
};

struct report {
    struct text sections[REPORT_SECTIONS];
};

/* Where it comes from; tests have others. */
struct report_source {
    const char *proc; /* the folder: "/proc" */
    void (*system)(struct text *text);   /* name and release of the kernel, the time */
    void (*features)(struct text *text); /* of the CPU, lines */
    /* SMART's verdict on a disk: 0 well, 1 it will fail, negative: not known. */
    long (*smart)(const char *driver, unsigned number);
};
extern const struct report_source report_machine;

const char *report_title(enum report_section section); /* English */
/* 0 or -ENOMEM. */
int report_make(struct report *report, const struct report_source *source);
void report_free(struct report *report);
/* The first `sections`, a heading over each; REPORT_SECTIONS: all. They stand by their weight. */
void report_print(const struct report *report, unsigned sections, struct text *to);

/* Parts, for the tests. A monitor's EDID 1.x: who made it, when, its size and modes, in lines; what is none
   says so. */
void report_edid(const uint8_t block[128], struct text *to);

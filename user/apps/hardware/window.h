/* The hardware report's window: sections as text, and as QR codes for a phone. */
#pragma once

#include "user/apps/hardware/qr.h"
#include "user/apps/hardware/report.h"
#include "user/libui/ui.h"

enum qr_way { QR_READABLE, QR_PACKED };

struct hardware_window {
    const struct report_source *source;
    char saves_to[256]; /* ~/hardware-report.txt */
    struct ui_window *window;
    struct report report;
    struct widget *tabs, *sections, *text;
    struct qr_pages pages;
    struct qr_code code;
    enum qr_way way;
    unsigned page; /* that is shown */
    struct widget *canvas, *number, *turning, *back, *forward, *how;
    unsigned timer; /* turns the pages */
};

/* One window, which is the program's. `folder`: where "Save" writes. NULL: no memory. */
struct hardware_window *hardware_open(const struct report_source *source, const char *folder);

/* ---- its second tab (qr_page.c) ---- */
void qr_page_make(struct hardware_window *hardware, struct widget *page);
void qr_page_report_changed(struct hardware_window *hardware);
void qr_page_end(struct hardware_window *hardware);

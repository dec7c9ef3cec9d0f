/*
 * The QR codes: one at a time, as large as fits in whole pixels a module, dark on white in every theme, with
 * the margin of four modules that readers want (ISO/IEC 18004, 9.1).
 */
#include <errno.h>
#include <string.h>

#include "user/apps/hardware/window.h"

#define MARGIN_MODULES 4
#define TURN_MS        4000
#define WHITE          0xffffffffu
#define BLACK          0xff000000u

/* ---- the code --------------------------------------------------------------------------------------- */
static void paint_modules(const struct canvas *canvas, const struct qr_code *code, struct rect at, int module)
{
    for (int y = 0; y < code->size; y++)
        for (int x = 0, run; x < code->size; x += run) {
            for (run = 1; qr_is_dark(code, x, y) && qr_is_dark(code, x + run, y);)
                run++;
            if (qr_is_dark(code, x, y))
                draw_fill(canvas, (struct rect){at.x + x * module, at.y + y * module, run * module, module},
                          BLACK);
        }
}

static void paint_code(struct widget *widget, const struct canvas *canvas, void *context)
{
    const struct hardware_window *hardware = context;
    int width, height;

    ui_canvas_size(widget, &width, &height);
    int side = width < height ? width : height, modules = hardware->code.size + 2 * MARGIN_MODULES;
    int module = side / modules > 0 ? side / modules : 1, all = modules * module;
    struct rect ground = {(width - all) / 2, (height - all) / 2, all, all};
    struct rect at = {ground.x + MARGIN_MODULES * module, ground.y + MARGIN_MODULES * module, 0, 0};

    draw_fill(canvas, (struct rect){0, 0, width, height}, ui_theme()->surface);
    if (hardware->code.size == 0)
        return;
    draw_fill(canvas, ground, WHITE);
    paint_modules(canvas, &hardware->code, at, module);
}

/* ---- what is in it ---------------------------------------------------------------------------------- */
/* As many sections as one code holds, the last ones go first. 0 or negative errno. */
static int pack_most(struct hardware_window *hardware, struct text *packed)
{
    int error = -EFBIG;

    for (unsigned sections = REPORT_SECTIONS; error == -EFBIG && sections > 0; sections--) {
        struct text text = {0};

        report_print(&hardware->report, sections, &text);
        error = qr_pack(text_piece(&text), packed);
        text_free(&text);
    }
    return error;
}

static int encode_packed(struct hardware_window *hardware)
{
    struct text packed = {0};
    int error = pack_most(hardware, &packed);

    if (!error)
        error = qr_encode(packed.at, &hardware->code);
    text_free(&packed);
    return error;
}

static const char *how_readable(void)
{
    return ui_say("Point a phone's camera at the code: it shows the text. Each code is one page of the "
                  "report; copy the pages into one message, or photograph them all.",
                  "Apunte la cámara de un teléfono al código: mostrará el texto. Cada código es una página "
                  "del informe; copie las páginas en un mensaje, o fotografíelas todas.");
}

static const char *how_packed(void)
{
    return ui_say("All of the report in one code, made small. What a phone reads from it begins with FOS1: "
                  "— send that line; tools/hardware-report of FastOS's source makes the report of it again.",
                  "Todo el informe en un código, comprimido. Lo que el teléfono lee empieza por FOS1: — "
                  "envíe esa línea; tools/hardware-report, del código fuente de FastOS, la convierte de "
                  "nuevo en el informe.");
}

static void show_page(struct hardware_window *hardware)
{
    unsigned count = hardware->way == QR_PACKED ? 1 : hardware->pages.count;

    if (hardware->page >= count)
        hardware->page = 0;
    hardware->code.size = 0;
    int error = hardware->way == QR_PACKED ? encode_packed(hardware)
        : count ? qr_encode(hardware->pages.at[hardware->page].at, &hardware->code) : -ENOMEM;

    if (error)
        ui_set_text(hardware->number, strerror(-error));
    else
        ui_set_textf(hardware->number, "%u/%u", hardware->page + 1, count);
    ui_set_enabled(hardware->back, count > 1);
    ui_set_enabled(hardware->forward, count > 1);
    ui_set_enabled(hardware->turning, count > 1);
    ui_set_text(hardware->how, hardware->way == QR_READABLE ? how_readable() : how_packed());
    ui_redraw(hardware->canvas);
}

void qr_page_report_changed(struct hardware_window *hardware)
{
    struct text text = {0};

    report_print(&hardware->report, REPORT_SECTIONS, &text);
    (void)qr_split(text_piece(&text), &hardware->pages); /* what it left out is beyond 40 KB */
    text_free(&text);
    show_page(hardware);
}

/* ---- turning ---------------------------------------------------------------------------------------- */
static void turn(struct hardware_window *hardware, unsigned by)
{
    unsigned count = hardware->pages.count ? hardware->pages.count : 1;

    hardware->page = (hardware->page + by) % count;
    show_page(hardware);
}

static void go_back(struct widget *widget, void *context)
{
    struct hardware_window *hardware = context;

    (void)widget;
    turn(hardware, hardware->pages.count ? hardware->pages.count - 1 : 0);
}

static void go_forward(struct widget *widget, void *context)
{
    (void)widget;
    turn(context, 1);
}

static void turn_by_itself(void *context)
{
    struct hardware_window *hardware = context;

    if (hardware->way == QR_READABLE && ui_value(hardware->tabs) == 1)
        turn(hardware, 1);
}

static void turning_changed(struct widget *widget, void *context)
{
    struct hardware_window *hardware = context;

    ui_timer_stop(hardware->timer);
    hardware->timer = ui_value(widget) ? ui_timer(TURN_MS, true, turn_by_itself, hardware) : 0;
}

static void choose_readable(struct widget *widget, void *context)
{
    struct hardware_window *hardware = context;

    (void)widget;
    hardware->way = QR_READABLE;
    show_page(hardware);
}

static void choose_packed(struct widget *widget, void *context)
{
    struct hardware_window *hardware = context;

    (void)widget;
    hardware->way = QR_PACKED;
    show_page(hardware);
}

/* ---- making ----------------------------------------------------------------------------------------- */
static void make_choices(struct hardware_window *hardware, struct widget *side)
{
    struct widget *first;

    first = ui_radio(side, ui_say("Pages that any &phone reads", "Páginas para cualquier &teléfono"), NULL,
                     choose_readable, hardware);

    ui_radio(side, ui_say("All in &one code", "Todo en &un código"), first, choose_packed, hardware);
    hardware->how = ui_label(side, "");
    ui_label_set_style(hardware->how, UI_DIM);
    ui_label_set_wrap(hardware->how, 210);
    ui_spacer(side);
}

static void make_turning(struct hardware_window *hardware, struct widget *side)
{
    struct widget *row = ui_row(side);

    hardware->back = ui_tool(row, ICON_BACK, ui_say("The page before", "Página anterior"), go_back, hardware);
    ui_set_name(hardware->back, "back");
    hardware->number = ui_label(row, "");
    ui_label_set_align(hardware->number, ALIGN_CENTRE);
    ui_set_grow(hardware->number, 1);
    hardware->forward = ui_tool(row, ICON_FORWARD, ui_say("The next page", "Página siguiente"), go_forward,
                                hardware);
    ui_set_name(hardware->forward, "forward");
    hardware->turning = ui_switch(side, ui_say("&Turn by itself", "&Pasar sola"), false, turning_changed,
                                  hardware);
}

void qr_page_make(struct hardware_window *hardware, struct widget *page)
{
    static const struct ui_canvas_calls calls = {.paint = paint_code};
    struct widget *row = ui_row(page), *side;

    ui_set_grow(row, 1);
    ui_set_gap(row, 16);
    hardware->canvas = ui_canvas(row, &calls, hardware);
    ui_set_grow(hardware->canvas, 1);
    ui_set_least(hardware->canvas, 320, 320);
    side = ui_column(row);
    make_choices(hardware, side);
    make_turning(hardware, side);
}

void qr_page_end(struct hardware_window *hardware)
{
    ui_timer_stop(hardware->timer);
    qr_pages_free(&hardware->pages);
}

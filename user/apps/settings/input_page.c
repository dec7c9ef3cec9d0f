/* Keyboard and mouse. What they do is the desktop's; here is what is wanted, and a place to try it. */
#include <stdio.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/apps/settings/settings.h"

/* ---- layouts ---------------------------------------------------------------------------------------- */
static size_t count_layouts(void *context)
{
    const struct settings *settings = context;

    return settings->layout_count;
}

static void fill_layout(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct settings *settings = context;
    const struct layout_name *layout = &settings->layouts[row];

    (void)column;
    cell->text = "";
    if (row >= settings->layout_count)
        return;
    cell->icon = ICON_KEYBOARD;
    cell->text = layout->english ? ui_say(layout->english, layout->spanish) : layout->code;
}

static void layout_chosen(struct widget *list, void *context)
{
    const struct settings *settings = context;
    size_t row = ui_list_row(list);

    if (row < settings->layout_count && strcmp(settings->layouts[row].code, ui_layout()) != 0)
        (void)ui_set_desktop("layout", settings->layouts[row].code);
}

/* So many that what is around the list has room on a low screen, too. */
static int rows_wanted(const struct settings *settings)
{
    int width, height, rows;

    ui_screen_size(&width, &height);
    rows = (height * 100 / ui_px(100) - 330) / 28;
    rows = rows < 3 ? 3 : rows > 10 ? 10 : rows;
    return (int)settings->layout_count < rows ? (int)settings->layout_count : rows;
}

void layouts_make(struct settings *settings, struct widget *parent)
{
    static const struct ui_model model = {count_layouts, fill_layout};
    struct widget *list = ui_list(parent, &model, settings, layout_chosen, settings), *entry;

    ui_set_least(list, 260, rows_wanted(settings) * 28 + 8);
    ui_set_grow(list, 0);
    ui_set_name(list, "layouts");
    for (size_t i = 0; i < settings->layout_count; i++)
        if (strcmp(settings->layouts[i].code, ui_layout()) == 0)
            ui_list_select(list, i);
    entry = ui_entry(parent, "", NULL, NULL);
    ui_entry_set_placeholder(entry, ui_say("Try it here: á ñ ü € @", "Pruébelo aquí: á ñ ü € @"));
    ui_entry_set_icon(entry, ICON_KEYBOARD);
    ui_set_name(entry, "try");
}

static void switch_changed(struct widget *widget, void *context)
{
    setting_set_number(context, ui_value(widget));
}

static void make_switch(struct settings *settings, struct widget *page, char *name, const char *label,
                        const char *hint)
{
    struct widget *widget =
        ui_switch(page, label, setting_number(settings, name, 0, 1, 0) != 0, switch_changed, name);

    ui_set_name(widget, name);
    settings_hint(page, hint);
}

struct slid {
    char *name;
    const char *unit;
    struct widget *label;
};

static void slid_changed(struct widget *slider, void *context)
{
    const struct slid *slid = context;

    ui_set_textf(slid->label, "%d %s", ui_value(slider), slid->unit);
    setting_set_number(slid->name, ui_value(slider));
}

static void make_slider(struct settings *settings, struct widget *row, struct slid *slid, int least, int most,
                        int usual)
{
    int now = setting_number(settings, slid->name, least, most, usual);
    struct widget *slider = ui_slider(row, least, most, now, slid_changed, slid);

    ui_set_grow(slider, 1);
    ui_set_least(slider, 180, 0);
    ui_set_name(slider, slid->name);
    slid->label = ui_label(row, "");
    ui_set_least(slid->label, 64, 0);
    ui_set_textf(slid->label, "%d %s", now, slid->unit);
}

void keyboard_page_make(struct settings *settings, struct widget *page)
{
    static char sticky[] = "sticky", delay_name[] = "repeat-delay-ms", rate_name[] = "repeat-rate";
    static struct slid delay = {delay_name, "ms", NULL}, rate = {rate_name, "/ s", NULL};

    layouts_make(settings, page);
    struct widget *row = settings_row(page, ui_say("Keys repeat after", "Repetir teclas tras"));

    make_slider(settings, row, &delay, 150, 1000, 400);
    make_slider(settings, settings_row(page, ui_say("Repeats", "Repeticiones")), &rate, 2, 60, 30);
    make_switch(settings, page, sticky, ui_say("&Sticky keys", "Teclas &pegadas"),
                ui_say("Shift, Ctrl and Alt hold by themselves until the next key: for one hand.",
                       "Mayús, Ctrl y Alt quedan pulsadas hasta la tecla siguiente: para una mano."));
}

/* ---- the mouse -------------------------------------------------------------------------------------- */
/* Lights up at a double click, and goes out at the next. */
static bool point_try(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    (void)context;
    if (pointer->kind != UI_PRESS)
        return false;
    if (pointer->clicks == 2)
        ui_set_value(widget, !ui_value(widget));
    ui_redraw(widget);
    return true;
}

static void paint_try(struct widget *widget, const struct canvas *canvas, void *context)
{
    const struct theme *theme = ui_theme();
    int width, height;
    bool lit = ui_value(widget) != 0;

    (void)context;
    ui_canvas_size(widget, &width, &height);
    struct rect all = {0, 0, width, height};

    draw_fill(canvas, all, theme->surface);
    draw_round(canvas, all, ui_px(8), CORNERS_ALL, lit ? theme->accent : theme->field);
    draw_round_border(canvas, all, ui_px(8), CORNERS_ALL, ui_px(1), theme->border);
    draw_label(canvas, all, ui_font(FONT_UI, UI_TEXT), ui_say("Double-click here", "Haga doble clic aquí"),
               ALIGN_CENTRE, lit ? theme->accent_text : theme->field_text);
}

void mouse_page_make(struct settings *settings, struct widget *page)
{
    static char speed_name[] = "pointer-speed", click_name[] = "double-click-ms", left[] = "left-handed";
    static struct slid speed = {speed_name, "%", NULL}, click = {click_name, "ms", NULL};
    static const struct ui_canvas_calls calls = {.paint = paint_try, .pointer = point_try};

    make_slider(settings, settings_row(page, ui_say("Speed", "Velocidad")), &speed, 25, 400, 100);
    make_slider(settings, settings_row(page, ui_say("Double click within", "Doble clic en")), &click, 200,
                900, 400);
    struct widget *try = ui_canvas(page, &calls, NULL);

    ui_set_grow(try, 0);
    ui_set_least(try, 260, 48);
    ui_set_name(try, "double-click");
    make_switch(
        settings, page, left, ui_say("&Left-handed", "&Zurdo"),
        ui_say("The right button is the first one then.", "El botón derecho es entonces el primero."));
}

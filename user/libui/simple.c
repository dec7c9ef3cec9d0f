/* Labels, icons, buttons, checks, radios, sliders, progress bars. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

static bool is_enter(const struct ui_key *key)
{
    return key->code == KEY_ENTER || key->code == KEY_KPENTER;
}

/* Pressed and let go over it: a click. */
static bool click(struct widget *widget, const struct ui_pointer *pointer, void (*clicked)(struct widget *))
{
    const bool over = rect_has((struct rect){0, 0, widget->area.w, widget->area.h}, pointer->x, pointer->y);
    const bool was = widget->down;

    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT) {
        widget->down = true;
    } else if (pointer->kind == UI_RELEASE && pointer->button == BUTTON_LEFT) {
        widget->down = false;
        if (was && over)
            clicked(widget);
    } else if (pointer->kind == UI_MOVE_TO && (pointer->held & 1)) {
        widget->down = over;
    } else {
        return pointer->kind != UI_WHEEL && pointer->kind != UI_PRESS;
    }
    if (was != widget->down)
        ui_redraw(widget);
    return true;
}

/* ---- labels ---------------------------------------------------------------------------------- */

struct label {
    struct widget widget;
    enum ui_style style;
    enum align text_align;
    int wrap; /* width at 100 %; 0: one line for each line of the text */
};

static const struct font *label_font(const struct label *label)
{
    switch (label->style) {
    case UI_HEADING:
        return ui_font(FONT_UI_BOLD, UI_TITLE);
    case UI_BOLD:
        return ui_font(FONT_UI_BOLD, UI_TEXT);
    case UI_MONO:
        return ui_font(FONT_MONO, UI_TEXT);
    default:
        return look_font();
    }
}

static colour_t label_colour(const struct label *label)
{
    const colour_t colours[] = {[UI_DIM] = ui.theme.dim_text, [UI_GOOD] = ui.theme.good,
                                [UI_WARNING] = ui.theme.warning, [UI_BAD] = ui.theme.bad};

    if (!widget_usable(&label->widget) || label->style > UI_BAD || !colours[label->style])
        return look_text(&label->widget);
    return colours[label->style];
}

/* The bytes of the next line; *next is where the one after it begins. */
static size_t line_fit(const struct label *label, const char *text, int width, const char **next)
{
    const size_t whole = strcspn(text, "\n");
    size_t fits = whole;
    int used;

    if (label->wrap && width > 0) {
        fits = text_fit(label_font(label), text, (ptrdiff_t)whole, width, &used);
        if (fits < whole) {
            size_t word = fits;

            while (word > 0 && text[word] != ' ')
                word--;
            fits = word > 0 ? word : fits > 0 ? fits : utf8_next(text, 0);
        }
    }
    *next = text + fits;
    if (**next == '\n' || (fits < whole && **next == ' '))
        (*next)++;
    return fits;
}

static void measure_label(struct widget *widget, int *width, int *height)
{
    const struct label *label = (const struct label *)widget;
    const struct font *font = label_font(label);
    const char *text = widget->text ? widget->text : "";
    int lines = 0;

    do {
        const char *next;
        size_t size = line_fit(label, text, ui_px(label->wrap), &next);
        int line = text_width(font, text, (ptrdiff_t)size);

        if (line > *width)
            *width = line;
        text = next;
        lines++;
    } while (*text && lines < 1000);
    if (label->wrap)
        *width = ui_px(label->wrap);
    *height = lines * (font_height(font) + (label->wrap ? ui_px(3) : 0));
}

static void paint_label(struct widget *widget, const struct canvas *canvas)
{
    const struct label *label = (const struct label *)widget;
    const struct font *font = label_font(label);
    const char *text = widget->text ? widget->text : "";
    const int step = font_height(font) + (label->wrap ? ui_px(3) : 0);
    int y = widget->area.y + (widget->area.h - widget->need_height) / 2;
    char room[512];

    for (int lines = 0; *text && lines < 1000; lines++) {
        const char *next;
        size_t size = line_fit(label, text, ui_px(label->wrap), &next);

        if (size >= sizeof(room))
            size = sizeof(room) - 1;
        memcpy(room, text, size);
        room[size] = '\0';
        draw_label(canvas, (struct rect){widget->area.x, y, widget->area.w, step}, font, room,
                   label->text_align, label_colour(label));
        y += step;
        text = next;
    }
}

static const struct widget_class label_class = {
    .name = "label", .size = sizeof(struct label), .measure = measure_label, .paint = paint_label};

struct widget *ui_label(struct widget *parent, const char *text)
{
    struct widget *label = widget_new(parent, &label_class);

    ui_set_text(label, text);
    return label;
}

void ui_label_set_style(struct widget *widget, enum ui_style style)
{
    if (!widget || widget->class != &label_class || ((struct label *)widget)->style == style)
        return;
    ((struct label *)widget)->style = style;
    widget_changed(widget);
}

void ui_label_set_align(struct widget *widget, enum align align)
{
    if (!widget || widget->class != &label_class)
        return;
    ((struct label *)widget)->text_align = align;
    widget_changed(widget);
}

void ui_label_set_wrap(struct widget *widget, int width)
{
    if (!widget || widget->class != &label_class)
        return;
    ((struct label *)widget)->wrap = width < 0 ? 0 : width > SIZE_MAX_PX ? SIZE_MAX_PX : width;
    widget_changed(widget);
}

/* ---- icons and buttons ----------------------------------------------------------------------- */

struct button {
    struct widget widget;
    enum icon icon;
    int icon_size; /* at 100 % */
    bool accent, flat;
};

static void paint_icon(struct widget *widget, const struct canvas *canvas)
{
    draw_icon(canvas, widget->area, ((struct button *)widget)->icon, look_text(widget));
}

static void measure_icon(struct widget *widget, int *width, int *height)
{
    *width = *height = ui_px(((struct button *)widget)->icon_size);
}

static const struct widget_class icon_class = {
    .name = "icon", .size = sizeof(struct button), .measure = measure_icon, .paint = paint_icon};

struct widget *ui_icon(struct widget *parent, enum icon icon, int size)
{
    struct button *button = widget_new(parent, &icon_class);

    if (!button)
        return NULL;
    button->icon = (unsigned)icon < ICONS ? icon : ICON_NONE;
    button->icon_size = size < 1 ? 1 : size > 512 ? 512 : size;
    return &button->widget;
}

static void measure_button(struct widget *widget, int *width, int *height)
{
    const struct button *button = (const struct button *)widget;
    const bool text = widget->text && *widget->text;

    *height = ui_px(CONTROL_HEIGHT);
    if (!text) {
        *width = *height;
        return;
    }
    *width = look_text_width(widget->text) + 2 * ui_px(CONTROL_PAD);
    if (button->icon)
        *width += ui_px(16) + ui_px(GAP);
    if (!button->flat && *width < ui_px(72))
        *width = ui_px(72);
}

static colour_t button_colour(const struct button *button)
{
    const struct widget *widget = &button->widget;
    const bool usable = widget_usable(widget);
    colour_t colour = button->accent && usable ? ui.theme.accent : ui.theme.hover;

    if (button->flat)
        return widget->down ? colour_mix(ui.theme.hover, ui.theme.text, 40) : ui.theme.hover;
    if (!usable)
        return colour_mix(ui.theme.surface, ui.theme.hover, 110);
    if (widget->down)
        return colour_mix(colour, ui.theme.surface, 90);
    return widget->hover ? colour_mix(colour, button->accent ? ui.theme.accent_text : ui.theme.text, 28)
                         : colour;
}

static void paint_button_face(const struct canvas *canvas, const struct button *button)
{
    const struct widget *widget = &button->widget;
    const int radius = ui_px(CONTROL_RADIUS);

    if (button->flat && (!widget->hover || !widget_usable(widget)) && !widget->down)
        return;
    draw_round(canvas, widget->area, radius, CORNERS_ALL, button_colour(button));
    if (!button->flat && !(button->accent && widget_usable(widget)))
        draw_round_border(canvas, widget->area, radius, CORNERS_ALL, ui_px(1), ui.theme.border);
}

static void paint_button(struct widget *widget, const struct canvas *canvas)
{
    const struct button *button = (const struct button *)widget;
    const colour_t colour =
        button->accent && widget_usable(widget) ? ui.theme.accent_text : look_text(widget);
    const int text = widget->text && *widget->text ? look_text_width(widget->text) : 0;
    const int size = button->icon ? ui_px(16) : 0, gap = size && text ? ui_px(GAP) : 0;
    struct rect at = widget->area;
    int start = at.x + (at.w - size - gap - text) / 2;

    paint_button_face(canvas, button);
    if (start < at.x + ui_px(4))
        start = at.x + ui_px(4);
    if (size)
        draw_icon(canvas, (struct rect){start, at.y + (at.h - size) / 2, size, size}, button->icon, colour);
    if (text)
        look_marked(canvas, widget,
                    (struct rect){start + size + gap, at.y, at.x + at.w - start - size - gap, at.h},
                    widget->text, ALIGN_START, colour);
    if (widget_shows_focus(widget) && button->accent)
        draw_round_border(canvas, rect_inset(at, ui_px(3)), ui_px(3), CORNERS_ALL, ui_px(1),
                          ui.theme.accent_text);
    else if (widget_shows_focus(widget))
        look_focus(canvas, at, ui_px(CONTROL_RADIUS));
}

static bool point_button(struct widget *widget, const struct ui_pointer *pointer)
{
    return click(widget, pointer, widget_act);
}

static bool key_button(struct widget *widget, const struct ui_key *key)
{
    if (!(is_enter(key) || key->code == KEY_SPACE) || key_with(key) != 0)
        return false;
    if (key->pressed && !key->repeated)
        widget_act(widget);
    return true;
}

static const struct widget_class button_class = {
    .name = "button", .size = sizeof(struct button), .flags = CLASS_FOCUS | CLASS_CLICKS,
    .measure = measure_button, .paint = paint_button, .pointer = point_button, .key = key_button,
    .press = widget_act};

struct widget *ui_button(struct widget *parent, const char *text, ui_action clicked, void *context)
{
    struct widget *button = widget_new(parent, &button_class);

    if (!button)
        return NULL;
    button->action = clicked;
    button->context = context;
    ui_set_text(button, text);
    return button;
}

struct widget *ui_tool(struct widget *parent, enum icon icon, const char *tooltip, ui_action clicked,
                       void *context)
{
    struct widget *button = ui_button(parent, "", clicked, context);

    if (!button)
        return NULL;
    ((struct button *)button)->flat = true;
    ui_icon_set(button, icon);
    ui_set_tooltip(button, tooltip);
    return button;
}

void ui_icon_set(struct widget *widget, enum icon icon)
{
    if (!widget || (widget->class != &button_class && widget->class != &icon_class))
        return;
    ((struct button *)widget)->icon = (unsigned)icon < ICONS ? icon : ICON_NONE;
    widget_changed(widget);
}

void ui_button_set_accent(struct widget *button, bool accent)
{
    if (!button || button->class != &button_class)
        return;
    ((struct button *)button)->accent = accent;
    ui_redraw(button);
}

/* ---- checks, switches, radios ---------------------------------------------------------------- */

enum check_kind { CHECK_BOX, CHECK_SWITCH, CHECK_RADIO };
struct check {
    struct widget widget;
    enum check_kind kind;
    struct check *group; /* a radio's first one; itself for that */
};

static int mark_width(const struct check *check)
{
    return ui_px(check->kind == CHECK_SWITCH ? 34 : 18);
}

static void measure_check(struct widget *widget, int *width, int *height)
{
    *width = mark_width((struct check *)widget) + ui_px(2);
    if (widget->text && *widget->text)
        *width += ui_px(GAP) + look_text_width(widget->text) + ui_px(6);
    *height = ui_px(CONTROL_HEIGHT - 4);
}

static colour_t mark_colour(const struct check *check)
{
    const struct widget *widget = &check->widget;
    colour_t colour = widget->value ? ui.theme.accent : ui.theme.field;

    if (!widget_usable(widget))
        return colour_mix(ui.theme.surface, colour, 100);
    return widget->hover ? colour_mix(colour, ui.theme.text, 24) : colour;
}

static colour_t mark_border(const struct check *check)
{
    return colour_mix(ui.theme.border, ui.theme.dim_text, widget_usable(&check->widget) ? 110 : 0);
}

static void paint_box(const struct check *check, const struct canvas *canvas, struct rect at)
{
    draw_round(canvas, at, ui_px(4), CORNERS_ALL, mark_colour(check));
    if (check->widget.value)
        draw_icon(canvas, rect_inset(at, ui_px(2)), ICON_CHECK, ui.theme.accent_text);
    else
        draw_round_border(canvas, at, ui_px(4), CORNERS_ALL, ui_px(1), mark_border(check));
}

static void paint_radio(const struct check *check, const struct canvas *canvas, struct rect at)
{
    draw_round(canvas, at, at.w / 2, CORNERS_ALL, mark_colour(check));
    if (check->widget.value)
        draw_round(canvas, rect_inset(at, ui_px(5)), (at.w - 2 * ui_px(5)) / 2, CORNERS_ALL,
                   ui.theme.accent_text);
    else
        draw_round_border(canvas, at, at.w / 2, CORNERS_ALL, ui_px(1), mark_border(check));
}

static void paint_switch(const struct check *check, const struct canvas *canvas, struct rect at)
{
    const int knob = at.h - 2 * ui_px(3);
    const int x = check->widget.value ? at.x + at.w - ui_px(3) - knob : at.x + ui_px(3);

    draw_round(canvas, at, at.h / 2, CORNERS_ALL, mark_colour(check));
    if (!check->widget.value)
        draw_round_border(canvas, at, at.h / 2, CORNERS_ALL, ui_px(1), mark_border(check));
    draw_round(canvas, (struct rect){x, at.y + ui_px(3), knob, knob}, knob / 2, CORNERS_ALL,
               check->widget.value ? ui.theme.accent_text : ui.theme.dim_text);
}

static void paint_check(struct widget *widget, const struct canvas *canvas)
{
    const struct check *check = (const struct check *)widget;
    const int height = ui_px(18);
    const struct rect at = {widget->area.x + ui_px(2), widget->area.y + (widget->area.h - height) / 2,
                            mark_width(check), height};
    static void (*const paints[])(const struct check *, const struct canvas *, struct rect) = {
        paint_box, paint_switch, paint_radio};
    const int text = at.x + at.w + ui_px(GAP);

    paints[check->kind](check, canvas, at);
    look_marked(canvas, widget, (struct rect){text, widget->area.y, widget->area.x + widget->area.w - text,
                                              widget->area.h}, widget->text, ALIGN_START, look_text(widget));
    if (widget_shows_focus(widget))
        look_focus(canvas, rect_inset(at, ui_px(-2)),
                   check->kind == CHECK_BOX ? ui_px(6) : at.h / 2 + ui_px(2));
}

static struct check *group_next(struct check *check, struct check *from)
{
    struct widget *widget = from ? from->widget.next : check->widget.parent->first;

    for (; widget; widget = widget->next)
        if (widget->class == check->widget.class && ((struct check *)widget)->group == check->group)
            return (struct check *)widget;
    return NULL;
}

static void radio_on(struct widget *widget)
{
    struct check *check = (struct check *)widget;

    for (struct check *other = group_next(check, NULL); other; other = group_next(check, other))
        if (other != check && other->widget.value) {
            other->widget.value = 0;
            ui_redraw(&other->widget);
        }
    widget->value = 1;
    ui_redraw(widget);
}

static void toggle(struct widget *widget)
{
    if (((struct check *)widget)->kind == CHECK_RADIO) {
        if (widget->value)
            return;
        radio_on(widget);
    } else {
        widget->value = !widget->value;
        ui_redraw(widget);
    }
    widget_act(widget);
}

static bool point_check(struct widget *widget, const struct ui_pointer *pointer)
{
    return click(widget, pointer, toggle);
}

static bool key_check(struct widget *widget, const struct ui_key *key)
{
    if (key->code != KEY_SPACE || key_with(key) != 0)
        return false;
    if (key->pressed && !key->repeated)
        toggle(widget);
    return true;
}

static const struct widget_class check_class = {.name = "check",
                                                .size = sizeof(struct check),
                                                .flags = CLASS_FOCUS | CLASS_CLICKS,
                                                .measure = measure_check,
                                                .paint = paint_check,
                                                .pointer = point_check,
                                                .key = key_check,
                                                .press = toggle};

static struct widget *make_check(struct widget *parent, const struct widget_class *class,
                                 enum check_kind kind, const char *text, ui_action changed, void *context)
{
    struct check *check = widget_new(parent, class);

    if (!check)
        return NULL;
    check->kind = kind;
    check->widget.action = changed;
    check->widget.context = context;
    ui_set_text(&check->widget, text);
    return &check->widget;
}

struct widget *ui_check(struct widget *parent, const char *text, bool on, ui_action changed, void *context)
{
    struct widget *check = make_check(parent, &check_class, CHECK_BOX, text, changed, context);

    ui_set_value(check, on);
    return check;
}

struct widget *ui_switch(struct widget *parent, const char *text, bool on, ui_action changed, void *context)
{
    struct widget *check = make_check(parent, &check_class, CHECK_SWITCH, text, changed, context);

    ui_set_value(check, on);
    return check;
}

/* ---- radios: one of several is on ------------------------------------------------------------ */

static bool radio_skips(const struct widget *widget)
{
    return widget->value == 0;
}

static struct check *radio_before(struct check *check)
{
    struct check *found = NULL;

    for (struct check *other = group_next(check, NULL); other; other = group_next(check, other)) {
        if (other == check && found)
            return found;
        found = other;
    }
    return found; /* the last one, for the first */
}

static bool key_radio(struct widget *widget, const struct ui_key *key)
{
    struct check *check = (struct check *)widget, *other;
    const bool on = key->code == KEY_DOWN || key->code == KEY_RIGHT;

    if (!on && key->code != KEY_UP && key->code != KEY_LEFT)
        return key_check(widget, key);
    if (!key->pressed || key_with(key) != 0)
        return key_with(key) == 0;
    other = on ? group_next(check, check) : radio_before(check);
    if (on && !other)
        other = group_next(check, NULL);
    if (!other || other == check)
        return true;
    radio_on(&other->widget);
    ui_focus(&other->widget);
    widget_act(&other->widget);
    return true;
}

static void radio_was_set(struct widget *widget)
{
    if (widget->value)
        radio_on(widget);
}

static const struct widget_class radio_class = {
    .name = "radio", .size = sizeof(struct check), .flags = CLASS_FOCUS | CLASS_CLICKS,
    .measure = measure_check, .paint = paint_check, .pointer = point_check, .key = key_radio,
    .press = toggle, .skips = radio_skips, .changed = radio_was_set};

struct widget *ui_radio(struct widget *parent, const char *text, struct widget *first, ui_action changed,
                        void *context)
{
    struct widget *radio = make_check(parent, &radio_class, CHECK_RADIO, text, changed, context);
    struct check *check = (struct check *)radio;

    if (!radio)
        return NULL;
    check->group = first && first->class == &radio_class ? ((struct check *)first)->group : check;
    if (check->group == check)
        radio->value = 1;
    return radio;
}

/* ---- sliders --------------------------------------------------------------------------------- */

struct slider {
    struct widget widget;
    int least, most;
};

static void measure_slider(struct widget *widget, int *width, int *height)
{
    (void)widget;
    *width = ui_px(120);
    *height = ui_px(CONTROL_HEIGHT - 4);
}

static int slider_x(const struct slider *slider, int value)
{
    const int knob = ui_px(16), room = slider->widget.area.w - knob;
    const int64_t range = (int64_t)slider->most - slider->least;

    if (range <= 0 || room <= 0)
        return knob / 2;
    return knob / 2 + (int)((int64_t)room * ((int64_t)value - slider->least) / range);
}

static void paint_slider(struct widget *widget, const struct canvas *canvas)
{
    const struct slider *slider = (const struct slider *)widget;
    const int knob = ui_px(16), groove = ui_px(4), x = slider_x(slider, widget->value);
    const struct rect area = widget->area;
    const struct rect line = {area.x + knob / 2, area.y + (area.h - groove) / 2, area.w - knob, groove};
    const struct rect at = {area.x + x - knob / 2, area.y + (area.h - knob) / 2, knob, knob};
    const colour_t colour = widget_usable(widget) ? ui.theme.accent : ui.theme.border;

    draw_round(canvas, line, groove / 2, CORNERS_ALL, colour_mix(ui.theme.border, ui.theme.dim_text, 50));
    draw_round(canvas, (struct rect){line.x, line.y, x - knob / 2, groove}, groove / 2, CORNERS_ALL, colour);
    if (widget_shows_focus(widget))
        draw_round(canvas, rect_inset(at, ui_px(-3)), knob / 2 + ui_px(3), CORNERS_ALL,
                   colour_mix(ui.theme.surface, ui.theme.accent, 110));
    draw_round(canvas, at, knob / 2, CORNERS_ALL, colour);
    draw_round(canvas, rect_inset(at, ui_px(5)), (knob - 2 * ui_px(5)) / 2, CORNERS_ALL,
               ui.theme.accent_text);
}

static void slide_to(struct widget *widget, int64_t value)
{
    const struct slider *slider = (const struct slider *)widget;

    value = value > slider->most ? slider->most : value < slider->least ? slider->least : value;
    if (value == widget->value)
        return;
    widget->value = (int)value;
    ui_redraw(widget);
    widget_act(widget);
}

static bool point_slider(struct widget *widget, const struct ui_pointer *pointer)
{
    const struct slider *slider = (const struct slider *)widget;
    const int knob = ui_px(16), room = widget->area.w - knob;
    const int64_t range = (int64_t)slider->most - slider->least;

    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT)
        widget->down = true;
    else if (pointer->kind == UI_RELEASE)
        widget->down = false;
    else if (pointer->kind != UI_MOVE_TO)
        return false;
    if (widget->down && room > 0)
        slide_to(widget, slider->least + ((pointer->x - knob / 2) * range + room / 2) / room);
    return true;
}

static bool key_slider(struct widget *widget, const struct ui_key *key)
{
    const struct slider *slider = (const struct slider *)widget;
    const int64_t step = ((int64_t)slider->most - slider->least) / 10 > 1
                             ? ((int64_t)slider->most - slider->least) / 10 : 1;
    int64_t value = widget->value;

    switch (key->code) {
    case KEY_LEFT: case KEY_DOWN: value--; break;
    case KEY_RIGHT: case KEY_UP: value++; break;
    case KEY_PAGEDOWN: value -= step; break;
    case KEY_PAGEUP: value += step; break;
    case KEY_HOME: value = slider->least; break;
    case KEY_END: value = slider->most; break;
    default: return false;
    }
    if (key_with(key) != 0)
        return false;
    if (key->pressed)
        slide_to(widget, value);
    return true;
}

static void slider_was_set(struct widget *widget)
{
    const struct slider *slider = (const struct slider *)widget;

    if (widget->value > slider->most)
        widget->value = slider->most;
    if (widget->value < slider->least)
        widget->value = slider->least;
}

static const struct widget_class slider_class = {
    .name = "slider", .size = sizeof(struct slider), .flags = CLASS_FOCUS, .measure = measure_slider,
    .paint = paint_slider, .pointer = point_slider, .key = key_slider, .changed = slider_was_set};

struct widget *ui_slider(struct widget *parent, int least, int most, int value, ui_action changed,
                         void *context)
{
    struct slider *slider = widget_new(parent, &slider_class);

    if (!slider)
        return NULL;
    slider->least = least;
    slider->most = most < least ? least : most;
    slider->widget.value = least;
    slider->widget.action = changed;
    slider->widget.context = context;
    ui_set_value(&slider->widget, value);
    return &slider->widget;
}

void ui_slider_set_range(struct widget *widget, int least, int most)
{
    struct slider *slider = (struct slider *)widget;

    if (!widget || widget->class != &slider_class)
        return;
    slider->least = least;
    slider->most = most < least ? least : most;
    slider_was_set(widget);
    ui_redraw(widget);
}

/* ---- progress -------------------------------------------------------------------------------- */

static void measure_progress(struct widget *widget, int *width, int *height)
{
    (void)widget;
    *width = ui_px(120);
    *height = ui_px(8);
}

static void paint_progress(struct widget *widget, const struct canvas *canvas)
{
    const int value = widget->value < 0 ? 0 : widget->value > 1000 ? 1000 : widget->value, high = ui_px(8);
    const struct rect at = {widget->area.x, widget->area.y + (widget->area.h - high) / 2, widget->area.w,
                            high};
    const struct rect done = {at.x, at.y, (int)((int64_t)at.w * value / 1000), at.h};

    draw_round(canvas, at, high / 2, CORNERS_ALL, colour_mix(ui.theme.border, ui.theme.dim_text, 30));
    if (done.w >= high)
        draw_round(canvas, done, high / 2, CORNERS_ALL, ui.theme.accent);
}

static const struct widget_class progress_class = {
    .name = "progress", .size = sizeof(struct widget), .measure = measure_progress, .paint = paint_progress};

struct widget *ui_progress(struct widget *parent)
{
    return widget_new(parent, &progress_class);
}

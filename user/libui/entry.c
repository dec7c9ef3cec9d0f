/* The entry: a line of text that is edited. Cursor and anchor are bytes of widget->text. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define UNDO_STEPS 100u

struct entry_step {
    char *text;
    size_t cursor;
};

struct entry {
    struct widget widget;
    size_t cursor, anchor, limit;
    int scroll; /* pixels that are left of the view */
    char *placeholder;
    enum icon icon;
    bool secret, typing; /* typing: the next letter belongs to the same step of undo */
    struct entry_step undo[UNDO_STEPS], redo[UNDO_STEPS];
    unsigned undo_count, redo_count;
};

static struct entry *entry_of(struct widget *widget);

/* ---- where things are ------------------------------------------------------------------------ */

static const char *entry_text(const struct entry *entry)
{
    return entry->widget.text ? entry->widget.text : "";
}

static int icon_room(const struct entry *entry)
{
    return entry->icon ? ui_px(26) : 0;
}

static struct rect text_rect(const struct entry *entry)
{
    const struct rect at = entry->widget.area;
    const int left = ui_px(10) + icon_room(entry);

    return (struct rect){at.x + left, at.y + ui_px(2), at.w - left - ui_px(10), at.h - 2 * ui_px(2)};
}

static int width_to(const struct entry *entry, size_t at)
{
    const char *text = entry_text(entry);
    int dots = 0;

    if (!entry->secret)
        return text_width(look_font(), text, (ptrdiff_t)at);
    for (size_t i = 0; i < at; i = utf8_next(text, i))
        dots++;
    return dots * font_advance(look_font(), 0x2022);
}

static size_t position_at(const struct entry *entry, int x)
{
    const char *text = entry_text(entry);
    size_t at = 0;

    while (text[at]) {
        const size_t next = utf8_next(text, at);

        if ((width_to(entry, at) + width_to(entry, next)) / 2 > x)
            break;
        at = next;
    }
    return at;
}

static bool is_word(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
}

static size_t word_step(const struct entry *entry, size_t at, bool right)
{
    const char *text = entry_text(entry);

    if (right) {
        while (text[at] && !is_word((unsigned char)text[at]))
            at++;
        while (is_word((unsigned char)text[at]))
            at++;
        return at;
    }
    while (at > 0 && !is_word((unsigned char)text[at - 1]))
        at--;
    while (at > 0 && is_word((unsigned char)text[at - 1]))
        at--;
    return at;
}

static void show_cursor(struct entry *entry)
{
    const int x = width_to(entry, entry->cursor), room = text_rect(entry).w - ui_px(2);
    const int all = width_to(entry, strlen(entry_text(entry)));

    if (entry->scroll > x)
        entry->scroll = x;
    if (entry->scroll < x - room)
        entry->scroll = x - room;
    if (entry->scroll > all - room)
        entry->scroll = all - room;
    if (entry->scroll < 0)
        entry->scroll = 0;
    ui_redraw(&entry->widget);
}

/* ---- changing -------------------------------------------------------------------------------- */

static void steps_clear(struct entry_step *steps, unsigned *count)
{
    while (*count > 0)
        free(steps[--*count].text);
}

static void step_push(struct entry *entry, struct entry_step *steps, unsigned *count)
{
    char *copy = strdup(entry_text(entry));

    if (!copy)
        return;
    if (*count == UNDO_STEPS) {
        free(steps[0].text);
        memmove(steps, steps + 1, (UNDO_STEPS - 1) * sizeof(*steps));
        --*count;
    }
    steps[(*count)++] = (struct entry_step){copy, entry->cursor};
}

static void take_text(struct entry *entry, char *text, size_t cursor)
{
    free(entry->widget.text);
    entry->widget.text = text;
    entry->cursor = entry->anchor = cursor;
    show_cursor(entry);
    widget_act(&entry->widget);
}

static void step_back(struct entry *entry, struct entry_step *from, unsigned *from_count,
                      struct entry_step *to, unsigned *to_count)
{
    if (*from_count == 0)
        return;
    step_push(entry, to, to_count);
    --*from_count;
    entry->typing = false;
    take_text(entry, from[*from_count].text, from[*from_count].cursor);
}

/* [from, to) becomes these bytes; control characters become spaces. */
static void replace(struct entry *entry, size_t from, size_t to, const char *bytes, size_t size, bool typing)
{
    const char *text = entry_text(entry);
    const size_t length = strlen(text);
    char *now;

    if (length - (to - from) + size > entry->limit)
        return;
    now = malloc(length - (to - from) + size + 1);
    if (!now)
        return;
    memcpy(now, text, from);
    for (size_t i = 0; i < size; i++)
        now[from + i] = (unsigned char)bytes[i] < 0x20 ? ' ' : bytes[i];
    strcpy(now + from + size, text + to);
    if (!typing || !entry->typing || entry->undo_count == 0)
        step_push(entry, entry->undo, &entry->undo_count);
    steps_clear(entry->redo, &entry->redo_count);
    entry->typing = typing;
    take_text(entry, now, from + size);
}

static size_t low(const struct entry *entry)
{
    return entry->cursor < entry->anchor ? entry->cursor : entry->anchor;
}

static size_t high(const struct entry *entry)
{
    return entry->cursor > entry->anchor ? entry->cursor : entry->anchor;
}

static void copy(const struct entry *entry)
{
    if (low(entry) != high(entry) && !entry->secret)
        ui_clipboard_set(TYPE_TEXT, entry_text(entry) + low(entry), high(entry) - low(entry));
}


/* The entry may have gone meanwhile: it must still have the focus of a window that is there. */
static void pasted(const char *type, const void *bytes, size_t size, void *context)
{
    (void)type;
    for (struct ui_window *window = ui.windows; window; window = window->next)
        if (window->focus && window->focus == context && size > 0) {
            struct entry *entry = entry_of(window->focus);

            replace(entry, low(entry), high(entry), bytes, strnlen(bytes, size), false);
        }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool ctrl_key(struct entry *entry, const struct ui_key *key)
{
    const bool shift = key->modifiers & MODIFIER_SHIFT;

    switch (key_letter(key)) {
    case 'a':
        ui_entry_select(&entry->widget, 0, (size_t)-1);
        return true;
    case 'c':
        copy(entry);
        return true;
    case 'x':
        copy(entry);
        if (!entry->secret)
            replace(entry, low(entry), high(entry), "", 0, false);
        return true;
    case 'v':
        ui_clipboard_get(TYPE_TEXT, pasted, &entry->widget);
        return true;
    case 'z':
        if (!shift) {
            step_back(entry, entry->undo, &entry->undo_count, entry->redo, &entry->redo_count);
            return true;
        }
        /* fall through */
    case 'y':
        step_back(entry, entry->redo, &entry->redo_count, entry->undo, &entry->undo_count);
        return true;
    default:
        return false;
    }
}

/* Where a key moves the cursor to; false: it is none that moves it. */
static bool moved_to(const struct entry *entry, const struct ui_key *key, size_t *to)
{
    const bool word = key->modifiers & MODIFIER_CTRL;
    const bool selects = key->modifiers & MODIFIER_SHIFT;
    const char *text = entry_text(entry);

    switch (key->code) {
    case KEY_LEFT:
        *to = !selects && !word && low(entry) != high(entry) ? low(entry)
              : word ? word_step(entry, entry->cursor, false) : utf8_previous(text, entry->cursor);
        return true;
    case KEY_RIGHT:
        *to = !selects && !word && low(entry) != high(entry) ? high(entry)
              : word ? word_step(entry, entry->cursor, true) : utf8_next(text, entry->cursor);
        return true;
    case KEY_HOME:
        *to = 0;
        return true;
    case KEY_END:
        *to = strlen(text);
        return true;
    default:
        return false;
    }
}

static void erase(struct entry *entry, bool back, bool word)
{
    size_t from = low(entry), to = high(entry);

    if (from == to && back)
        from = word ? word_step(entry, to, false) : utf8_previous(entry_text(entry), to);
    else if (from == to)
        to = word ? word_step(entry, from, true) : utf8_next(entry_text(entry), from);
    if (from != to)
        replace(entry, from, to, "", 0, false);
}

static bool edit_key(struct entry *entry, const struct ui_key *key)
{
    struct widget *widget = &entry->widget;

    if (key->code == KEY_BACKSPACE || key->code == KEY_DELETE) {
        erase(entry, key->code == KEY_BACKSPACE, key->modifiers & MODIFIER_CTRL);
        return true;
    }
    if ((key->code == KEY_ENTER || key->code == KEY_KPENTER) && widget->on_activate.call) {
        hook_as(&widget->on_activate, ui_action)(widget, widget->on_activate.context);
        return true;
    }
    if (key->code == KEY_ENTER || key->code == KEY_KPENTER || key->code == KEY_TAB || key->code == KEY_ESC ||
        !input_text(key))
        return false;
    replace(entry, low(entry), high(entry), key->text, strlen(key->text), low(entry) == high(entry));
    return true;
}

static bool key_entry(struct widget *widget, const struct ui_key *key)
{
    struct entry *entry = (struct entry *)widget;
    size_t to;

    if (!key->pressed)
        return false;
    if (!(key->modifiers & (MODIFIER_ALT | MODIFIER_SUPER)) && moved_to(entry, key, &to)) {
        entry->cursor = to;
        if (!(key->modifiers & MODIFIER_SHIFT))
            entry->anchor = to;
        entry->typing = false;
        show_cursor(entry);
        return true;
    }
    if ((key_with(key) & ~MODIFIER_SHIFT) == MODIFIER_CTRL && ctrl_key(entry, key))
        return true;
    return edit_key(entry, key);
}

/* ---- pointer, focus, painting ---------------------------------------------------------------- */

static bool point_entry(struct widget *widget, const struct ui_pointer *pointer)
{
    struct entry *entry = (struct entry *)widget;
    const size_t at = position_at(entry, pointer->x + widget->area.x - text_rect(entry).x + entry->scroll);

    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT) {
        widget->down = pointer->clicks == 1;
        entry->typing = false;
        entry->cursor = at;
        if (!(pointer->modifiers & MODIFIER_SHIFT))
            entry->anchor = at;
        if (pointer->clicks == 2) {
            entry->cursor = word_step(entry, at, true);
            entry->anchor = word_step(entry, entry->cursor, false);
        } else if (pointer->clicks >= 3) {
            entry->cursor = strlen(entry_text(entry));
            entry->anchor = 0;
        }
        show_cursor(entry);
    } else if (pointer->kind == UI_MOVE_TO && widget->down) {
        entry->cursor = at;
        show_cursor(entry);
    } else if (pointer->kind == UI_RELEASE) {
        widget->down = false;
    }
    return pointer->kind != UI_WHEEL;
}

static void focus_entry(struct widget *widget)
{
    struct entry *entry = (struct entry *)widget;

    if (widget->window->focus == widget && widget->window->focus_by_key && widget->window->active) {
        entry->anchor = 0;
        entry->cursor = strlen(entry_text(entry));
    } else if (widget->window->focus != widget) {
        entry->anchor = entry->cursor;
    }
    entry->typing = false;
    ui_redraw(widget);
}

static void measure_entry(struct widget *widget, int *width, int *height)
{
    (void)widget;
    *width = ui_px(120);
    *height = ui_px(CONTROL_HEIGHT);
}

static void paint_text(const struct entry *entry, const struct canvas *canvas, struct rect at, bool focus)
{
    const struct font *font = look_font();
    const int y = at.y + (at.h - font_height(font)) / 2, x = at.x - entry->scroll;
    const char *text = entry_text(entry);
    const colour_t colour = widget_usable(&entry->widget) ? ui.theme.field_text
                                                          : look_text(&entry->widget);

    if (low(entry) != high(entry) && focus) {
        const int from = width_to(entry, low(entry)), to = width_to(entry, high(entry));

        draw_fill(canvas, (struct rect){x + from, y - ui_px(1), to - from, font_height(font) + ui_px(2)},
                  colour_mix(ui.theme.field, ui.theme.accent, 110));
    }
    if (entry->secret)
        for (int dot = 0, end = width_to(entry, strlen(text)); dot < end; dot += font_advance(font, 0x2022))
            draw_glyph(canvas, x + dot, y, font, 0x2022, colour);
    else
        draw_text(canvas, x, y + font_ascent(font), font, text, -1, colour);
    if (focus)
        draw_fill(canvas, (struct rect){x + width_to(entry, entry->cursor), y - ui_px(1),
                                        ui_px(1) + (ui_scale() > 100), font_height(font) + ui_px(2)},
                  ui.theme.accent);
}

static void paint_entry(struct widget *widget, const struct canvas *canvas)
{
    const struct entry *entry = (const struct entry *)widget;
    const struct rect at = text_rect(entry);
    const bool focus = widget->window->focus == widget && widget->window->active;
    const struct canvas inside = canvas_clipped(canvas, rect_inset(at, ui_px(-1)));
    const int size = ui_px(14);

    look_field(canvas, widget, widget->area);
    if (entry->icon)
        draw_icon(canvas,
                  (struct rect){widget->area.x + ui_px(10), widget->area.y + (widget->area.h - size) / 2,
                                size, size},
                  entry->icon, ui.theme.dim_text);
    if (*entry_text(entry) == '\0' && entry->placeholder)
        draw_label(&inside, at, look_font(), entry->placeholder, ALIGN_START, ui.theme.dim_text);
    paint_text(entry, &inside, at, focus);
}

static void entry_was_set(struct widget *widget)
{
    struct entry *entry = (struct entry *)widget;

    entry->cursor = entry->anchor = strlen(entry_text(entry));
    entry->typing = false;
    steps_clear(entry->undo, &entry->undo_count);
    steps_clear(entry->redo, &entry->redo_count);
    show_cursor(entry);
}

static void entry_end(struct widget *widget)
{
    struct entry *entry = (struct entry *)widget;

    steps_clear(entry->undo, &entry->undo_count);
    steps_clear(entry->redo, &entry->redo_count);
    free(entry->placeholder);
}

static void arrange_entry(struct widget *widget)
{
    show_cursor((struct entry *)widget);
}

static const struct widget_class entry_class = {
    .name = "entry", .size = sizeof(struct entry), .flags = CLASS_FOCUS, .measure = measure_entry,
    .arrange = arrange_entry, .paint = paint_entry, .pointer = point_entry, .key = key_entry,
    .focus = focus_entry, .changed = entry_was_set, .end = entry_end};

/* ---- for programs ---------------------------------------------------------------------------- */

static struct entry *entry_of(struct widget *widget)
{
    return widget && widget->class == &entry_class ? (struct entry *)widget : NULL;
}

struct widget *ui_entry(struct widget *parent, const char *text, ui_action changed, void *context)
{
    struct entry *entry = widget_new(parent, &entry_class);

    if (!entry)
        return NULL;
    entry->limit = 65536;
    entry->widget.action = changed;
    entry->widget.context = context;
    entry->widget.pointer = POINTER_TEXT;
    ui_set_text(&entry->widget, text);
    return &entry->widget;
}

void ui_entry_set_placeholder(struct widget *widget, const char *text)
{
    struct entry *entry = entry_of(widget);

    if (!entry)
        return;
    text_set(&entry->placeholder, text);
    ui_redraw(widget);
}

void ui_entry_set_icon(struct widget *widget, enum icon icon)
{
    struct entry *entry = entry_of(widget);

    if (!entry)
        return;
    entry->icon = (unsigned)icon < ICONS ? icon : ICON_NONE;
    ui_redraw(widget);
}

void ui_entry_set_secret(struct widget *widget, bool secret)
{
    struct entry *entry = entry_of(widget);

    if (!entry)
        return;
    entry->secret = secret;
    show_cursor(entry);
}

void ui_entry_set_limit(struct widget *widget, size_t bytes)
{
    struct entry *entry = entry_of(widget);

    if (entry)
        entry->limit = bytes;
}

void ui_entry_select(struct widget *widget, size_t from, size_t to)
{
    struct entry *entry = entry_of(widget);
    size_t size;

    if (!entry)
        return;
    size = strlen(entry_text(entry));
    entry->anchor = from < size ? from : size;
    entry->cursor = to < size ? to : size;
    show_cursor(entry);
}

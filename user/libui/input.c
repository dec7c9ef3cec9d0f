/*
 * Keys and pointer: which widget gets them. Keys go to the open popup, else to the widget with the focus and
 * those above it, then to shortcuts and menus, marked letters, Tab, Enter and Escape, the window's on_key.
 * The pointer's go to the widget below it, or to the one where the button went down while it is held.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define TIP_MS 600

static struct ui_window *tip;
static struct widget *tip_of;
static unsigned tip_timer;

/* ---- focus ----------------------------------------------------------------------------------- */

static bool takes_focus(const struct widget *widget)
{
    return (widget->class->flags & CLASS_FOCUS) && widget_usable(widget) &&
           !(widget->class->skips && widget->class->skips(widget));
}

static void focus_went(struct widget *widget)
{
    if (!widget)
        return;
    if (widget->class->focus)
        widget->class->focus(widget);
    if (widget->on_focus.call)
        hook_as(&widget->on_focus, ui_action)(widget, widget->on_focus.context);
    ui_redraw(widget);
}

void input_reveal(struct widget *widget, struct rect at)
{
    window_layout(widget->window);
    for (struct widget *above = widget->parent; above; above = above->parent)
        if (above->class->reveal)
            above->class->reveal(above, at);
}

static void set_focus(struct ui_window *window, struct widget *widget)
{
    struct widget *was = window->focus;

    if (was == widget)
        return;
    window->focus = widget;
    focus_went(was);
    focus_went(widget);
}

void ui_focus(struct widget *widget)
{
    if (!widget || widget->dead || !(widget->class->flags & CLASS_FOCUS))
        return;
    set_focus(widget->window, widget);
    input_reveal(widget, widget->area);
}

bool ui_focused(const struct widget *widget)
{
    return widget && widget->window->focus == widget && ui_window_active(widget->window);
}

static struct widget *after(struct widget *widget, struct widget *root)
{
    if (widget->first && !widget->hidden)
        return widget->first;
    while (widget != root && !widget->next)
        widget = widget->parent;
    return widget == root ? root : widget->next;
}

static struct widget *before(struct widget *widget, struct widget *root)
{
    if (widget != root && !widget->previous)
        return widget->parent;
    if (widget != root)
        widget = widget->previous;
    while (widget->last && !widget->hidden)
        widget = widget->last;
    return widget;
}

void input_focus_step(struct ui_window *window, int step)
{
    struct widget *root = window->root, *at = window->focus ? window->focus : root;

    if (!root)
        return;
    for (unsigned i = 0; i < 100000; i++) {
        at = step > 0 ? after(at, root) : before(at, root);
        if (takes_focus(at)) {
            ui_focus(at);
            return;
        }
        if (at == (window->focus ? window->focus : root))
            break;
    }
    if (window->focus && !widget_usable(window->focus))
        set_focus(window, NULL);
}

void input_forget(struct widget *widget)
{
    struct ui_window *window = widget->window;

    if (window->focus == widget)
        window->focus = NULL;
    if (window->pressed == widget)
        window->pressed = NULL;
    if (window->over == widget)
        window->over = NULL;
    if (window->default_button == widget)
        window->default_button = NULL;
    if (tip_of == widget)
        tip_hide();
    data_forget(widget);
}

/* ---- names of keys --------------------------------------------------------------------------- */

static const char letters[] = "\0\0" "1234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 ";

static const struct {
    const char *name;
    uint16_t code;
} key_names[] = {
    {"Tab", KEY_TAB}, {"Enter", KEY_ENTER}, {"Esc", KEY_ESC}, {"Space", KEY_SPACE}, {"Del", KEY_DELETE},
    {"Delete", KEY_DELETE}, {"Ins", KEY_INSERT}, {"Home", KEY_HOME}, {"End", KEY_END}, {"PgUp", KEY_PAGEUP},
    {"PgDn", KEY_PAGEDOWN}, {"Left", KEY_LEFT}, {"Right", KEY_RIGHT}, {"Up", KEY_UP}, {"Down", KEY_DOWN},
    {"Backspace", KEY_BACKSPACE}, {"Plus", KEY_EQUAL}, {"Minus", KEY_MINUS}, {"F1", KEY_F1}, {"F2", KEY_F2},
    {"F3", KEY_F3}, {"F4", KEY_F4}, {"F5", KEY_F5}, {"F6", KEY_F6}, {"F7", KEY_F7}, {"F8", KEY_F8},
    {"F9", KEY_F9}, {"F10", KEY_F10}, {"F11", KEY_F11}, {"F12", KEY_F12}};

static const struct {
    const char *name;
    uint32_t modifier;
} modifier_names[] = {{"Ctrl+", MODIFIER_CTRL}, {"Shift+", MODIFIER_SHIFT}, {"Alt+", MODIFIER_ALT},
                      {"Super+", MODIFIER_SUPER}};

static int key_code(const char *name)
{
    for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++)
        if (strcmp(key_names[i].name, name) == 0)
            return key_names[i].code;
    if (name[0] == '\0' || name[1] != '\0')
        return -EINVAL;
    for (size_t i = 0; i + 1 < sizeof(letters); i++) {
        const char letter = name[0] >= 'A' && name[0] <= 'Z' ? (char)(name[0] + 32) : name[0];

        if (letters[i] == letter)
            return (int)i;
    }
    return -EINVAL;
}

int keys_parse(const char *keys, uint16_t *code, uint32_t *modifiers)
{
    int found;

    *modifiers = 0;
    for (size_t i = 0; i < sizeof(modifier_names) / sizeof(modifier_names[0]);) {
        const size_t size = strlen(modifier_names[i].name);

        if (strncmp(keys, modifier_names[i].name, size) == 0) {
            *modifiers |= modifier_names[i].modifier;
            keys += size;
            i = 0;
        } else {
            i++;
        }
    }
    found = key_code(keys);
    *code = (uint16_t)(found < 0 ? 0 : found);
    return found < 0 ? found : 0;
}

uint32_t key_letter(const struct ui_key *key)
{
    size_t used;
    uint32_t letter = utf8_read(key->text, strnlen(key->text, sizeof(key->text)), &used);

    if (letter >= 1 && letter <= 26)
        letter += 'a' - 1;
    if (letter < 0x20)
        letter = key->code < sizeof(letters) - 1 ? (unsigned char)letters[key->code] : 0;
    return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
}

bool key_is(const struct ui_key *key, uint16_t code, uint32_t modifiers)
{
    const char letter = code < sizeof(letters) - 1 ? letters[code] : '\0';
    const bool plus = code == KEY_EQUAL && (key->code == KEY_EQUAL || key->code == KEY_KPPLUS);
    const bool minus = code == KEY_MINUS && key->code == KEY_KPMINUS;

    if ((key_with(key) & (plus ? ~MODIFIER_SHIFT : ~0u)) != modifiers)
        return false;
    if (letter >= 'a' && letter <= 'z')
        return key_letter(key) == (uint32_t)letter;
    return key->code == code || plus || minus;
}

bool input_text(const struct ui_key *key)
{
    return (unsigned char)key->text[0] >= 0x20 && key->text[0] != 0x7F &&
           !(key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER));
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool give_key(struct widget *widget, const struct ui_key *key)
{
    for (; widget; widget = widget->parent) {
        if (widget->on_key.call && hook_as(&widget->on_key, ui_key_call)(widget, key, widget->on_key.context))
            return true;
        if (!widget->dead && widget->class->key && widget->class->key(widget, key))
            return true;
        if (widget->dead)
            return true;
    }
    return false;
}

static struct widget *find_marked(struct widget *widget, uint32_t letter)
{
    if (widget->disabled || (widget->hidden && !(widget->class->flags & CLASS_TITLE)))
        return NULL;
    if ((widget->class->flags & (CLASS_CLICKS | CLASS_TITLE)) && look_mark_letter(widget->text) == letter)
        return widget;
    if (widget->hidden)
        return NULL;
    for (struct widget *child = widget->first; child; child = child->next) {
        struct widget *found = find_marked(child, letter);

        if (found)
            return found;
    }
    return NULL;
}

static bool press_marked(struct ui_window *window, const struct ui_key *key)
{
    const uint32_t letter = key_letter(key);
    struct widget *found;

    if (key_with(key) != MODIFIER_ALT || letter == 0)
        return false;
    found = find_marked(window->root, letter);
    if (!found)
        return false;
    if (takes_focus(found))
        ui_focus(found);
    if (found->class->press)
        found->class->press(found);
    return true;
}

/* Menu key or Shift+F10. */
static bool open_menu(struct ui_window *window, const struct ui_key *key)
{
    if (key->code != KEY_COMPOSE && !(key->code == KEY_F10 && key_with(key) == MODIFIER_SHIFT))
        return false;
    for (struct widget *widget = window->focus; widget; widget = widget->parent)
        if (widget->on_menu.call) {
            hook_as(&widget->on_menu, ui_menu_call)(widget, widget->view.x + widget->view.w / 4,
                                                    widget->view.y + widget->view.h / 4,
                                                    widget->on_menu.context);
            return true;
        }
    return false;
}

static bool window_own_key(struct ui_window *window, const struct ui_key *key)
{
    const uint32_t with = key_with(key);

    if (key->code == KEY_TAB && (with & ~MODIFIER_SHIFT) == 0) {
        input_focus_step(window, with ? -1 : 1);
        return true;
    }
    if ((key->code == KEY_ENTER || key->code == KEY_KPENTER) && with == 0 && window->default_button &&
        widget_usable(window->default_button)) {
        window->default_button->class->press(window->default_button);
        return true;
    }
    if (key->code == KEY_ESC && with == 0 && window->kind == SURFACE_DIALOG) {
        ui_window_close(window);
        return true;
    }
    return open_menu(window, key);
}

static void show_marks(struct ui_window *window, const struct ui_key *key)
{
    const bool marks = key->code == KEY_LEFTALT && key->pressed;

    if (marks == window->marks || (key->code != KEY_LEFTALT && !window->marks))
        return;
    if (key->code != KEY_LEFTALT && key_with(key) == MODIFIER_ALT)
        return;
    window->marks = marks;
    window_damage(window, (struct rect){0, 0, window->width, window->height});
}

static void keys_are_used(struct ui_window *window)
{
    if (window->focus_by_key)
        return;
    window->focus_by_key = true;
    ui_redraw(window->focus);
}

static bool is_modifier(uint16_t code)
{
    return code == KEY_LEFTSHIFT || code == KEY_RIGHTSHIFT || code == KEY_LEFTCTRL || code == KEY_RIGHTCTRL ||
           code == KEY_LEFTALT || code == KEY_RIGHTALT || code == KEY_LEFTMETA || code == KEY_RIGHTMETA;
}

void input_key(struct ui_window *window, const struct ui_key *key)
{
    show_marks(window, key);
    while (window->popup)
        window = window->popup;
    if (window->dialog)
        return;
    tip_hide();
    if (key->pressed && !is_modifier(key->code))
        keys_are_used(window);
    if (give_key(window->focus && widget_usable(window->focus) ? window->focus : window->root, key))
        return;
    if (window->dead || (key->pressed && !is_modifier(key->code) &&
                         (menu_window_key(window, key) || press_marked(window, key) ||
                          window_own_key(window, key))))
        return;
    if (window->on_key.call)
        hook_as(&window->on_key, ui_key_call)(window->content, key, window->on_key.context);
}

static void take_key(struct ui_window *window, const struct message_key *message)
{
    struct ui_key key = {.time_ns = message->time_ns, .code = message->code,
                         .pressed = message->value != 0, .repeated = message->value == 2,
                         .modifiers = message->modifiers};

    memcpy(key.text, message->text, sizeof(key.text));
    key.text[sizeof(key.text) - 1] = '\0';
    if (window->tip && window->parent)
        window = window->parent;
    input_key(window, &key);
}

/* ---- tooltips -------------------------------------------------------------------------------- */

static void measure_tip(struct widget *widget, int *width, int *height)
{
    *width = text_width(look_font(), widget->text, -1) + 2 * ui_px(10);
    *height = font_height(look_font()) + 2 * ui_px(5);
}

static void paint_tip(struct widget *widget, const struct canvas *canvas)
{
    draw_label(canvas, widget->area, look_font(), widget->text, ALIGN_CENTRE, ui.theme.field_text);
}

static const struct widget_class tip_class = {
    .name = "tip", .size = sizeof(struct widget), .measure = measure_tip, .paint = paint_tip};

void tip_hide(void)
{
    ui_timer_stop(tip_timer);
    tip_timer = 0;
    tip_of = NULL;
    if (tip)
        ui_window_end(tip);
    tip = NULL;
}

static void tip_is_done(struct ui_window *popup)
{
    ui_window_end(popup);
    if (popup == tip)
        tip = NULL;
}

static void tip_show(void *context)
{
    struct widget *widget = tip_of, *root;

    (void)context;
    tip_timer = 0;
    if (!widget || !widget->tooltip || widget->window->popup)
        return;
    tip = window_popup(widget->window, widget->view.x + ui_px(4),
                       widget->view.y + widget->view.h + ui_px(6));
    root = tip ? widget_new_root(tip, &tip_class) : NULL;
    if (!root) {
        ui_window_end(tip);
        tip = NULL;
        return;
    }
    tip->tip = true;
    tip->popup_done = tip_is_done;
    text_set(&root->text, widget->tooltip);
    ui_window_show(tip);
}

static void tip_begin(struct widget *widget)
{
    tip_hide();
    while (widget && !widget->tooltip)
        widget = widget->parent;
    tip_of = widget;
    if (widget)
        tip_timer = ui_timer(TIP_MS, false, tip_show, NULL);
}

/* ---- pointer --------------------------------------------------------------------------------- */

static bool give_pointer(struct widget *widget, const struct ui_pointer *pointer, int x, int y)
{
    struct ui_pointer own = *pointer;

    if (!widget || !widget->class->pointer)
        return false;
    own.x = x - widget->area.x;
    own.y = y - widget->area.y;
    return widget->class->pointer(widget, &own);
}

static void set_over(struct ui_window *window, struct widget *widget, const struct ui_pointer *pointer)
{
    struct ui_pointer own = *pointer;
    struct widget *was = window->over;

    if (was == widget)
        return;
    window->over = widget;
    if (was) {
        was->hover = false;
        own.kind = UI_LEAVE;
        give_pointer(was, &own, pointer->x, pointer->y);
        ui_redraw(was);
    }
    if (widget) {
        widget->hover = true;
        own.kind = UI_ENTER;
        give_pointer(widget, &own, pointer->x, pointer->y);
        ui_redraw(widget);
    }
    tip_begin(widget);
}

static void set_shape(struct ui_window *window, const struct widget *widget)
{
    uint32_t shape = POINTER_ARROW;

    for (; widget && shape == POINTER_ARROW; widget = widget->parent)
        shape = widget->disabled ? POINTER_ARROW : widget->pointer;
    if (shape == window->pointer)
        return;
    window->pointer = shape;
    connection_say_number(MESSAGE_POINTER_SHAPE, window->surface, shape);
}

void input_moved(struct ui_window *window)
{
    const struct ui_pointer pointer = {.kind = UI_MOVE_TO, .x = window->pointer_x, .y = window->pointer_y};
    struct widget *widget;

    if (!window->inside || window->pressed || window->dialog)
        return;
    widget = widget_at(window->root, pointer.x, pointer.y);
    if (widget && !widget_usable(widget))
        widget = NULL;
    set_over(window, widget, &pointer);
    set_shape(window, widget);
}

static void focus_clicked(struct ui_window *window, struct widget *widget)
{
    window->focus_by_key = false;
    for (; widget; widget = widget->parent)
        if ((widget->class->flags & CLASS_FOCUS) && widget_usable(widget)) {
            if (widget->class->skips && widget->class->skips(widget) &&
                !(widget->class->flags & CLASS_CLICKS))
                continue;
            set_focus(window, widget);
            break;
        }
    ui_redraw(window->focus);
}

static void menu_for(struct ui_window *window, struct widget *widget, int x, int y)
{
    for (; widget && !window->dead; widget = widget->parent)
        if (widget->on_menu.call && !widget->dead) {
            hook_as(&widget->on_menu, ui_menu_call)(widget, x, y, widget->on_menu.context);
            return;
        }
}

static void take_press(struct ui_window *window, const struct ui_pointer *pointer)
{
    struct widget *widget = widget_at(window->root, pointer->x, pointer->y);

    tip_hide();
    if (window->popup) { /* a click elsewhere takes it away, and nothing more */
        if (window->popup->popup_done)
            window->popup->popup_done(window->popup);
        return;
    }
    if (!widget || !widget_usable(widget))
        return;
    window->pressed = widget;
    focus_clicked(window, widget);
    for (struct widget *at = widget; at && !at->dead; at = at->parent)
        if (give_pointer(at, pointer, pointer->x, pointer->y)) {
            if (window->pressed == widget)
                window->pressed = at;
            break;
        }
    if (pointer->button == BUTTON_RIGHT)
        menu_for(window, widget, pointer->x, pointer->y);
}

static void take_release(struct ui_window *window, const struct ui_pointer *pointer)
{
    struct widget *widget = window->pressed;

    if (pointer->held == 0)
        window->pressed = NULL;
    give_pointer(widget, pointer, pointer->x, pointer->y);
    if (!window->dead && pointer->held == 0)
        set_over(window, widget_at(window->root, pointer->x, pointer->y), pointer);
}

static void take_motion(struct ui_window *window, const struct ui_pointer *pointer)
{
    struct widget *widget = window->pressed;

    if (!widget) {
        widget = widget_at(window->root, pointer->x, pointer->y);
        if (widget && !widget_usable(widget))
            widget = NULL;
        set_over(window, widget, pointer);
    }
    for (struct widget *at = widget; at; at = at->parent)
        if (give_pointer(at, pointer, pointer->x, pointer->y) || at == window->pressed)
            break;
    if (!window->dead)
        set_shape(window, widget);
}

static void take_wheel(struct ui_window *window, const struct ui_pointer *pointer)
{
    tip_hide();
    for (struct widget *at = widget_at(window->root, pointer->x, pointer->y); at && !at->dead;
         at = at->parent)
        if (give_pointer(at, pointer, pointer->x, pointer->y))
            break;
}

static void dispatch(struct ui_window *window, const struct ui_pointer *pointer)
{
    switch (pointer->kind) {
    case UI_PRESS:
        take_press(window, pointer);
        break;
    case UI_RELEASE:
        take_release(window, pointer);
        break;
    case UI_WHEEL:
        take_wheel(window, pointer);
        break;
    case UI_LEAVE:
        if (!window->pressed)
            set_over(window, NULL, pointer);
        break;
    default:
        take_motion(window, pointer);
    }
}

static unsigned button_bit(uint16_t button)
{
    return button == BUTTON_LEFT ? 1 : button == BUTTON_RIGHT ? 2 : button == BUTTON_MIDDLE ? 4 : 0;
}

static void take_pointer(struct ui_window *window, const struct message_pointer *message)
{
    struct ui_pointer pointer = {.x = message->x, .y = message->y, .button = message->code,
                                 .clicks = message->clicks ? message->clicks : 1,
                                 .wheel_x = message->wheel_x, .wheel_y = message->wheel_y,
                                 .modifiers = message->modifiers, .time_ns = message->time_ns};

    switch (message->head.type) {
    case MESSAGE_BUTTON:
        pointer.kind = message->value ? UI_PRESS : UI_RELEASE;
        if (message->value)
            window->held |= button_bit(message->code);
        else
            window->held &= ~button_bit(message->code);
        break;
    case MESSAGE_WHEEL:
        pointer.kind = UI_WHEEL;
        break;
    case MESSAGE_ENTER:
        pointer.kind = UI_ENTER;
        window->pointer = POINTERS; /* not known what is shown */
        break;
    default:
        pointer.kind = UI_MOVE_TO;
    }
    pointer.held = window->held;
    window->inside = true;
    window->pointer_x = pointer.x;
    window->pointer_y = pointer.y;
    if (window->on_pointer.call &&
        hook_as(&window->on_pointer, ui_pointer_call)(window->content, &pointer, window->on_pointer.context))
        return;
    if (pointer.kind == UI_ENTER)
        pointer.kind = UI_MOVE_TO;
    dispatch(window, &pointer);
}

static bool is_sane(int value)
{
    return value > -(1 << 20) && value < 1 << 20;
}

static void take_leave(struct ui_window *window)
{
    const struct ui_pointer pointer = {.kind = UI_LEAVE, .x = -1, .y = -1};

    window->inside = false;
    if (window->on_pointer.call)
        hook_as(&window->on_pointer, ui_pointer_call)(window->content, &pointer, window->on_pointer.context);
    dispatch(window, &pointer);
}

void input_message(struct ui_window *window, const union message *message)
{
    switch (message->head.type) {
    case MESSAGE_KEY:
        take_key(window, &message->key);
        break;
    case MESSAGE_LEAVE:
        take_leave(window);
        break;
    case MESSAGE_ENTER:
    case MESSAGE_MOTION:
    case MESSAGE_BUTTON:
    case MESSAGE_WHEEL:
        if (!window->root || window->dialog || !is_sane(message->pointer.x) || !is_sane(message->pointer.y) ||
            !is_sane(message->pointer.wheel_x) || !is_sane(message->pointer.wheel_y))
            return;
        window_layout(window);
        take_pointer(window, &message->pointer);
        break;
    default:
        break;
    }
}

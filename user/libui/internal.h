/*
 * What the toolkit's files know of each other. Nothing here is for programs.
 *
 * A message of the server → connection.c → window.c, input.c → a widget's class → the program's callback.
 * What changed is damage of the window (ui_redraw), a layout to be made (widget_changed); both are done
 * once, before the loop sleeps (loop.c → window_update).
 */
#pragma once

#include <limits.h>
#include <poll.h>

#include "lib/abi/keys.h"
#include "user/desktop/protocol.h"
#include "user/libui/backend.h"
#include "user/libui/ui.h"

/* ---- measures at 100 % ----------------------------------------------------------------------- */
#define CONTROL_HEIGHT 30
#define CONTROL_PAD    12
#define CONTROL_RADIUS 6
#define ROW_HEIGHT     28
#define BAR_WIDTH      10 /* of a scroll bar */
#define GAP            8
#define MARGIN         16

/* ---- widgets --------------------------------------------------------------------------------- */
#define CLASS_FOCUS  1u /* takes the focus */
#define CLASS_GROWS  2u /* weight 1 unless said */
#define CLASS_TITLE  8u /* its text is seen when it is hidden itself: a tab's page */
#define CLASS_CLICKS 4u /* letters and space act: its mnemonic presses it */

struct widget_class {
    const char *name;
    size_t size;
    unsigned flags;
    void (*measure)(struct widget *widget, int *width, int *height); /* the least, in pixels */
    void (*arrange)(struct widget *widget);                          /* places its children */
    void (*paint)(struct widget *widget, const struct canvas *canvas); /* in the window's pixels */
    void (*paint_over)(struct widget *widget, const struct canvas *canvas); /* after its children */
    bool (*pointer)(struct widget *widget, const struct ui_pointer *pointer); /* (x, y) in the widget */
    bool (*key)(struct widget *widget, const struct ui_key *key);
    void (*press)(struct widget *widget);         /* its mnemonic */
    void (*focus)(struct widget *widget);         /* came or went */
    void (*changed)(struct widget *widget);       /* its text, value or state was set */
    bool (*skips)(const struct widget *widget);   /* Tab passes it by, whatever its flags */
    void (*reveal)(struct widget *widget, struct rect at); /* scrolls so that `at`, of the window, is seen */
    void (*end)(struct widget *widget);           /* frees what it has beside itself */
};

struct hook {
    void (*call)(void);
    void *context;
};

struct widget {
    const struct widget_class *class;
    struct ui_window *window;
    struct widget *parent, *first, *last, *next, *previous;
    struct rect area;  /* in the window */
    struct rect view;  /* what can be seen of it */
    struct rect inner; /* what can be seen of its children */
    int need_width, need_height; /* measured */
    int least_width, least_height; /* said, at 100 % */
    int gap, pad_x, pad_y;         /* of a container, at 100 % */
    int grow;
    unsigned span;
    enum ui_align align;
    bool hidden, disabled, dead, down, hover;
    enum pointer pointer;
    int value;
    char *text, *name, *tooltip;
    ui_action action;
    void *context;
    struct hook on_activate, on_menu, on_key, on_focus, on_drop;
    struct widget *grave;
};

/* A new child at the end of `parent`; NULL: no memory or no parent. */
void *widget_new(struct widget *parent, const struct widget_class *class);
void *widget_new_root(struct ui_window *window, const struct widget_class *class);
void widget_place(struct widget *widget, struct rect area);
void widget_measure(struct widget *widget); /* need_width, need_height */
void widget_changed(struct widget *widget); /* its size may be another: layout and paint */
void widget_act(struct widget *widget);     /* its ui_action */
void widget_paint(struct widget *widget, const struct canvas *canvas);
struct widget *widget_at(struct widget *root, int x, int y);
bool widget_usable(const struct widget *widget); /* visible and enabled, with all above it */
bool widget_within(const struct widget *widget, const struct widget *above);
bool widget_shows_focus(const struct widget *widget); /* it has the focus, and keys brought it */
void widget_bury(struct widget *widget);
void graves_empty(void);
void text_set(char **place, const char *text);
/* Into a field of a message: what does not fit is cut, between two characters. */
void text_copy(char *to, size_t room, const char *text);

/* A hook of another type: the compiler checks none of them, so this is the only place that casts. */
#define hook_set(hook, function, ctx) \
    ((hook)->call = (void (*)(void))(function), (hook)->context = (ctx))
#define hook_as(hook, type) ((type)(hook)->call)

/* ---- drawing, look.c ------------------------------------------------------------------------- */
const struct font *look_font(void); /* of widgets' text */
colour_t look_text(const struct widget *widget); /* dimmed when it is disabled */
void look_focus(const struct canvas *canvas, struct rect at, int radius);
void look_field_as(const struct canvas *canvas, struct rect at, bool focus);
void look_field(const struct canvas *canvas, const struct widget *widget, struct rect at);
/* The text without its '&', and which letter it marks: *mark is its byte, or -1. Returns `room`. */
const char *look_unmark(const char *text, char *room, size_t size, int *mark);
uint32_t look_mark_letter(const char *text); /* lower case; 0: none */
int look_text_width(const char *text);       /* without '&' */
void look_marked(const struct canvas *canvas, const struct widget *widget, struct rect at, const char *text,
                 enum align align, colour_t colour);
size_t utf8_next(const char *text, size_t at);
size_t utf8_previous(const char *text, size_t at);
uint32_t utf8_read(const char *text, size_t size, size_t *used);

/* ---- scroll bars, bars.c --------------------------------------------------------------------- */
struct bar {
    bool down;          /* vertical */
    struct rect area;   /* empty: none is needed */
    int64_t total, page, at; /* pixels or units */
    bool pulled, hover;
    int64_t pulled_at;  /* `at` when it began, */
    int pulled_from;    /* and the pointer then */
};
void bar_paint(const struct bar *bar, const struct canvas *canvas);
/* The pointer in the window's pixels. True: it was for the bar; bar->at may be another. */
bool bar_pointer(struct bar *bar, const struct ui_pointer *pointer, int x, int y);
bool bar_set(struct bar *bar, int64_t at); /* within bounds; true: it changed */

/* ---- windows --------------------------------------------------------------------------------- */
struct buffer {
    unsigned number; /* 0: the server does not know it */
    uint32_t *pixels;
    bool held;            /* the server looks at it */
    struct region stale;  /* what the other one has newer */
};
struct scroll_step {
    struct rect at;
    int dx, dy;
};
struct shortcut {
    struct shortcut *next;
    uint16_t code;
    uint32_t modifiers;
    ui_action call;
    void *context;
};

struct ui_window {
    struct ui_window *next, *parent;
    enum surface_kind kind;
    unsigned surface; /* 0: the server does not know it */
    struct widget *root, *content, *focus, *pressed, *over, *default_button;
    struct menu_bar *bar;
    char title[128], icon[32];
    int wanted_width, wanted_height; /* at 100 % */
    int x, y;                        /* of a popup, pixels of the parent */
    int limits[4];
    int width, height; /* pixels; 0: not configured */
    int state;
    unsigned held;     /* buttons */
    int pointer_x, pointer_y;
    bool shown, dead, active, maximised, layout, focus_by_key, marks, waiting, unmapped, tip, touched;
    bool acknowledge, inside; /* inside: the pointer is */
    uint32_t serial;
    uint32_t pointer;  /* said */
    int said_limits[4];
    /* pixels */
    int memory;        /* the file; -1 */
    size_t memory_size;
    uint32_t *mapped;
    int buffer_width, buffer_height;
    struct buffer buffers[2];
    struct buffer *front; /* what was committed last */
    struct region damage;
    struct scroll_step scrolls[4];
    unsigned scroll_count;
    struct ui_window *popup;  /* that is open on it and gets its keys */
    struct ui_window *dialog; /* that blocks it */
    void (*popup_done)(struct ui_window *popup); /* of a popup: it goes */
    void (*ended)(struct ui_window *popup);      /* it went */
    struct shortcut *shortcuts;
    struct hook on_close, on_active, on_key, on_frame, on_pointer;
    struct canvas *raw;
    void *context;
    struct ui_window *grave;
};

struct ui_window *window_new(struct ui_window *parent, enum surface_kind kind);
/* A popup with `class` as its root; (x, y) in the parent's pixels. It is shown by window_show_popup. */
struct ui_window *window_popup(struct ui_window *parent, int x, int y);
void window_message(struct ui_window *window, const union message *message);
void window_update(struct ui_window *window); /* layout, paint, commit */
void window_say(struct ui_window *window);    /* all that the server has to know, after (re)connecting */
void window_lost(struct ui_window *window);   /* the server is gone */
void window_layout(struct ui_window *window);
void window_damage(struct ui_window *window, struct rect at);
void window_frame(struct ui_window *window);
void window_memory_end(struct ui_window *window);
int window_memory(struct ui_window *window); /* of its size; 0, -ENOMEM */
struct buffer *window_back(struct ui_window *window); /* with all that the front one has; NULL: not now */
void window_commit(struct ui_window *window, struct buffer *buffer, const struct region *changed);
void window_least(struct ui_window *window, int *width, int *height);
void window_release(unsigned number); /* RELEASE of that buffer */
void buffers_lost(void);

/* ---- input.c --------------------------------------------------------------------------------- */
void input_message(struct ui_window *window, const union message *message);
void input_key(struct ui_window *window, const struct ui_key *key);
void input_focus_step(struct ui_window *window, int step);
/* Widgets came to lie elsewhere: which is below the pointer? */
void input_moved(struct ui_window *window);
void input_forget(struct widget *widget); /* it goes: nothing may point to it */
void tip_hide(void);
uint32_t key_letter(const struct ui_key *key); /* lower case, by the layout; 0: none */
bool key_is(const struct ui_key *key, uint16_t code, uint32_t modifiers); /* letters by the layout */
bool input_text(const struct ui_key *key); /* it types something */
void input_reveal(struct widget *widget, struct rect at); /* in all that scroll above it */
int keys_parse(const char *keys, uint16_t *code, uint32_t *modifiers); /* 0, -EINVAL */
#define MODIFIERS_KEYS (MODIFIER_SHIFT | MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER)
/* The key's modifiers of those four. */
static inline uint32_t key_with(const struct ui_key *key)
{
    return key->modifiers & MODIFIERS_KEYS;
}

/* ---- menus ----------------------------------------------------------------------------------- */
bool menu_window_key(struct ui_window *window, const struct ui_key *key); /* shortcuts, Alt+letter, F10 */
void menu_bar_end(struct ui_window *window);

/* ---- connection.c ---------------------------------------------------------------------------- */
int connection_start(void);                    /* and waits for WELCOME */
void connection_say(void *message, unsigned type, unsigned surface, const int *fds, unsigned count);
void connection_say_number(unsigned type, unsigned surface, uint32_t number);
void connection_say_plain(unsigned type, unsigned surface);
void connection_say_rect(unsigned type, unsigned surface, struct rect at);
void connection_flush(void);
void connection_read(void);
void connection_lost(void);
void connection_end(void);
/* A memory file of these bytes, which nobody can make shorter; the file, or negative. */
int memory_file(const void *bytes, size_t size);

/* ---- data.c: clipboard, drag, capture, statistics -------------------------------------------- */
void data_message(const union message *message, int fd);
void data_forget(const struct widget *widget);
void data_lost(void);
void data_end(void);

/* ---- loop.c ---------------------------------------------------------------------------------- */
struct ui {
    const struct backend *backend;
    char name[32];
    bool started, connected, welcome, quit;
    int status;
    int64_t lost_ms; /* when the server went; 0: it is there */
    struct message_welcome desktop;
    struct theme theme;
    struct ui_window *windows; /* the newest first */
    bool had_window;           /* once: ui_run ends with the last one */
    struct widget *graves;
    struct ui_window *window_graves;
    struct hook on_desktop;
    unsigned surfaces;         /* bits: numbers in use */
    unsigned next_buffer;
    struct ui_window *keyboard; /* has the focus */
};
extern struct ui ui;
/* One turn: what is due, drawing, and a wait of at most `wait_ms` (-1: as long as needed) for the next thing.
   True: something was done. */
bool loop_turn(int wait_ms);
void loop_end(void);

/*
 * A display server for tests on the host: it shows nothing, keeps every pixel, and does what the test says.
 * It takes the toolkit at its word: what a commit calls unchanged must be so, or the test ends.
 *
 *     headless_start("calculator", NULL);
 *     struct ui_window *window = calculator_open();
 *     headless_click(window, "7");
 *     headless_keys("Ctrl+C");
 *     headless_compare(window, "user/apps/calculator/golden/seven.png");
 *     headless_end();
 *
 * Each call lets the toolkit work until nothing is left to do (a game: for 200 frames). Windows are those
 * of ui.h; NULL is the newest one that has the keyboard (a dialog, if one is open). A test that does what
 * cannot be aborts.
 */
#pragma once

#include "user/libui/ui.h"

struct headless_options {
    const char *theme;    /* NULL: dark */
    const char *language; /* NULL: en */
    colour_t accent;      /* 0: the theme's file says all; the desktop always says one (theme_set_accent) */
    int scale;            /* 0: 100 */
    int width, height;    /* of the screen; 0: 1024 × 768 */
};
/* And ui_start. `options` NULL: as above. */
void headless_start(const char *program, const struct headless_options *options);
void headless_end(void); /* ui_end, and all memory is given back */
/* Only makes the toolkit use it: for programs that call ui_start and ui_run themselves. When the program is
   idle `idle` is called, which does the test's next step; without one the program ends. */
void headless_use(const struct headless_options *options, void (*idle)(void));

void headless_settle(void);
void headless_advance(int ms); /* the clock, with the timers that become due */
struct ui_window *headless_top(void);     /* the newest window or dialog; NULL */
struct ui_window *headless_popup(void);   /* the newest menu, list of a choice or tooltip; NULL */

/* ---- input ----------------------------------------------------------------------------------- */
void headless_keys(const char *keys);     /* "Ctrl+S", "Tab": pressed and let go */
void headless_key(unsigned code, unsigned modifiers, const char *text, int value); /* INPUT_… of input.h */
void headless_type(const char *text);     /* each character as a key that types it */
void headless_move(struct ui_window *window, int x, int y);
void headless_button(struct ui_window *window, unsigned button, int value, unsigned clicks);
void headless_wheel(struct ui_window *window, int notches_up);
void headless_click_at(struct ui_window *window, int x, int y, unsigned button, unsigned clicks);
/* In the middle of the widget of that name or text (ui_find). */
void headless_click(struct ui_window *window, const char *name);
void headless_drag(struct ui_window *window, int from_x, int from_y, int to_x, int to_y);
void headless_drop(struct ui_window *window, int x, int y, const char *type, const char *text,
                   unsigned action);

/* ---- what a user and a server do beside ------------------------------------------------------ */
void headless_resize(struct ui_window *window, int width, int height); /* pixels */
void headless_close(struct ui_window *window);
void headless_set(const char *theme, const char *language, int scale); /* NULL, 0: stays */
void headless_break(void);                /* the server dies; it is back after headless_return */
void headless_return(void);
void headless_gone(bool gone);            /* the same by itself, also before ui_start */
void headless_hold(bool hold);            /* no FRAME and RELEASE until it ends */
void headless_say(const void *bytes, size_t size); /* whatever it is, as the server's message */
void headless_clipboard_set(const char *text);
const char *headless_clipboard(void);     /* "" when there is no text */
const char *headless_notified(void);      /* "title: text" of the last NOTIFY */
const char *headless_setting(void);       /* "name=value" of the last SET */
const char *headless_dragged(void);       /* the text of the last DRAG */
void headless_drag_took(unsigned action); /* somebody took it */

/* ---- pictures -------------------------------------------------------------------------------- */
/* What is on the screen of it; belongs to the server. */
struct canvas headless_picture(struct ui_window *window);
unsigned headless_surface(struct ui_window *window); /* its number at the server */
/* Since the last call: how many commits with pixels there were, and how many pixels they called new. */
unsigned headless_commits(void);
long headless_damaged(void);
void headless_save(struct ui_window *window, const char *path); /* PNG */
/* The same as the picture `golden` of the tree? If not, the test ends, and NAME.png and NAME.diff.png are in
   build/pictures. With GOLDEN=new in the environment the file is written instead. */
void headless_compare(struct ui_window *window, const char *golden);

/* Windows, the loop, the line to the server: what a server may do to a program, restarts and bad messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/desktop/protocol.h"
#include "user/libui/headless.h"

/* links: user/libui/libui.a */

static struct ui_window *window;
static struct widget *content;

static void start(const char *title)
{
    headless_start("hello", NULL);
    window = ui_window(title, 300, 200);
    content = ui_window_content(window);
}

static void count(struct widget *widget, void *context)
{
    (void)widget;
    ++*(int *)context;
}

static void count_call(void *context)
{
    ++*(int *)context;
}

static uint32_t pixel(int x, int y)
{
    const struct canvas picture = headless_picture(window);

    return picture.pixels[y * picture.stride + x] & 0xFFFFFF;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void timers_run(void **state)
{
    int once = 0, often = 0;
    unsigned timer;

    (void)state;
    start("x");
    assert_true(ui_timer(50, false, count_call, &once) > 0);
    timer = ui_timer(20, true, count_call, &often);
    headless_advance(49);
    assert_int_equal(once, 0);
    headless_advance(60);
    assert_int_equal(once, 1);
    assert_int_equal(often, 5);
    ui_timer_stop(timer);
    headless_advance(100);
    assert_int_equal(often, 5);
    headless_end();
}

static void watched(int fd, short events, void *context)
{
    char byte;

    assert_true(events & POLLIN);
    *(int *)context += (int)read(fd, &byte, 1);
}

static void files_are_watched(void **state)
{
    int fds[2], got = 0;

    (void)state;
    start("x");
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(ui_watch(fds[0], POLLIN, watched, &got), 0);
    assert_int_equal(ui_watch(-1, POLLIN, watched, &got), -EINVAL);
    assert_int_equal(write(fds[1], "ab", 2), 2);
    headless_settle();
    assert_int_equal(got, 2);
    ui_unwatch(fds[0]);
    assert_int_equal(write(fds[1], "c", 1), 1);
    headless_settle();
    assert_int_equal(got, 2);
    close(fds[0]);
    close(fds[1]);
    headless_end();
}

static void *post_many(void *context)
{
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ui_post(count_call, context), 0);
    return NULL;
}

static void threads_post(void **state)
{
    pthread_t thread;
    int got = 0;

    (void)state;
    start("x");
    assert_int_equal(pthread_create(&thread, NULL, post_many, &got), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    headless_settle();
    assert_int_equal(got, 1000);
    headless_end();
}

static void quit_ends_the_loop(void **state)
{
    (void)state;
    start("x");
    ui_window_show(window);
    ui_quit(5);
    assert_int_equal(ui_run(), 5);
    headless_end();
}

static void the_last_window_ends_it(void **state)
{
    (void)state;
    start("x");
    ui_window_show(window);
    headless_settle();
    headless_close(window);
    assert_int_equal(ui_run(), 0);
    headless_end();
}

static void nothing_happens_when_idle(void **state)
{
    (void)state;
    start("x");
    ui_entry(content, "text", NULL, NULL);
    ui_window_show(window);
    headless_settle();
    headless_commits();
    headless_advance(5000);
    assert_int_equal(headless_commits(), 0);
    headless_end();
}

/* ---- windows --------------------------------------------------------------------------------- */

static bool refuse(struct ui_window *closed, void *context)
{
    (void)closed;
    ++*(int *)context;
    return false;
}

static void a_window_has_what_it_is_given(void **state)
{
    int width, height, asked = 0;

    (void)state;
    start("Título");
    assert_string_equal(ui_window_title(window), "Título");
    ui_window_show(window);
    headless_settle();
    ui_window_size(window, &width, &height);
    assert_int_equal(width, 300);
    assert_int_equal(height, 200);
    assert_true(ui_window_active(window));
    headless_resize(window, 400, 250);
    ui_window_size(window, &width, &height);
    assert_int_equal(width, 400);
    assert_int_equal(headless_picture(window).width, 400);
    ui_window_set_title(window, "Other");
    ui_window_set_icon(window, "files");
    ui_window_set_limits(window, 100, 100, 500, 500);
    ui_window_set_state(window, STATE_MAXIMISED);
    ui_window_set_context(window, &asked);
    assert_ptr_equal(ui_window_context(window), &asked);
    ui_window_on_close(window, refuse, &asked);
    headless_close(window);
    ui_window_close(window);
    assert_int_equal(asked, 2);
    assert_ptr_equal(headless_top(), window);
    ui_window_end(window);
    assert_null(headless_top());
    headless_end();
}

static void a_window_is_as_large_as_it_needs(void **state)
{
    int width, height;

    (void)state;
    headless_start("x", NULL);
    window = ui_window("x", 0, 0);
    ui_set_least(ui_label(ui_window_content(window), "wide"), 500, 60);
    ui_window_show(window);
    headless_settle();
    ui_window_size(window, &width, &height);
    assert_int_equal(width, 532);
    assert_int_equal(height, 92);
    headless_end();
}

static void a_dialog_blocks_its_window(void **state)
{
    struct ui_window *dialog;
    int clicks = 0;

    (void)state;
    start("x");
    ui_button(content, "Press", count, &clicks);
    ui_window_show(window);
    dialog = ui_dialog(window, "Question", 200, 100);
    ui_button(ui_window_content(dialog), "Inside", count, &clicks);
    ui_window_show(dialog);
    headless_click(window, "Press");
    headless_close(window);
    assert_int_equal(clicks, 0);
    headless_click(dialog, "Inside");
    assert_int_equal(clicks, 1);
    headless_keys("Esc");
    assert_ptr_equal(headless_top(), window);
    headless_click(window, "Press");
    assert_int_equal(clicks, 2);
    ui_dialog(window, "Never shown", 1, 1);
    ui_window_end(window);
    headless_end();
}

static void end_window(struct widget *widget, void *context)
{
    (void)context;
    ui_window_end(ui_window_of(widget));
}

static void remove_it(struct widget *widget, void *context)
{
    (void)context;
    ui_remove(widget);
}

static void callbacks_may_end_what_they_belong_to(void **state)
{
    (void)state;
    start("x");
    ui_button(content, "Remove", remove_it, NULL);
    ui_button(content, "End", end_window, NULL);
    ui_window_show(window);
    headless_click(window, "Remove");
    assert_null(ui_find(window, "Remove"));
    headless_click(window, "End");
    assert_null(headless_top());
    headless_end();
}

static bool noticed(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    if (key->pressed && key->code == KEY_F5)
        ++*(int *)context;
    return true;
}

static void keys_that_nobody_uses_come_to_the_window(void **state)
{
    int seen = 0, shortcuts = 0, pressed = 0;
    struct widget *button;

    (void)state;
    start("x");
    ui_entry(content, "", NULL, NULL);
    button = ui_button(content, "Default", count, &pressed);
    ui_window_set_default(window, button);
    ui_window_on_key(window, noticed, &seen);
    assert_int_equal(ui_shortcut(window, "Ctrl+Shift+K", count, &shortcuts), 0);
    assert_int_equal(ui_shortcut(window, "Ctrl+Nonsense", count, &shortcuts), -EINVAL);
    ui_window_show(window);
    headless_keys("F5");
    headless_keys("Ctrl+Shift+K");
    headless_keys("Ctrl+K");
    headless_keys("Enter");
    assert_int_equal(seen, 1);
    assert_int_equal(shortcuts, 1);
    assert_int_equal(pressed, 1);
    headless_end();
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static void only_what_changes_is_drawn(void **state)
{
    struct widget *label;

    (void)state;
    start("x");
    label = ui_label(content, "one");
    ui_set_grow(ui_label(content, "two"), 1);
    ui_window_show(window);
    headless_settle();
    headless_commits();
    headless_damaged();
    ui_set_text(label, "abc");
    headless_settle();
    assert_int_equal(headless_commits(), 1);
    assert_in_range(headless_damaged(), 100, 300 * 24);
    ui_set_text(label, "abc");
    headless_settle();
    assert_int_equal(headless_commits(), 0);
    headless_end();
}

static void waits_for_the_screen(void **state)
{
    struct widget *label;

    (void)state;
    start("x");
    label = ui_label(content, "one");
    ui_window_show(window);
    headless_settle();
    headless_hold(true);
    headless_commits();
    for (int i = 0; i < 10; i++) {
        ui_set_textf(label, "%d", i);
        headless_settle();
    }
    assert_in_range(headless_commits(), 1, 2);
    headless_hold(false);
    headless_settle();
    assert_int_equal(headless_commits(), 1);
    headless_end();
}

static int frames;

static void draw_frame(struct ui_window *game, void *context)
{
    struct canvas canvas;
    const struct rect at = {10 * frames, 5, 10, 10};

    (void)context;
    if (ui_pixels(game, &canvas) != 0)
        return;
    if (frames == 0)
        draw_fill(&canvas, (struct rect){0, 0, canvas.width, canvas.height}, 0xFF000010);
    draw_fill(&canvas, at, 0xFF00FF00);
    if (frames++ < 5)
        ui_present(game, frames == 1 ? (struct rect){0, 0, canvas.width, canvas.height} : at);
}

static bool pointed(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    (void)widget;
    if (pointer->kind == UI_PRESS)
        *(int *)context = pointer->x;
    return true;
}

static void a_game_has_its_pixels(void **state)
{
    int x = 0;

    (void)state;
    start("Game");
    frames = 0;
    ui_window_on_frame(window, draw_frame, NULL);
    ui_window_on_pointer(window, pointed, &x);
    ui_window_show(window);
    headless_settle();
    assert_int_equal(frames, 6);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pixel(10 * i + 5, 8), 0x00FF00);
    assert_int_equal(pixel(55, 8), 0x000010);
    headless_click_at(window, 42, 20, BUTTON_LEFT, 1);
    assert_int_equal(x, 42);
    headless_end();
}

/* ---- the server ------------------------------------------------------------------------------ */

static void there_may_be_none(void **state)
{
    (void)state;
    headless_use(NULL, NULL);
    headless_gone(true);
    assert_true(ui_start("x") < 0);
    assert_null(ui_window("x", 1, 1));
    assert_int_equal(ui_run(), 0);
    headless_end();
}

static void a_restart_loses_nothing(void **state)
{
    struct widget *entry;
    struct ui_window *dialog;

    (void)state;
    start("x");
    entry = ui_entry(content, "kept", NULL, NULL);
    ui_window_show(window);
    dialog = ui_dialog(window, "Too", 200, 90);
    ui_window_show(dialog);
    headless_settle();
    headless_resize(window, 333, 222);
    headless_break();
    ui_set_text(entry, "changed meanwhile");
    headless_advance(3000);
    headless_return();
    assert_int_equal(headless_picture(window).width, 333);
    assert_true(headless_picture(dialog).width > 0);
    headless_keys("Esc");
    headless_keys("Ctrl+A");
    headless_type("new");
    assert_string_equal(ui_text(entry), "new");
    headless_end();
}

static void after_a_minute_it_gives_up(void **state)
{
    (void)state;
    start("x");
    ui_window_show(window);
    headless_break();
    headless_advance(61000);
    assert_int_equal(ui_run(), 1);
    headless_end();
}

static void the_desktop_changes(void **state)
{
    int heard = 0, width, height;

    (void)state;
    start("x");
    ui_on_desktop(count_call, &heard);
    ui_window_show(window);
    headless_settle();
    assert_string_equal(ui_language(), "en");
    assert_string_equal(ui_say("Open", "Abrir"), "Open");
    assert_int_equal(ui_px(10), 10);
    const uint32_t dark = pixel(150, 190);

    headless_set("light", "es", 150);
    assert_int_equal(heard, 1);
    assert_string_equal(ui_say("Open", "Abrir"), "Abrir");
    assert_string_equal(ui_layout(), "us");
    assert_int_equal(ui_scale(), 150);
    assert_int_equal(ui_px(10), 15);
    assert_int_not_equal(pixel(150, 190), dark);
    assert_int_equal(pixel(150, 190), ui_theme()->surface & 0xFFFFFF);
    ui_screen_size(&width, &height);
    assert_int_equal(width, 1024);
    assert_true(font_height(ui_font(FONT_UI, UI_TEXT)) > 13);
    headless_end();
}

static void bad_messages_end_the_line_alone(void **state)
{
    union message message = {.head = {MESSAGE_KEY, 8, 1}};
    unsigned char half[3] = {1, 2, 3};

    (void)state;
    start("x");
    ui_window_show(window);
    headless_settle();
    headless_say(&message, 8); /* not its type's size */
    headless_return();
    headless_say(half, sizeof(half)); /* the server went in the middle of one */
    headless_return();
    assert_true(headless_picture(window).width == 300);
    headless_end();
}

static uint32_t chance = 7;

static uint32_t next(void)
{
    chance = chance * 1664525u + 1013904223u;
    return chance >> 4;
}

/* Sizes that no surface has: the window stays as it is. */
static void impossible_sizes_are_not_taken(void **state)
{
    static const int sizes[][2] = {
        {0, 100}, {100, -1}, {INT32_MIN, 5}, {SIZE_MAX_PX + 1, 10}, {10, INT32_MAX}};

    (void)state;
    start("x");
    ui_window_show(window);
    headless_settle();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct message_configure message = {
            {MESSAGE_CONFIGURE, sizeof(message), headless_surface(window)}, 99, sizes[i][0], sizes[i][1], 0};

        headless_say(&message, sizeof(message));
        assert_int_equal(headless_picture(window).width, 300);
    }
    assert_true(ui_now_ms() > 0);
    headless_end();
}

/* Any message of a server, with any numbers in it: the program lives, and is drawn. */
static void any_message_is_borne(void **state)
{
    (void)state;
    start("x");
    ui_entry(content, "text", NULL, NULL);
    ui_text_area(content, NULL, NULL, NULL);
    ui_window_show(window);
    headless_settle();
    for (int i = 0; i < 20000; i++) {
        union message message = {0};
        const unsigned type = MESSAGE_WELCOME + 1 + next() % (MESSAGE_SERVER_END - MESSAGE_WELCOME - 1);
        unsigned char *bytes = (unsigned char *)&message;

        if (type == MESSAGE_CONFIGURE || type == MESSAGE_CLOSE || type == MESSAGE_ERROR)
            continue; /* those change or end the window, as they should */
        for (size_t at = sizeof(message.head); at < protocol_size(type); at++)
            bytes[at] = next() % 4 ? 0 : (unsigned char)next();
        message.head = (struct message_head){(uint16_t)type, (uint16_t)protocol_size(type), next() % 3};
        if (protocol_fds(&message))
            continue;
        if (type == MESSAGE_KEY)
            message.key.text[15] = '\0';
        headless_say(&message, message.head.size);
    }
    assert_true(headless_picture(window).width == 300);
    headless_end();
}

/* ---- clipboard and the rest ------------------------------------------------------------------ */

static char got[64];

static void take_text(const char *type, const void *bytes, size_t size, void *context)
{
    (void)context;
    assert_string_equal(type, TYPE_TEXT);
    memcpy(got, bytes, size);
    got[size] = '\0';
}

static void take_picture(const struct canvas *picture, void *context)
{
    assert_non_null(picture);
    *(uint32_t *)context = picture->pixels[3];
}

static void take_statistics(const struct ui_statistics *statistics, void *context)
{
    *(unsigned *)context = statistics->clients;
}

static void speaks_of_other_things(void **state)
{
    uint32_t last = 0;
    unsigned clients = 0;

    (void)state;
    start("x");
    ui_window_show(window);
    headless_settle();
    assert_int_equal(ui_clipboard_set(TYPE_TEXT, "copied", 6), 0);
    assert_string_equal(headless_clipboard(), "copied");
    ui_clipboard_get(TYPE_TEXT, take_text, NULL);
    headless_settle();
    assert_string_equal(got, "copied");
    ui_notify("info", "Title", "text");
    ui_notify_critical("info", "Title", "text");
    assert_string_equal(headless_notified(), "Title: text");
    assert_int_equal(ui_set_desktop("theme", "light"), 0);
    assert_string_equal(headless_setting(), "theme=light");
    assert_int_equal(ui_set_desktop("theme",
                                    "x123456789012345678901234567890123456789012345678901234567890123456"
                                    "789012345678901234567890123456789012345678901234567890123456789"),
                     -EINVAL);
    ui_capture(CAPTURE_SCREEN, take_picture, &last);
    ui_count(take_statistics, &clients);
    headless_settle();
    assert_int_equal(last, 0xFF000004);
    assert_int_equal(clients, 1);
    headless_end();
}

static bool dropped(struct widget *widget, const struct ui_drop *drop, void *context)
{
    (void)widget;
    (void)context;
    memcpy(got, drop->bytes, drop->size);
    got[drop->size] = '\0';
    return true;
}

static void drag_done(struct widget *widget, unsigned action, void *context)
{
    (void)widget;
    *(unsigned *)context = action;
}

static void drags_and_takes(void **state)
{
    struct widget *label;
    unsigned action = 9;

    (void)state;
    start("x");
    label = ui_label(content, "Drop here");
    ui_on_drop(label, dropped, NULL);
    ui_window_show(window);
    headless_settle();
    headless_drop(window, 20, 20, TYPE_URIS, "file:///a", UI_COPY);
    assert_string_equal(got, "file:///a");
    assert_int_equal(ui_drag(label, TYPE_TEXT, "taken", 5, UI_COPY | UI_MOVE, drag_done, &action), 0);
    assert_string_equal(headless_dragged(), "taken");
    headless_drag_took(UI_MOVE);
    assert_int_equal(action, UI_MOVE);
    assert_int_equal(ui_drag(NULL, TYPE_TEXT, "x", 1, UI_COPY, NULL, NULL), -EINVAL);
    headless_end();
}

static void nothing_is_borne(void **state)
{
    (void)state;
    start("x");
    assert_null(ui_button(NULL, "x", NULL, NULL));
    assert_null(ui_dialog(NULL, "x", 1, 1));
    assert_null(ui_table(NULL, NULL, 0, NULL, NULL, NULL, NULL));
    ui_set_text(NULL, "x");
    ui_remove(NULL);
    ui_window_end(NULL);
    ui_window_show(NULL);
    ui_focus(NULL);
    ui_menu_end(NULL);
    ui_item_set_checked(NULL, true);
    assert_string_equal(ui_text(NULL), "");
    assert_int_equal(ui_value(NULL), 0);
    assert_false(ui_visible(NULL));
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_run), cmocka_unit_test(files_are_watched), cmocka_unit_test(threads_post),
        cmocka_unit_test(quit_ends_the_loop), cmocka_unit_test(the_last_window_ends_it),
        cmocka_unit_test(nothing_happens_when_idle), cmocka_unit_test(a_window_has_what_it_is_given),
        cmocka_unit_test(a_window_is_as_large_as_it_needs), cmocka_unit_test(a_dialog_blocks_its_window),
        cmocka_unit_test(callbacks_may_end_what_they_belong_to),
        cmocka_unit_test(keys_that_nobody_uses_come_to_the_window),
        cmocka_unit_test(only_what_changes_is_drawn), cmocka_unit_test(waits_for_the_screen),
        cmocka_unit_test(a_game_has_its_pixels), cmocka_unit_test(there_may_be_none),
        cmocka_unit_test(a_restart_loses_nothing), cmocka_unit_test(after_a_minute_it_gives_up),
        cmocka_unit_test(the_desktop_changes), cmocka_unit_test(bad_messages_end_the_line_alone),
        cmocka_unit_test(any_message_is_borne), cmocka_unit_test(impossible_sizes_are_not_taken),
        cmocka_unit_test(speaks_of_other_things),
        cmocka_unit_test(drags_and_takes), cmocka_unit_test(nothing_is_borne),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

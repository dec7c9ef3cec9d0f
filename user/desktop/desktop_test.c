/*
 * The whole server, headless, with clients: windows come, are moved and closed, clients lie, flood, hang and
 * die. After each step the screen must be what composing everything anew would make of it (check_screen):
 * damage that was forgotten shows there.
 */
/* links: user/desktop/desktop_host.a */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/desktop/client.h"
#include "user/desktop/input.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnify.h"
#include "user/desktop/output.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/test/peer.h"
#include "user/desktop/test/system_host.h"
#include "user/desktop/turn.h"

#define RED   0xFFC03020u
#define GREEN 0xFF20A040u
#define BLUE  0xFF2040C0u

static char home[] = "/tmp/desktop_test.XXXXXX";
static struct host_screen screen_kind = {800, 600, 32};
static struct peer a, b;

/* ---- the server -------------------------------------------------------------------------------- */

static void settle(void)
{
    int turns = 0;

    do
        desktop_turn();
    while (!host_is_idle() && turns++ < 500);
    assert_true(turns < 500);
}

static void start_server(void)
{
    host_start(&screen_kind, home);
    assert_int_equal(desktop_start(), 0);
    memset(&keyboard.held, 0, sizeof(keyboard.held));
    settle();
}

static void end_server(void)
{
    desktop_end();
    host_end();
}

static int set_up(void **state)
{
    char path[300];

    (void)state;
    font_folder("build/fonts");
    theme_folder("user/draw/themes");
    screen_kind = (struct host_screen){800, 600, 32};
    snprintf(path, sizeof(path), "%s/windows", home);
    unlink(path);
    snprintf(path, sizeof(path), "%s/desktop", home);
    unlink(path);
    start_server();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    end_server();
    return 0;
}

/* For the eye: DESKTOP_TEST_PICTURES=folder. */
static void keep_picture(const char *name)
{
    const char *folder = getenv("DESKTOP_TEST_PICTURES");
    char path[300];
    FILE *file;

    if (!folder)
        return;
    snprintf(path, sizeof(path), "%s/%s.ppm", folder, name);
    file = fopen(path, "w");
    fprintf(file, "P6\n%d %d\n255\n", screen_kind.width, screen_kind.height);
    for (int i = 0; i < screen_kind.width * screen_kind.height; i++) {
        uint32_t pixel = host_pixel(i % screen_kind.width, i / screen_kind.width);

        fputc(pixel >> 16, file);
        fputc(pixel >> 8, file);
        fputc(pixel, file);
    }
    fclose(file);
}

static void check_screen(void)
{
    size_t size;
    const uint8_t *bytes;
    uint8_t *before;
    uint64_t frames;

    host_pass(FRAME_NS + 1); /* what a test itself changed is composed, too */
    settle();
    bytes = host_screen_bytes(&size);
    before = malloc(size);
    memcpy(before, bytes, size);
    compose_damage(compose_box());
    frames = compose_counts().frames;
    host_pass(FRAME_NS + 1);
    settle();
    assert_int_equal(compose_counts().frames, frames + 1);
    for (size_t i = 0; i < size; i++) {
        if (before[i] != bytes[i])
            fail_msg("the screen is another at %d,%d", (int)(i % 3264 / 4), (int)(i / 3264));
    }
    free(before);
}

static struct rect frame_of(unsigned number)
{
    assert_non_null(scene_window(number));
    return scene_window(number)->window.frame;
}

static void click(int x, int y)
{
    host_point(x, y);
    host_button(BUTTON_LEFT, true);
    host_button(BUTTON_LEFT, false);
    settle();
}

static void drag(int x, int y, int to_x, int to_y)
{
    host_point(x, y);
    host_button(BUTTON_LEFT, true);
    settle();
    for (int i = 1; i <= 4; i++) {
        host_point(x + (to_x - x) * i / 4, y + (to_y - y) * i / 4);
        settle();
    }
    host_button(BUTTON_LEFT, false);
    settle();
}

static void chord(unsigned modifier, unsigned code)
{
    host_key(modifier, INPUT_PRESSED);
    host_press(code);
    host_key(modifier, INPUT_RELEASED);
    settle();
}

/* ---- windows ----------------------------------------------------------------------------------- */

static void test_it_is_ready_and_then_idle(void **state)
{
    uint64_t frames = compose_counts().frames;

    (void)state;
    assert_non_null(strstr(host_log(), "ready"));
    assert_int_not_equal(host_pixel(400, 300), 0xFF000000);
    for (int second = 0; second < 100; second++) {
        host_pass(1000000000u);
        settle();
    }
    assert_in_range(compose_counts().frames - frames, 1, 2); /* the clock's minute */
    check_screen();
}

/* Language and keyboard are asked for once: not when there is a file, nor when a script is there alone. */
static void test_the_first_start(void **state)
{
    (void)state;
    assert_string_equal(host_spawned(), ""); /* plain */
    end_server();
    host_ask(true);
    start_server();
    assert_string_equal(host_spawned(), "/bin/settings --first");
    peer_start(&a, "settings", 10);
    peer_text(&a, MESSAGE_SET, 0, "first-start=done");
    settle();
    end_server();
    start_server();
    assert_string_equal(host_spawned(), "");
    host_ask(false);
    peer_end(&a);
}

static void test_a_window_comes_and_goes(void **state)
{
    uint32_t ground = host_pixel(300, 300);
    struct rect frame;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    frame = frame_of(0);
    assert_int_equal(frame.w, 302);
    assert_int_equal(host_pixel(frame.x + 150, frame.y + 100), RED);
    assert_int_equal(host_pixel(frame.x + 1, frame.y + 34), RED);
    assert_int_not_equal(host_pixel(frame.x + 150, frame.y + 10), RED);
    assert_true(scene_focused() == scene_window(0));
    check_screen();
    keep_picture("window");
    peer_plain(&a, MESSAGE_SURFACE_END, 1);
    check_screen();
    assert_null(scene_window(0));
    assert_int_equal(host_pixel(300, 300), ground);
    peer_end(&a);
    settle();
    assert_int_equal(client_count(), 0);
}

static void test_a_commit_is_whole(void **state)
{
    struct rect frame;
    int middle_x, middle_y;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 200, 100, RED);
    frame = frame_of(0);
    middle_x = frame.x + 100;
    middle_y = frame.y + 80;
    peer_show(&a, 1, 200, 100, GREEN);
    /* Not committed: nothing is seen of it. */
    struct message_buffer buffer = {
        {MESSAGE_BUFFER, sizeof(buffer), 0}, 60, PIXELS_XRGB, 200, 100, 800, 0, 0};

    peer_say(&a, &buffer, peer_memory(80000, BLUE));
    peer_number(&a, MESSAGE_ATTACH, 1, 60);
    peer_rect(&a, MESSAGE_DAMAGE, 1, 0, 0, 200, 100);
    settle();
    assert_int_equal(host_pixel(middle_x, middle_y), GREEN);
    peer_plain(&a, MESSAGE_COMMIT, 1);
    settle();
    assert_int_equal(host_pixel(middle_x, middle_y), BLUE);
    check_screen();
    peer_end(&a);
}

static void test_buffers_come_back(void **state)
{
    struct message_buffer buffer = {{MESSAGE_BUFFER, sizeof(buffer), 0}, 1, PIXELS_XRGB, 100, 100, 400, 0, 0};
    const union message *release;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_surface(&a, 1, SURFACE_WINDOW, 0, 0, 0, 100, 100);
    assert_non_null(peer_wait(&a, MESSAGE_CONFIGURE));
    for (buffer.buffer = 1; buffer.buffer <= 2; buffer.buffer++) {
        peer_say(&a, &buffer, peer_memory(40000, buffer.buffer == 1 ? RED : GREEN));
        peer_number(&a, MESSAGE_ATTACH, 1, buffer.buffer);
        peer_plain(&a, MESSAGE_COMMIT, 1);
        settle();
    }
    release = peer_find(&a, MESSAGE_RELEASE);
    assert_non_null(release);
    assert_int_equal(release->number.number, 1);
    assert_null(peer_find(&a, MESSAGE_RELEASE));
    peer_end(&a);
}

static void test_windows_are_dragged_by_the_title(void **state)
{
    struct rect before, after;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    before = frame_of(0);
    drag(before.x + 100, before.y + 12, before.x + 180, before.y + 92);
    after = frame_of(0);
    assert_int_equal(after.x, before.x + 80);
    assert_int_equal(after.y, before.y + 80);
    check_screen();
    drag(after.x + 100, after.y + 12, 100, 2000); /* not below the panel */
    assert_true(frame_of(0).y + 34 <= 600);
    check_screen();
    peer_end(&a);
}

static void test_windows_are_resized_by_each_edge(void **state)
{
    static const struct {
        int x, y, dx, dy; /* -1 left or top, 1 right or bottom, 0 middle */
    } edges[] = {{-1, 0, -40, 0}, {1, 0, 30, 0},   {0, -1, 0, -20}, {0, 1, 0, 25},
                 {-1, -1, 20, 10}, {1, 1, -20, -10}, {-1, 1, -7, 9}, {1, -1, 11, -13}};

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    window_move(scene_focused(), frame_of(0).x + 60, frame_of(0).y + 60);
    for (unsigned i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        struct rect f = frame_of(0), g;
        int x = edges[i].x < 0 ? f.x : edges[i].x > 0 ? f.x + f.w - 1 : f.x + f.w / 2;
        int y = edges[i].y < 0 ? f.y : edges[i].y > 0 ? f.y + f.h - 1 : f.y + f.h / 2;

        drag(x, y, x + edges[i].dx, y + edges[i].dy);
        g = frame_of(0);
        assert_int_equal(g.w, f.w + edges[i].x * edges[i].dx);
        assert_int_equal(g.h, f.h + edges[i].y * edges[i].dy);
        assert_int_equal(g.x, edges[i].x < 0 ? f.x + edges[i].dx : f.x);
        assert_int_equal(g.y, edges[i].y < 0 ? f.y + edges[i].dy : f.y);
        peer_hear(&a);
        assert_int_equal(a.width, g.w - 2);
        assert_int_equal(a.height, g.h - 35);
        peer_show(&a, 1, a.width, a.height, GREEN);
        check_screen();
    }
    peer_end(&a);
}

static void test_double_click_and_buttons(void **state)
{
    struct rect f, large = {0, 0, 800, 556};

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    click(f.x + 100, f.y + 12);
    click(f.x + 100, f.y + 12);
    assert_memory_equal(&scene_window(0)->window.frame, &large, sizeof(large));
    peer_hear(&a);
    assert_true(a.state & CONFIGURE_MAXIMISED);
    peer_show(&a, 1, a.width, a.height, GREEN);
    check_screen();
    keep_picture("maximised");
    host_pass(1000000000);
    click(800 - 6 - 48, 12); /* the middle button */
    assert_memory_equal(&scene_window(0)->window.frame, &f, sizeof(f));
    check_screen();
    click(f.x + f.w - 6 - 80, f.y + 12);
    assert_int_equal(scene_window(0)->window.state, STATE_MINIMISED);
    assert_null(scene_focused());
    check_screen();
    scene_focus(scene_window(0));
    click(f.x + f.w - 6 - 16, f.y + 12);
    assert_non_null(peer_find(&a, MESSAGE_CLOSE));
    peer_end(&a);
}

static void test_a_window_that_begins_with_the_whole_screen(void **state)
{
    struct message_surface surface = {
        {MESSAGE_SURFACE, sizeof(surface), 1}, SURFACE_WINDOW, 0, 0, 0, 300, 200};

    (void)state;
    peer_start(&a, "viewer", 10);
    peer_say(&a, &surface, -1);
    peer_number(&a, MESSAGE_STATE, 1, STATE_FULLSCREEN);
    peer_plain(&a, MESSAGE_COMMIT, 1);
    assert_non_null(peer_wait(&a, MESSAGE_CONFIGURE));
    assert_int_equal(a.width, 800);
    assert_int_equal(a.height, 600);
    peer_show(&a, 1, 800, 600, BLUE);
    check_screen();
    assert_int_equal(host_pixel(0, 0), BLUE);
    assert_int_equal(host_pixel(799, 599), BLUE); /* the panel is below */
    chord(KEY_LEFTMETA, KEY_F);
    assert_int_equal(frame_of(0).w, 302);
    check_screen();
    peer_end(&a);
}

static void test_snapping(void **state)
{
    struct rect f, left = {0, 0, 400, 556}, quarter = {400, 0, 400, 278}, g;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    host_point(f.x + 100, f.y + 12);
    host_button(BUTTON_LEFT, true);
    host_point(0, 300);
    settle();
    keep_picture("preview");
    check_screen();
    host_button(BUTTON_LEFT, false);
    settle();
    g = frame_of(0);
    assert_memory_equal(&g, &left, sizeof(left));
    check_screen();
    drag(200, 12, 799, 20);
    g = frame_of(0);
    assert_memory_equal(&g, &quarter, sizeof(g)); /* pulled loose, then let go in the corner */
    chord(KEY_LEFTMETA, KEY_DOWN);
    assert_int_equal(scene_window(0)->window.tile, TILE_RIGHT);
    chord(KEY_LEFTMETA, KEY_LEFT);
    assert_int_equal(scene_window(0)->window.tile, TILE_NONE);
    g = frame_of(0);
    assert_int_equal(g.w, f.w);
    assert_int_equal(g.h, f.h);
    check_screen();
    peer_end(&a);
}

static void press_right(int x, int y)
{
    host_point(x, y);
    host_button(BUTTON_RIGHT, true);
    host_button(BUTTON_RIGHT, false);
    settle();
}

static void press_keys(const unsigned *codes)
{
    for (; *codes; codes++)
        host_press(*codes);
    settle();
}

static void test_the_window_s_menu_by_keys(void **state)
{
    static const unsigned minimise[] = {KEY_DOWN, KEY_DOWN, KEY_ENTER, 0}, close[] = {KEY_UP, KEY_ENTER, 0},
                          resize[] = {KEY_DOWN, KEY_ENTER, KEY_RIGHT, KEY_ENTER, 0}, third[] = {KEY_3, 0},
                          move[] = {KEY_ENTER, KEY_DOWN, KEY_ENTER, 0}, away[] = {KEY_A, KEY_ESC, 0},
                          maximise[] = {KEY_DOWN, KEY_DOWN, KEY_DOWN, KEY_ENTER, 0};
    struct rect f;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    chord(KEY_LEFTALT, KEY_SPACE);
    check_screen();
    keep_picture("window-menu");
    peer_hear(&a);
    peer_forget(&a);
    press_keys(away); /* no key comes through */
    assert_null(peer_find(&a, MESSAGE_KEY));
    check_screen();
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(move);
    assert_int_equal(frame_of(0).y, f.y + 16);
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(resize);
    assert_int_equal(frame_of(0).w, f.w + 16);
    check_screen();
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(maximise);
    assert_int_equal(scene_window(0)->window.state, STATE_MAXIMISED);
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(maximise); /* which is Restore now */
    assert_int_equal(scene_window(0)->window.state, STATE_NORMAL);
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(minimise);
    assert_int_equal(scene_window(0)->window.state, STATE_MINIMISED);
    chord(KEY_LEFTALT, KEY_SPACE); /* of no window */
    check_screen();
    scene_focus(scene_window(0));
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(third);
    assert_int_equal(scene_window(0)->window.workspace, 2);
    check_screen();
    scene_focus(scene_window(0));
    chord(KEY_LEFTALT, KEY_SPACE);
    press_keys(close);
    assert_non_null(peer_find(&a, MESSAGE_CLOSE));
    chord(KEY_LEFTALT, KEY_SPACE);
    peer_end(&a); /* it goes while its menu is open */
    check_screen();
    scene_set_workspace(0);
    check_screen();
}

static void test_the_window_s_menu_by_the_pointer(void **state)
{
    struct message_limits fixed = {{MESSAGE_LIMITS, sizeof(fixed), 1}, 300, 200, 300, 200};
    struct rect f, menu;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    press_right(f.x + 150, f.y + 12);
    assert_non_null(layer_at(f.x + 160, f.y + 22));
    menu = layer_at(f.x + 160, f.y + 22)->box;
    check_screen();
    click(menu.x + 40, menu.y + 6 + 2 * 30 + 15);
    assert_int_equal(scene_window(0)->window.state, STATE_MINIMISED);
    check_screen();
    scene_focus(scene_window(0));
    peer_say(&a, &fixed, -1);
    settle();
    press_right(f.x + 150, f.y + 12);
    keep_picture("window-menu-fixed");
    click(menu.x + 40, menu.y + 6 + 3 * 30 + 15); /* it cannot become larger: nothing, and it stays */
    assert_int_equal(scene_window(0)->window.state, STATE_NORMAL);
    assert_non_null(layer_at(f.x + 160, f.y + 22));
    click(790, 300);
    assert_null(layer_at(f.x + 160, f.y + 22));
    check_screen();
    press_right(f.x + 150, f.y + 100); /* the content is the program's */
    assert_null(layer_at(f.x + 160, f.y + 110));
    peer_end(&a);
}

static void test_stacking_focus_and_workspaces(void **state)
{
    struct rect f;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_start(&b, "files", 11);
    peer_window(&a, 1, 300, 200, RED);
    peer_window(&b, 1, 300, 200, GREEN);
    assert_string_equal(scene_focused()->client->name, "files");
    f = frame_of(1);
    click(f.x + 5, f.y + 100);
    assert_string_equal(scene_focused()->client->name, "terminal");
    check_screen();
    keep_picture("stack");
    chord(KEY_LEFTALT, KEY_TAB);
    assert_string_equal(scene_focused()->client->name, "files");
    check_screen();
    chord(KEY_LEFTMETA, KEY_2);
    assert_null(scene_focused());
    check_screen();
    chord(KEY_LEFTMETA, KEY_1);
    host_key(KEY_LEFTSHIFT, INPUT_PRESSED);
    chord(KEY_LEFTMETA, KEY_3);
    host_key(KEY_LEFTSHIFT, INPUT_RELEASED);
    settle();
    assert_string_equal(scene_focused()->client->name, "terminal");
    chord(KEY_LEFTMETA, KEY_3);
    assert_string_equal(scene_focused()->client->name, "files");
    check_screen();
    peer_end(&a);
    peer_end(&b);
    chord(KEY_LEFTMETA, KEY_1);
}

static void test_keys_go_to_the_focus_alone(void **state)
{
    const union message *key;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_start(&b, "files", 11);
    peer_window(&a, 1, 300, 200, RED);
    peer_window(&b, 1, 300, 200, GREEN);
    peer_forget(&a);
    host_key(KEY_LEFTSHIFT, INPUT_PRESSED);
    host_press(KEY_A);
    host_key(KEY_LEFTSHIFT, INPUT_RELEASED);
    settle();
    assert_non_null(peer_find(&b, MESSAGE_KEY)); /* the Shift */
    key = peer_find(&b, MESSAGE_KEY);
    assert_string_equal(key->key.text, "A");
    assert_int_equal(key->key.modifiers, MODIFIER_SHIFT);
    assert_null(peer_find(&a, MESSAGE_KEY));
    peer_end(&a);
    peer_end(&b);
}

/* How often the key typed in a time, as the client hears it: `value` INPUT_REPEATED. */
static unsigned repeats_in(uint64_t ns)
{
    unsigned count = 0;
    const union message *key;

    for (uint64_t end = host_now_ns() + ns; host_now_ns() < end; desktop_turn())
        host_pass(1000000);
    while ((key = peer_find(&a, MESSAGE_KEY)))
        count += key->key.value == INPUT_REPEATED && key->key.text[0] == 'a';
    return count;
}

static void test_a_key_that_is_held_repeats(void **state)
{
    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_text(&a, MESSAGE_SET, 0, "repeat-delay-ms=500");
    peer_text(&a, MESSAGE_SET, 0, "repeat-rate=20");
    settle();
    host_key(KEY_A, INPUT_PRESSED);
    host_key(KEY_A, INPUT_REPEATED); /* the keyboard's own */
    assert_int_equal(repeats_in(450000000), 0);
    assert_in_range(repeats_in(1000000000), 19, 21);
    host_key(KEY_LEFTSHIFT, INPUT_PRESSED); /* another key ends it */
    host_key(KEY_LEFTSHIFT, INPUT_RELEASED);
    assert_in_range(repeats_in(1000000000), 0, 1); /* one may have been on its way */
    assert_int_equal(repeats_in(1000000000), 0);
    host_key(KEY_A, INPUT_RELEASED);
    peer_text(&a, MESSAGE_SET, 0, "repeat-rate=0");
    settle();
    host_key(KEY_A, INPUT_PRESSED);
    assert_int_equal(repeats_in(2000000000), 0);
    host_key(KEY_A, INPUT_RELEASED);
    peer_text(&a, MESSAGE_SET, 0, "repeat-rate=60");
    settle();
    host_key(KEY_A, INPUT_PRESSED);
    assert_int_not_equal(repeats_in(1000000000), 0);
    host_lose_input(); /* its release with it */
    assert_in_range(repeats_in(1000000000), 0, 1);
    peer_end(&a);
}

static void test_popups_and_dialogs(void **state)
{
    struct rect f;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    peer_surface(&a, 2, SURFACE_POPUP, 1, 50, 50, 120, 80);
    peer_show(&a, 2, 120, 80, BLUE);
    check_screen();
    keep_picture("popup");
    assert_int_equal(host_pixel(f.x + 1 + 50 + 60, f.y + 34 + 50 + 40), BLUE);
    click(f.x + 5, f.y + 60); /* beside it: it shall go, and the click with it */
    assert_non_null(peer_find(&a, MESSAGE_POPUP_DONE));
    assert_null(peer_find(&a, MESSAGE_BUTTON));
    peer_plain(&a, MESSAGE_SURFACE_END, 2);
    check_screen();
    peer_surface(&a, 3, SURFACE_DIALOG, 1, 0, 0, 150, 80);
    settle();
    peer_hear(&a);
    peer_show(&a, 3, 150, 80, GREEN);
    settle();
    assert_int_equal(scene_focused()->number, 3);
    click(f.x + 5, f.y + 60);
    assert_int_equal(scene_focused()->number, 3);
    assert_null(peer_find(&a, MESSAGE_BUTTON));
    peer_plain(&a, MESSAGE_SURFACE_END, 1); /* takes the dialog along */
    check_screen();
    assert_null(scene_window(0));
    peer_end(&a);
}

/* ---- bad clients ------------------------------------------------------------------------------- */

static void expect_refused(struct peer *peer, const char *text)
{
    const union message *error = peer_wait(peer, MESSAGE_ERROR);

    assert_non_null(error);
    if (!strstr(error->error.text, text))
        fail_msg("\"%s\" has no \"%s\"", error->error.text, text);
    settle();
    peer_hear(peer);
    assert_true(peer->closed);
    peer_end(peer);
}

static void try_buffer(struct message_buffer buffer, size_t size, int seals, const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    if (seals)
        fcntl(fd, F_ADD_SEALS, seals);
    peer_start(&a, "liar", 10);
    buffer.head = (struct message_head){MESSAGE_BUFFER, sizeof(buffer), 0};
    peer_say(&a, &buffer, fd);
    expect_refused(&a, text);
}

static void test_clients_that_lie(void **state)
{
    const struct message_buffer good = {.buffer = 1, .width = 100, .height = 100, .stride = 400};
    struct message_buffer bad;
    int null;

    (void)state;
    try_buffer(good, 39999, F_SEAL_SHRINK, "larger than its file");
    try_buffer(good, 40000, 0, "not sealed");
    bad = good, bad.offset = UINT64_MAX - 3;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "larger than its file");
    bad = good, bad.offset = 2;
    try_buffer(bad, 50000, F_SEAL_SHRINK, "multiples of 4");
    bad = good, bad.stride = 396;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "stride");
    bad = good, bad.stride = INT32_MIN;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "stride");
    bad = good, bad.width = 0;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "1 to 8192");
    bad = good, bad.height = INT32_MAX;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "1 to 8192");
    bad = good, bad.buffer = 65;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "number");
    bad = good, bad.format = 7;
    try_buffer(bad, 40000, F_SEAL_SHRINK, "format");
    peer_start(&a, "liar", 10);
    null = open("/dev/null", O_RDWR);
    bad = good, bad.head = (struct message_head){MESSAGE_BUFFER, sizeof(bad), 0};
    peer_say(&a, &bad, null);
    expect_refused(&a, "memfd_create");
    peer_start(&a, "liar", 10);
    peer_say(&a, &bad, -1);
    expect_refused(&a, "file is missing");
    check_screen();
}

static void test_clients_that_break_rules(void **state)
{
    struct peer silent = {.fd = host_connect(12)};
    char garbage[40] = "these bytes are no messages";

    (void)state;
    peer_plain(&silent, MESSAGE_COMMIT, 1);
    expect_refused(&silent, "HELLO comes first");
    peer_start(&a, "bad", 10);
    peer_plain(&a, MESSAGE_COMMIT, 1);
    expect_refused(&a, "no surface 1");
    peer_start(&a, "bad", 10);
    peer_surface(&a, 33, SURFACE_WINDOW, 0, 0, 0, 10, 10);
    expect_refused(&a, "1 to 32");
    peer_start(&a, "bad", 10);
    peer_surface(&a, 1, SURFACE_POPUP, 0, 0, 0, 10, 10);
    expect_refused(&a, "parent");
    peer_start(&a, "bad", 10);
    settle();
    assert_int_equal(system_send(a.fd, garbage, sizeof(garbage), NULL, 0), 0);
    expect_refused(&a, "not a message");
    assert_int_equal(client_count(), 0);
    check_screen();
}

static void test_a_client_that_floods_delays_nobody(void **state)
{
    int said = 0;

    (void)state;
    peer_start(&a, "flood", 10);
    peer_start(&b, "files", 11);
    peer_window(&a, 1, 300, 200, RED);
    peer_window(&b, 1, 100, 80, GREEN);
    peer_forget(&b);
    for (struct message_plain m = {{MESSAGE_COMMIT, sizeof(m), 1}};
         system_send(a.fd, &m, sizeof(m), NULL, 0) == 0;)
        said++;
    assert_true(said > (int)CLIENT_TURN);
    host_press(KEY_X);
    desktop_turn();
    assert_non_null(peer_find(&b, MESSAGE_KEY));
    peer_end(&a);
    peer_end(&b);
}

static void test_a_client_that_takes_nothing_is_thrown_out(void **state)
{
    (void)state;
    peer_start(&a, "mute", 10);
    settle();
    for (int i = 0; i < 20000 && client_count(); i++) {
        struct message_plain message = {{MESSAGE_STATS, sizeof(message), 0}};

        (void)system_send(a.fd, &message, sizeof(message), NULL, 0);
        desktop_turn();
    }
    assert_int_equal(client_count(), 0);
    close(a.fd);
    check_screen();
}

static void test_a_client_that_hangs_can_be_moved_and_ended(void **state)
{
    struct rect f;

    (void)state;
    peer_start(&a, "stuck", 77);
    peer_window(&a, 1, 300, 200, RED);
    a.answers = 0;
    f = frame_of(0);
    host_press(KEY_A);
    settle();
    host_pass(6000000000u);
    settle();
    assert_true(client_at(0)->hung);
    check_screen();
    keep_picture("hung");
    drag(f.x + 100, f.y + 12, f.x + 140, f.y + 42);
    assert_int_equal(frame_of(0).x, f.x + 40);
    chord(KEY_LEFTALT, KEY_F4);
    check_screen();
    keep_picture("ending");
    host_press(KEY_TAB);
    host_press(KEY_ENTER);
    settle();
    assert_int_equal(host_ended(), 77);
    assert_int_equal(client_count(), 0);
    check_screen();
    peer_end(&a);
}

/* It had more to say than a turn takes, and could not be answered any more. */
static void test_the_last_words_of_a_client_count(void **state)
{
    (void)state;
    peer_start(&a, "settings", 10);
    settle();
    for (unsigned i = 0; i < 2 * CLIENT_TURN; i++)
        peer_plain(&a, MESSAGE_STATS, 0);
    peer_text(&a, MESSAGE_SET, 0, "language=es");
    peer_end(&a);
    settle();
    assert_string_equal(settings.language, "es");
    assert_int_equal(client_count(), 0);
}

static void test_a_client_that_dies_takes_its_windows_along(void **state)
{
    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_surface(&a, 2, SURFACE_POPUP, 1, 50, 50, 120, 80);
    peer_show(&a, 2, 120, 80, BLUE);
    settle();
    host_point(frame_of(0).x + 60, frame_of(0).y + 60);
    host_button(BUTTON_LEFT, true);
    settle();
    peer_end(&a);
    settle();
    assert_int_equal(client_count(), 0);
    assert_null(scene_window(0));
    host_button(BUTTON_LEFT, false);
    check_screen();
}

/* ---- services ---------------------------------------------------------------------------------- */

static void test_the_clipboard(void **state)
{
    struct message_data data = {.head = {MESSAGE_CLIPBOARD_SET, sizeof(data), 0}, .type = TYPE_TEXT,
                                .size = 20u << 20};
    const union message *answer;
    char bytes[4] = {0};

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_start(&b, "files", 11);
    peer_window(&a, 1, 300, 200, RED);
    peer_say(&a, &data, peer_memory(20u << 20, 0x21434241)); /* "ABC!" */
    settle();
    peer_window(&b, 1, 300, 200, GREEN);
    data.head.type = MESSAGE_CLIPBOARD_GET;
    data.number = 5;
    peer_end(&a); /* who copied is gone */
    settle();
    peer_say(&b, &data, -1);
    answer = peer_wait(&b, MESSAGE_CLIPBOARD);
    assert_non_null(answer);
    assert_int_equal(answer->data.size, 20u << 20);
    assert_int_equal(answer->data.number, 5);
    assert_int_equal(pread(peer_file(&b), bytes, 4, (20 << 20) - 4), 4);
    assert_memory_equal(bytes, "ABC!", 4);
    close(peer_file(&b));
    strcpy(data.type, TYPE_PNG);
    peer_say(&b, &data, -1);
    answer = peer_wait(&b, MESSAGE_CLIPBOARD);
    assert_int_equal(answer->data.size, 0);
    peer_end(&b);
}

static void test_the_clipboard_is_the_focus_s(void **state)
{
    struct message_data data = {.head = {MESSAGE_CLIPBOARD_GET, sizeof(data), 0}, .type = TYPE_TEXT};
    const union message *answer;

    (void)state;
    peer_start(&a, "spy", 10);
    peer_start(&b, "files", 11);
    peer_window(&b, 1, 300, 200, GREEN);
    data.head.type = MESSAGE_CLIPBOARD_SET;
    data.size = 64;
    peer_say(&b, &data, peer_memory(64, 'x'));
    data.head.type = MESSAGE_CLIPBOARD_GET;
    peer_say(&a, &data, -1);
    answer = peer_wait(&a, MESSAGE_CLIPBOARD);
    assert_non_null(answer);
    assert_int_equal(answer->data.size, 0);
    peer_end(&a);
    peer_end(&b);
}

static void test_drag_and_drop(void **state)
{
    struct message_data data = {
        .head = {MESSAGE_DRAG, sizeof(data), 1}, .type = TYPE_URIS, .size = 8, .action = 3};
    const union message *drop;
    struct rect f, g;

    (void)state;
    peer_start(&a, "files", 10);
    peer_start(&b, "editor", 11);
    peer_window(&a, 1, 200, 150, RED);
    peer_window(&b, 1, 200, 150, GREEN);
    window_move(scene_window(1), 40, 40);
    window_move(scene_window(0), 140, 90);
    f = frame_of(1);
    g = frame_of(0);
    host_point(f.x + 5, f.y + 60);
    host_button(BUTTON_LEFT, true);
    settle();
    peer_say(&a, &data, peer_memory(8, 0x61616161));
    settle();
    g = frame_of(1);
    host_point(g.x + 195, g.y + 150);
    settle();
    assert_non_null(peer_find(&b, MESSAGE_DRAG_OVER));
    host_button(BUTTON_LEFT, false);
    settle();
    drop = peer_find(&b, MESSAGE_DROP);
    assert_non_null(drop);
    assert_int_equal(drop->data.size, 8);
    assert_int_equal(drop->data.action, 2);
    close(peer_file(&b));
    drop = peer_find(&a, MESSAGE_DRAG_END);
    assert_int_equal(drop->number.number, 2);
    peer_end(&a);
    peer_end(&b);
}

static void test_notifications_go_by_themselves(void **state)
{
    struct message_notify message = {.head = {MESSAGE_NOTIFY, sizeof(message), 0}, .icon = "viewer",
                                     .title = "Screenshot saved", .text = "/tmp/Pictures/shot-01.png"};
    uint32_t before = host_pixel(700, 40);

    (void)state;
    peer_start(&a, "screenshot", 10);
    peer_say(&a, &message, -1);
    check_screen();
    keep_picture("notification");
    assert_int_not_equal(host_pixel(700, 40), before);
    host_pass(7000000000u);
    check_screen();
    assert_int_equal(host_pixel(700, 40), before);
    chord(KEY_LEFTMETA, KEY_N);
    check_screen();
    keep_picture("history");
    chord(KEY_LEFTMETA, KEY_N);
    peer_end(&a);
    check_screen();
}

static void notify(unsigned urgency, const char *title)
{
    struct message_notify message = {
        .head = {MESSAGE_NOTIFY, sizeof(message), 0}, .urgency = urgency, .icon = "hardware"};

    snprintf(message.title, sizeof(message.title), "%s", title);
    peer_say(&a, &message, -1);
    settle();
}

static bool card_is_shown(void)
{
    return layer_at(700, 40) != NULL;
}

/* Others are shown over it for their time; it comes back, until it was clicked. */
static void test_critical_notifications_stay(void **state)
{
    uint64_t frames;

    (void)state;
    peer_start(&a, "monitor", 10);
    notify(URGENCY_CRITICAL, "The disk fails");
    host_pass(60000000000u);
    check_screen();
    assert_true(card_is_shown());
    keep_picture("critical");
    frames = compose_counts().frames;
    host_pass(10000000000u);
    settle();
    assert_in_range(compose_counts().frames, frames, frames + 1); /* a minute of the clock */
    notify(URGENCY_NORMAL, "Saved");
    host_pass(7000000000u);
    check_screen();
    assert_true(card_is_shown());
    click(700, 40);
    assert_false(card_is_shown());
    check_screen();
    notify(URGENCY_CRITICAL, "The disk fails");
    notify(URGENCY_CRITICAL, "It is hot");
    click(700, 40);
    assert_true(card_is_shown()); /* the other one */
    chord(KEY_LEFTMETA, KEY_N);
    keep_picture("critical-history");
    chord(KEY_LEFTMETA, KEY_N);
    assert_false(card_is_shown());
    check_screen();
    peer_end(&a);
}

static void test_pictures_of_the_screen(void **state)
{
    const union message *captured;
    uint32_t *pixels;
    struct rect f;

    (void)state;
    peer_start(&a, "screenshot", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_number(&a, MESSAGE_CAPTURE, 0, CAPTURE_WINDOW);
    captured = peer_wait(&a, MESSAGE_CAPTURED);
    assert_non_null(captured);
    assert_int_equal(captured->captured.width, 302);
    assert_int_equal(captured->captured.size, 302 * 235 * 4);
    pixels = mmap(NULL, 302 * 235 * 4, PROT_READ, MAP_SHARED, peer_file(&a), 0);
    assert_true(pixels != MAP_FAILED);
    assert_int_equal(pixels[302 * 100 + 100], RED);
    munmap(pixels, 302 * 235 * 4);
    close(peer_file(&a));
    peer_number(&a, MESSAGE_CAPTURE, 0, CAPTURE_AREA);
    settle();
    f = frame_of(0);
    drag(f.x + 20, f.y + 60, f.x + 70, f.y + 90);
    captured = peer_wait(&a, MESSAGE_CAPTURED);
    assert_non_null(captured);
    assert_int_equal(captured->captured.width, 50);
    assert_int_equal(captured->captured.height, 30);
    pixels = mmap(NULL, 50 * 30 * 4, PROT_READ, MAP_SHARED, peer_file(&a), 0);
    assert_true(pixels != MAP_FAILED);
    for (int i = 0; i < 50 * 30; i++) /* and nothing of the outline */
        assert_int_equal(pixels[i], RED);
    munmap(pixels, 50 * 30 * 4);
    close(peer_file(&a));
    check_screen();
    peer_end(&a);
}

static void test_the_launcher(void **state)
{
    (void)state;
    host_press(KEY_LEFTMETA);
    settle();
    check_screen();
    keep_picture("launcher");
    host_press(KEY_T);
    host_press(KEY_E);
    host_press(KEY_R);
    settle();
    keep_picture("launcher-typed");
    check_screen();
    host_press(KEY_ENTER);
    settle();
    assert_string_equal(host_spawned(), "/bin/terminal");
    check_screen();
    click(40, 580); /* by the pointer, too */
    keep_picture("launcher-clicked");
    host_press(KEY_ESC);
    host_point(60, 500); /* at rest where the list will be: nobody chose there */
    settle();
    host_press(KEY_LEFTMETA);
    settle();
    host_press(KEY_ENTER);
    settle();
    assert_string_equal(host_spawned(), "/bin/blocks");
    click(770, 580);
    check_screen();
    keep_picture("calendar");
    click(300, 100);
    check_screen();
}

static void test_themes_change_all(void **state)
{
    const union message *welcome;

    (void)state;
    peer_start(&a, "settings", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_forget(&a);
    peer_text(&a, MESSAGE_SET, 0, "theme=light");
    welcome = peer_wait(&a, MESSAGE_WELCOME);
    assert_non_null(welcome);
    assert_string_equal(welcome->welcome.theme, "light");
    check_screen();
    keep_picture("light");
    peer_text(&a, MESSAGE_SET, 0, "scale=150");
    welcome = peer_wait(&a, MESSAGE_WELCOME);
    assert_int_equal(welcome->welcome.scale, 150);
    check_screen();
    keep_picture("scaled");
    peer_text(&a, MESSAGE_SET, 0, "scale=1000"); /* cannot be */
    assert_null(peer_wait(&a, MESSAGE_WELCOME));
    peer_end(&a);
    end_server();
    start_server();
    assert_string_equal(settings.theme, "light");
    assert_int_equal(look.percent, 150);
}

static void test_another_mode_of_the_screen(void **state)
{
    const union message *welcome;

    (void)state;
    peer_start(&a, "settings", 10);
    peer_window(&a, 1, 700, 500, RED);
    peer_forget(&a);
    peer_text(&a, MESSAGE_SET, 0, "mode=640x480x16");
    welcome = peer_wait(&a, MESSAGE_WELCOME);
    assert_non_null(welcome);
    assert_true(welcome->welcome.width == 640 && welcome->welcome.height == 480);
    check_screen();
    struct rect f = frame_of(0);

    assert_true(rect_inside(f, scene_area()));
    peer_text(&a, MESSAGE_SET, 0, "mode=1023x700x32"); /* this screen has no such mode */
    peer_text(&a, MESSAGE_SET, 0, "mode=1280x1024x32");
    welcome = peer_wait(&a, MESSAGE_WELCOME);
    assert_true(welcome->welcome.width == 640 || welcome->welcome.width == 1280);
    settle();
    assert_int_equal(scene_screen().w, 1280);
    check_screen();
    peer_end(&a);
    end_server();
    start_server(); /* what was chosen is there again */
    assert_true(scene_screen().w == 1280 && scene_screen().h == 1024);
    check_screen();
}

static void test_settings_of_the_pointer(void **state)
{
    int x, y, now_x, now_y;

    (void)state;
    peer_start(&a, "settings", 10);
    peer_text(&a, MESSAGE_SET, 0, "pointer-speed=200");
    peer_text(&a, MESSAGE_SET, 0, "left-handed=1");
    peer_window(&a, 1, 300, 200, RED);
    peer_forget(&a);
    pointer_place(&x, &y);
    host_move(3, 0);
    settle();
    pointer_place(&now_x, &now_y);
    assert_int_equal(now_x, x + 6);
    struct rect f = frame_of(0);

    host_point(f.x + f.w / 2, f.y + f.h / 2);
    settle();
    host_button(BUTTON_RIGHT, true);
    host_button(BUTTON_RIGHT, false);
    const union message *pressed = peer_wait(&a, MESSAGE_BUTTON);

    assert_non_null(pressed);
    assert_int_equal(pressed->pointer.code, BUTTON_LEFT);
    peer_end(&a);
}

static void test_windows_come_back_after_a_restart(void **state)
{
    struct rect f;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    f = frame_of(0);
    drag(f.x + 100, f.y + 12, f.x + 219, f.y + 57);
    f = frame_of(0);
    host_pass(6000000000u);
    settle();
    end_server();
    start_server();
    peer_hear(&a);
    assert_true(a.closed);
    peer_end(&a);
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    assert_memory_equal(&scene_window(0)->window.frame, &f, sizeof(f));
    check_screen();
    peer_end(&a);
}

static void assert_near(uint32_t pixel, uint32_t wanted, int most)
{
    for (int shift = 0; shift < 24; shift += 8)
        assert_in_range((int)(pixel >> shift & 0xFF) - (int)(wanted >> shift & 0xFF) + most, 0, 2 * most);
}

static void test_other_depths(void **state)
{
    static const int depths[] = {15, 16, 24};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        end_server();
        screen_kind = (struct host_screen){640, 480, depths[i]};
        start_server();
        peer_start(&a, "terminal", 10);
        peer_window(&a, 1, 300, 200, 0xFFFF0084); /* which all of them have */
        assert_int_equal(host_pixel(frame_of(0).x + 100, frame_of(0).y + 100), 0xFFFF0084);
        peer_show(&a, 1, 300, 200, 0xFF80FC07); /* the nearest level: half a step away at most */
        settle();
        assert_near(host_pixel(frame_of(0).x + 100, frame_of(0).y + 100), 0xFF80FC07, 4);
        keep_picture(i == 0 ? "depth15" : i == 1 ? "depth16" : "depth24");
        peer_end(&a);
    }
}

/* ---- how many pixels --------------------------------------------------------------------------- */

/* Painted in memory since `counts`, with all that is waited for. */
static uint64_t painted_since(uint64_t before)
{
    host_pass(FRAME_NS + 1);
    settle();
    return compose_counts().composed - before;
}

/* What a popup with alpha says of itself is not painted below it. */
static void test_what_is_opaque_covers(void **state)
{
    struct message_buffer buffer = {{MESSAGE_BUFFER, sizeof(buffer), 0}, 9, PIXELS_ARGB, 120, 80, 480, 0, 0};
    uint64_t mixed, covered, before;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_surface(&a, 2, SURFACE_POPUP, 1, 50, 50, 120, 80);
    peer_say(&a, &buffer, peer_memory(120 * 80 * 4, 0x80000080));
    peer_number(&a, MESSAGE_ATTACH, 2, 9);
    peer_plain(&a, MESSAGE_COMMIT, 2);
    check_screen();
    before = compose_counts().composed;
    peer_rect(&a, MESSAGE_DAMAGE, 2, 0, 0, 120, 80);
    peer_plain(&a, MESSAGE_COMMIT, 2);
    mixed = painted_since(before);
    assert_int_equal(mixed, 2 * 120 * 80); /* the window, then the popup */
    peer_rect(&a, MESSAGE_OPAQUE, 2, 0, 8, 120, 64);
    peer_rect(&a, MESSAGE_OPAQUE, 2, 8, 0, 104, 80);
    peer_rect(&a, MESSAGE_OPAQUE, 2, -9000, 0, 104, 80); /* nonsense is no part of it */
    peer_plain(&a, MESSAGE_COMMIT, 2);
    check_screen();
    before = compose_counts().composed;
    peer_rect(&a, MESSAGE_DAMAGE, 2, 0, 0, 120, 80);
    peer_plain(&a, MESSAGE_COMMIT, 2);
    covered = painted_since(before);
    assert_int_equal(covered, 120 * 80 + 4 * 8 * 8); /* but for the four corners */
    assert_int_equal(host_pixel(frame_of(0).x + 1 + 110, frame_of(0).y + 34 + 90), 0xFF000080);
    check_screen();
    for (int i = 0; i < 200; i++) /* more than there is room for */
        peer_rect(&a, MESSAGE_OPAQUE, 2, i % 20 * 6, i / 20 * 8, 3, 4);
    peer_plain(&a, MESSAGE_COMMIT, 2);
    check_screen();
    peer_end(&a);
}

/* The screen is never read, so what scrolled must be written all the same: once, and painted once. */
static void test_a_line_of_a_terminal_is_written_once(void **state)
{
    struct message_scroll scroll = {{MESSAGE_SCROLL, sizeof(scroll), 1}, 0, 0, 600, 400, 0, -16};
    uint64_t painted, written;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 600, 400, RED);
    window_move(scene_window(0), 20, 20);
    host_point(790, 300);
    check_screen();
    painted = compose_counts().composed;
    written = output_pixels_written();
    peer_say(&a, &scroll, -1);
    peer_rect(&a, MESSAGE_DAMAGE, 1, 0, 384, 600, 16);
    peer_plain(&a, MESSAGE_COMMIT, 1);
    painted = painted_since(painted);
    written = output_pixels_written() - written;
    print_message("a line of a terminal of 600 x 400: %llu pixels painted, %llu written\n",
                  (unsigned long long)painted, (unsigned long long)written);
    assert_in_range(painted, 600 * 400, 600 * 400 * 101 / 100); /* its round corners are painted twice */
    assert_int_equal(written, 600 * 400);
    check_screen();
    peer_end(&a);
}

/* Where the window was and where it is, with its shadow: what must be another. */
static uint64_t pixels_of_a_step(struct rect from, struct rect to)
{
    struct item before = {.box = from, .shadow = look.theme.shadow};
    struct item after = {.box = to, .shadow = look.theme.shadow};
    struct region both;

    region_clear(&both);
    region_add(&both, rect_and(compose_extent(&before), scene_screen()));
    region_add(&both, rect_and(compose_extent(&after), scene_screen()));
    return (uint64_t)region_pixels(&both);
}

static void test_a_drag_writes_what_it_must(void **state)
{
    uint64_t written, frames, ideal = 0;
    struct rect f;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_start(&b, "files", 11);
    peer_window(&b, 1, 500, 400, GREEN);
    peer_window(&a, 1, 300, 200, RED);
    window_move(scene_window(0), 60, 60);
    f = frame_of(0);
    host_point(f.x + 100, f.y + 12);
    host_button(BUTTON_LEFT, true);
    host_move(9, 0); /* over the threshold */
    check_screen();
    written = output_pixels_written();
    frames = compose_counts().frames;
    for (int i = 0; i < 60; i++) {
        f = frame_of(0);
        host_move(5, 3);
        host_pass(FRAME_NS + 1);
        settle();
        ideal += pixels_of_a_step(f, frame_of(0));
    }
    written = output_pixels_written() - written;
    print_message("a drag in 60 steps: %llu frames, %llu pixels written, %llu must be\n",
                  (unsigned long long)(compose_counts().frames - frames), (unsigned long long)written,
                  (unsigned long long)ideal);
    assert_int_equal(compose_counts().frames - frames, 60);
    assert_in_range(written, ideal, ideal * 13 / 10);
    host_button(BUTTON_LEFT, false);
    check_screen();
    peer_end(&a);
    peer_end(&b);
}

static void test_the_pointer_composes_nothing(void **state)
{
    uint64_t frames, written;

    (void)state;
    host_point(300, 300);
    settle();
    frames = compose_counts().frames;
    written = output_pixels_written();
    host_point(420, 320);
    settle();
    assert_int_equal(compose_counts().frames, frames);
    assert_in_range(output_pixels_written() - written, 32 * 32, 2 * 32 * 32);
    check_screen();
}

/* ---- the magnifier ----------------------------------------------------------------------------- */

static void test_the_magnifier_is_turned_on_and_off_by_keys(void **state)
{
    size_t size;
    const uint8_t *bytes = host_screen_bytes(&size);
    uint8_t *before = malloc(size);
    uint64_t frames;

    (void)state;
    memcpy(before, bytes, size);
    chord(KEY_LEFTMETA, KEY_EQUAL); /* what the US layout has without Shift at + */
    assert_int_equal(magnify_percent(), 150);
    chord(KEY_LEFTMETA, KEY_KPPLUS);
    assert_int_equal(magnify_percent(), 200);
    check_screen();
    keep_picture("magnified");
    assert_string_equal(host_spawned(), ""); /* and no launcher */
    frames = compose_counts().frames;
    for (int turn = 0; turn < 20; turn++)
        desktop_turn();
    assert_int_equal(compose_counts().frames, frames);
    for (int i = 0; i < 9; i++)
        chord(KEY_LEFTMETA, KEY_KPPLUS);
    assert_int_equal(magnify_percent(), MAGNIFY_MOST);
    check_screen();
    chord(KEY_LEFTMETA, KEY_MINUS);
    assert_int_equal(magnify_percent(), 600);
    chord(KEY_LEFTMETA, KEY_0);
    assert_int_equal(magnify_percent(), 0);
    check_screen();
    host_key(KEY_LEFTMETA, INPUT_PRESSED);
    host_wheel(1);
    host_key(KEY_LEFTMETA, INPUT_RELEASED);
    settle();
    assert_int_equal(magnify_percent(), 150);
    check_screen();
    assert_null(layer_at(100, 400)); /* the launcher did not come */
    host_key(KEY_LEFTMETA, INPUT_PRESSED);
    host_wheel(-1);
    host_key(KEY_LEFTMETA, INPUT_RELEASED);
    settle();
    assert_int_equal(magnify_percent(), 0);
    check_screen();
    assert_memory_equal(before, bytes, size);
    free(before);
}

/* The pixel under the pointer is what is there on the screen, wherever it is and however large. */
static void test_what_is_seen_enlarged_is_what_is_clicked(void **state)
{
    static const int steps[] = {150, 200, 300, 400, 600, 800};
    const union message *pressed;
    char line[24];

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    struct rect f = frame_of(0);

    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        snprintf(line, sizeof(line), "magnifier=%d", steps[i]);
        peer_text(&a, MESSAGE_SET, 0, line);
        host_point(f.x + 60 + (int)i * 40, f.y + 100 + (int)i * 20);
        settle();
        assert_int_equal(magnify_percent(), steps[i]);
        assert_int_equal(host_pixel(f.x + 20 + (int)i * 40, f.y + 90 + (int)i * 20), RED); /* beside it */
        peer_forget(&a);
        host_button(BUTTON_LEFT, true);
        host_button(BUTTON_LEFT, false);
        pressed = peer_wait(&a, MESSAGE_BUTTON);
        assert_non_null(pressed);
        assert_int_equal(pressed->pointer.x, 60 + (int)i * 40 - 1);
        assert_int_equal(pressed->pointer.y, 100 + (int)i * 20 - 34);
        check_screen();
    }
    keep_picture("magnified-8");
    peer_end(&a);
}

/* Damage, moved windows, the screen's corners: what is written in parts is what is written at once. */
static void test_changes_are_seen_enlarged(void **state)
{
    static const int corners[][2] = {{0, 0}, {799, 0}, {0, 599}, {799, 599}, {400, 300}};
    static const int percents[] = {0, 150, 300, 800, 157};
    char line[24];

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    for (unsigned p = 0; p < sizeof(percents) / sizeof(percents[0]); p++) {
        snprintf(line, sizeof(line), "magnifier=%d", percents[p]);
        peer_text(&a, MESSAGE_SET, 0, line);
        for (unsigned i = 0; i < sizeof(corners) / sizeof(corners[0]); i++) {
            host_point(corners[i][0], corners[i][1]);
            check_screen();
            peer_show(&a, 1, 300, 200, i & 1 ? GREEN : BLUE);
            check_screen();
            window_move(scene_window(0), corners[i][0] - 90, corners[i][1] - 70);
            check_screen();
        }
    }
    keep_picture("magnified-157");
    peer_end(&a);
}

static bool view_has(struct rect box)
{
    return rect_inside(box, magnify_view());
}

static void test_the_magnifier_follows_the_keys(void **state)
{
    struct rect f, typed;
    struct layer *opened;

    (void)state;
    peer_start(&a, "terminal", 10);
    peer_window(&a, 1, 300, 200, RED);
    peer_text(&a, MESSAGE_SET, 0, "magnifier=400");
    host_point(799, 599);
    settle();
    f = frame_of(0);
    typed = (struct rect){f.x + 1 + 20, f.y + 34 + 50, 8, 16};
    assert_false(view_has(typed));
    peer_rect(&a, MESSAGE_DAMAGE, 1, 20, 50, 8, 16); /* by itself: a clock, say */
    peer_plain(&a, MESSAGE_COMMIT, 1);
    settle();
    assert_false(view_has(typed));
    host_press(KEY_A);
    settle();
    peer_rect(&a, MESSAGE_DAMAGE, 1, 20, 50, 8, 16);
    peer_plain(&a, MESSAGE_COMMIT, 1);
    check_screen();
    assert_true(view_has(typed));
    host_press(KEY_LEFTMETA); /* the launcher, at the other side */
    check_screen();
    opened = layer_at(100, 400);
    assert_non_null(opened);
    assert_true(view_has((struct rect){opened->box.x, opened->box.y, 200, 60})); /* its field */
    host_press(KEY_ESC);
    host_point(799, 598);
    settle();
    assert_int_equal(magnify_view().x + magnify_view().w, 800);
    check_screen();
    peer_end(&a);
}

static void test_the_magnifier_is_there_in_another_mode(void **state)
{
    (void)state;
    peer_start(&a, "settings", 10);
    peer_text(&a, MESSAGE_SET, 0, "magnifier=1");
    peer_text(&a, MESSAGE_SET, 0, "mode=640x480x16");
    settle();
    assert_int_equal(magnify_view().w, 320);
    check_screen();
    peer_end(&a);
    end_server();
    start_server();
    assert_int_equal(magnify_percent(), 200);
    check_screen();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
        TEST(it_is_ready_and_then_idle),
        TEST(the_first_start),
        TEST(a_window_comes_and_goes),
        TEST(a_commit_is_whole),
        TEST(buffers_come_back),
        TEST(windows_are_dragged_by_the_title),
        TEST(windows_are_resized_by_each_edge),
        TEST(double_click_and_buttons),
        TEST(a_window_that_begins_with_the_whole_screen),
        TEST(snapping),
        TEST(the_window_s_menu_by_keys),
        TEST(the_window_s_menu_by_the_pointer),
        TEST(stacking_focus_and_workspaces),
        TEST(keys_go_to_the_focus_alone),
        TEST(a_key_that_is_held_repeats),
        TEST(popups_and_dialogs),
        TEST(clients_that_lie),
        TEST(clients_that_break_rules),
        TEST(a_client_that_floods_delays_nobody),
        TEST(a_client_that_takes_nothing_is_thrown_out),
        TEST(a_client_that_hangs_can_be_moved_and_ended),
        TEST(the_last_words_of_a_client_count),
        TEST(a_client_that_dies_takes_its_windows_along),
        TEST(the_clipboard),
        TEST(the_clipboard_is_the_focus_s),
        TEST(drag_and_drop),
        TEST(notifications_go_by_themselves),
        TEST(critical_notifications_stay),
        TEST(pictures_of_the_screen),
        TEST(the_launcher),
        TEST(themes_change_all),
        TEST(another_mode_of_the_screen),
        TEST(settings_of_the_pointer),
        TEST(windows_come_back_after_a_restart),
        TEST(other_depths),
        TEST(what_is_opaque_covers),
        TEST(a_line_of_a_terminal_is_written_once),
        TEST(a_drag_writes_what_it_must),
        TEST(the_pointer_composes_nothing),
        TEST(the_magnifier_is_turned_on_and_off_by_keys),
        TEST(what_is_seen_enlarged_is_what_is_clicked),
        TEST(changes_are_seen_enlarged),
        TEST(the_magnifier_follows_the_keys),
        TEST(the_magnifier_is_there_in_another_mode),
    };

    if (!mkdtemp(home))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

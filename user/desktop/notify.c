/* See notify.h. */
#include "user/desktop/notify.h"

#include <stdio.h>
#include <string.h>

#include "user/desktop/layer.h"
#include "user/desktop/panel.h"
#include "user/desktop/scene.h"
#include "user/desktop/system.h"
#include "user/desktop/words.h"

#define SECOND_NS 1000000000u
#define WIDTH     284
#define HEIGHT    66
#define MARGIN    16

static void draw_card(const struct canvas *canvas);
static void point_card(int x, int y, int pressed, bool outside);
static void draw_list(const struct canvas *canvas);
static void dismiss_list(void);

static struct layer card = {.level = 50, .radius = 10, .shadow = 18, .border = true, .draw = draw_card,
                            .point = point_card};
static struct layer list = {.level = 30, .radius = 10, .shadow = 18, .border = true, .draw = draw_list,
                            .dismiss = dismiss_list};
static struct note {
    struct message_notify what;
    bool stays; /* critical, and not seen yet */
} history[NOTIFY_HISTORY]; /* the newest first */
static unsigned count, unseen;
static uint64_t until_ns; /* so long the newest is shown; 0: one that stays, if there is any */

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

unsigned notify_unseen(void)
{
    return unseen;
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static void draw_one(const struct canvas *canvas, struct rect at, const struct message_notify *what)
{
    const struct theme *t = &look.theme;
    int size = scaled(40), left = at.x + scaled(12) + size + scaled(12);
    struct rect icon = {at.x + scaled(12), at.y + (at.h - size) / 2, size, size};
    struct rect title = {left, at.y + scaled(13), at.x + at.w - left - scaled(10), scaled(20)}, text = title;

    text.y += scaled(19);
    if (what->urgency == URGENCY_CRITICAL)
        draw_fill(canvas, (struct rect){at.x, at.y, scaled(4), at.h}, t->bad);
    draw_icon(canvas, icon, icon_named(what->icon), t->accent);
    draw_label(canvas, title, font_get(FONT_UI_BOLD, scaled(13)), what->title, ALIGN_START, t->text);
    draw_label(canvas, text, font_get(FONT_UI, scaled(12)), what->text, ALIGN_START, t->dim_text);
}

/* The one to be shown; NULL: none. */
static struct note *note_now(void)
{
    unsigned i = 0;

    if (until_ns)
        return &history[0];
    while (i < count && !history[i].stays)
        i++;
    return i < count ? &history[i] : NULL;
}

static void draw_card(const struct canvas *canvas)
{
    struct rect all = {0, 0, canvas->width, canvas->height};
    const struct note *note = note_now();

    draw_fill(canvas, all, look.theme.frame);
    if (note)
        draw_one(canvas, all, &note->what);
}

static void draw_list(const struct canvas *canvas)
{
    const struct theme *t = &look.theme;
    struct rect at = {0, scaled(40), canvas->width, scaled(HEIGHT - 8)};

    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, t->frame);
    draw_label(canvas, (struct rect){scaled(14), 0, canvas->width, scaled(40)},
               font_get(FONT_UI_BOLD, scaled(13)), words(count ? WORD_NOTIFICATIONS : WORD_NOTHING_NEW),
               ALIGN_START, t->text);
    for (unsigned i = 0; i < count && at.y + at.h <= canvas->height; i++, at.y += at.h)
        draw_one(canvas, at, &history[i].what);
}

/* ---- showing ----------------------------------------------------------------------------------- */

static void show_card(void)
{
    struct rect screen = scene_screen();
    struct rect box = {screen.w - scaled(WIDTH + MARGIN), scaled(MARGIN), scaled(WIDTH), scaled(HEIGHT)};

    if (note_now())
        (void)layer_show(&card, box);
    else
        layer_hide(&card);
}

void notify_add(const struct message_notify *message)
{
    memmove(history + 1, history, (NOTIFY_HISTORY - 1) * sizeof(history[0]));
    history[0] = (struct note){*message, message->urgency == URGENCY_CRITICAL && !list.shown};
    until_ns = history[0].stays ? 0 : system_now_ns() + NOTIFY_SECONDS * (uint64_t)SECOND_NS;
    count += count < NOTIFY_HISTORY;
    unseen += !list.shown;
    if (list.shown)
        layer_changed(&list);
    else
        show_card();
    panel_changed();
}

uint64_t notify_watch(uint64_t now_ns)
{
    if (!card.shown || !until_ns)
        return UINT64_MAX;
    if (now_ns < until_ns)
        return until_ns;
    until_ns = 0;
    show_card();
    return UINT64_MAX;
}

static void dismiss_list(void)
{
    layer_hide(&list);
    panel_changed();
}

void notify_toggle_history(void)
{
    struct rect area = scene_area();
    unsigned lines = count < 6 ? count : 6;
    int height = scaled(48) + (int)lines * scaled(HEIGHT - 8);
    struct rect box = {area.w - scaled(WIDTH + MARGIN), area.h - height - scaled(8), scaled(WIDTH), height};

    if (list.shown) {
        dismiss_list();
        return;
    }
    for (unsigned i = 0; i < count; i++)
        history[i].stays = false;
    until_ns = 0;
    show_card();
    unseen = 0;
    (void)layer_show(&list, box);
    panel_changed();
}

static void point_card(int x, int y, int pressed, bool outside)
{
    (void)x;
    (void)y;
    if (pressed != 1 || outside || !note_now())
        return;
    note_now()->stays = false;
    until_ns = 0;
    show_card();
}

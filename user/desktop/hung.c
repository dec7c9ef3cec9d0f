/* See hung.h. */
#include "user/desktop/hung.h"

#include <stdio.h>

#include "lib/abi/keys.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/scene.h"
#include "user/desktop/system.h"
#include "user/desktop/words.h"

#define WIDTH  340
#define HEIGHT 128

static void draw(const struct canvas *canvas);
static void point(int x, int y, int pressed, bool outside);
static void dismiss(void);

static struct layer layer = {.level = 40,
                             .radius = 10,
                             .shadow = 24,
                             .border = true,
                             .draw = draw,
                             .point = point,
                             .dismiss = dismiss};
static struct client *client; /* about whom it asks */
static int chosen;            /* 0 wait, 1 end it */
static int hot = -1;

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

static struct rect button(int number)
{
    return (struct rect){scaled(16 + number * 158), scaled(HEIGHT - 50), scaled(150), scaled(34)};
}

static void draw_button(const struct canvas *canvas, int number, enum word word)
{
    const struct theme *t = &look.theme;
    bool accent = number == chosen;
    colour_t colour = accent ? t->accent : number == hot ? t->hover : t->field;

    draw_round(canvas, button(number), scaled(6), CORNERS_ALL, colour);
    draw_label(canvas, button(number), font_get(FONT_UI_BOLD, scaled(13)), words(word), ALIGN_CENTRE,
               accent ? t->accent_text : t->text);
}

static void draw(const struct canvas *canvas)
{
    const struct theme *t = &look.theme;
    char line[96];

    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, t->surface);
    draw_icon(canvas, (struct rect){scaled(16), scaled(20), scaled(28), scaled(28)}, ICON_WARNING,
              t->warning);
    snprintf(line, sizeof(line), "%s %s", client->name, words(WORD_HUNG_TEXT));
    draw_label(canvas, (struct rect){scaled(56), scaled(16), scaled(WIDTH - 72), scaled(36)},
               font_get(FONT_UI, scaled(14)), line, ALIGN_START, t->text);
    draw_button(canvas, 0, WORD_WAIT);
    draw_button(canvas, 1, WORD_END_IT);
}

static void dismiss(void)
{
    client = NULL;
    layer_hide(&layer);
}

static void choose(int number)
{
    uint32_t pid = client->pid;

    if (number == 1) {
        client->broken = true; /* its windows go now, whatever becomes of it */
        system_end(pid);
    }
    dismiss();
}

static void point(int x, int y, int pressed, bool outside)
{
    int now = -1;

    for (int i = 0; i < 2 && !outside; i++) {
        if (rect_has(button(i), x, y))
            now = i;
    }
    if (now != hot)
        layer_changed(&layer);
    hot = now;
    if (pressed == 1 && now >= 0)
        choose(now);
}

static void offer(struct surface *surface)
{
    struct rect area = scene_area(), box = {0, 0, scaled(WIDTH), scaled(HEIGHT)};

    client = surface->client;
    chosen = 0;
    box.x = area.x + (area.w - box.w) / 2;
    box.y = area.y + (area.h - box.h) / 2;
    if (layer_show(&layer, box))
        client = NULL;
    magnifier_show(box);
}

void hung_close(struct surface *surface)
{
    if (surface->client->hung)
        offer(surface);
    else
        window_close(surface);
}

bool hung_key(const struct key *key)
{
    if (!layer.shown)
        return false;
    if (key->value != INPUT_PRESSED)
        return true;
    if (key->code == KEY_ENTER || key->code == KEY_SPACE)
        choose(chosen);
    else if (key->code == KEY_ESC)
        dismiss();
    else if (key->code == KEY_TAB || key->code == KEY_LEFT || key->code == KEY_RIGHT) {
        chosen = !chosen;
        layer_changed(&layer);
    }
    return true;
}

void hung_forget(const struct client *gone)
{
    if (client == gone && client)
        dismiss();
}

/* See launcher.h. */
#include "user/desktop/launcher.h"

#include <string.h>

#include "lib/abi/keys.h"
#include "user/desktop/apps.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/panel.h"
#include "user/desktop/protocol.h"
#include "user/desktop/scene.h"
#include "user/desktop/words.h"

#define WIDTH     384
#define LINE       44
#define LINES       9 /* where there is room for them */
#define FIELD      40
#define PADDING    12

static void draw(const struct canvas *canvas);
static void point(int x, int y, int pressed, bool outside);
static void wheel(int notches);
static void dismiss(void);

static struct layer layer = {.level = 20,
                             .radius = 12,
                             .shadow = 24,
                             .border = true,
                             .draw = draw,
                             .point = point,
                             .wheel = wheel,
                             .dismiss = dismiss};
static char typed[64];
static const struct app *found[APPS_MAX];
static int count, chosen, first; /* the uppermost line */
static int lines;                /* that have room */

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

bool launcher_is_open(void)
{
    return layer.shown;
}

/* ---- searching --------------------------------------------------------------------------------- */

/* Better ones first; equal ones stay in the order of their names. */
static void insert(const struct app *app, int score, int scores[])
{
    int at = count++;

    for (; at > 0 && scores[at - 1] < score; at--) {
        scores[at] = scores[at - 1];
        found[at] = found[at - 1];
    }
    scores[at] = score;
    found[at] = app;
}

static void search(void)
{
    int scores[APPS_MAX];
    const struct app *app;

    count = chosen = first = 0;
    for (unsigned i = 0; (app = app_at(i)); i++) {
        int score = typed[0] ? app_match(app, typed, words_are_spanish()) : 1;

        if (score)
            insert(app, score, scores);
    }
    layer_changed(&layer);
    magnifier_show((struct rect){layer.box.x, layer.box.y, layer.box.w, scaled(2 * PADDING + FIELD + LINE)});
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static struct rect line_box(int line)
{
    return (struct rect){scaled(PADDING), scaled(2 * PADDING + FIELD + line * LINE),
                         scaled(WIDTH - 2 * PADDING), scaled(LINE)};
}

static void draw_field(const struct canvas *canvas)
{
    const struct theme *t = &look.theme;
    struct rect box = {scaled(PADDING), scaled(PADDING), scaled(WIDTH - 2 * PADDING), scaled(FIELD)},
                text = box;
    const struct font *font = font_get(FONT_UI, scaled(14));
    int width = text_width(font, typed, -1);

    draw_round(canvas, box, scaled(8), CORNERS_ALL, t->field);
    draw_round_border(canvas, box, scaled(8), CORNERS_ALL, look.measures.edge, t->accent);
    draw_icon(canvas, (struct rect){box.x + scaled(12), box.y + scaled(12), scaled(16), scaled(16)},
              ICON_SEARCH, t->dim_text);
    text.x += scaled(38);
    text.w -= scaled(48);
    draw_label(canvas, text, font, typed[0] ? typed : words(WORD_SEARCH), ALIGN_START,
               typed[0] ? t->field_text : t->dim_text);
    if (typed[0])
        draw_fill(canvas,
                  (struct rect){text.x + width + 1, box.y + scaled(10), look.measures.edge, scaled(20)},
                  t->field_text);
}

static void draw_found(const struct canvas *canvas, int line)
{
    const struct theme *t = &look.theme;
    const struct app *app = found[first + line];
    struct rect box = line_box(line), text = box;
    bool here = first + line == chosen;

    if (here)
        draw_round(canvas, box, scaled(8), CORNERS_ALL, t->selected);
    draw_icon(canvas, (struct rect){box.x + scaled(8), box.y + scaled(8), scaled(28), scaled(28)},
              icon_named(app->icon), t->text);
    text.x += scaled(46);
    text.w -= scaled(54);
    draw_label(canvas, text, font_get(FONT_UI, scaled(14)), words_are_spanish() ? app->name_es : app->name,
               ALIGN_START, here ? t->selected_text : t->text);
}

/* Where the lines that are seen are among all, when there are more. */
static void draw_bar(const struct canvas *canvas)
{
    int top = line_box(0).y, all = lines * scaled(LINE), length = count > lines ? all * lines / count : 0;
    struct rect bar = {scaled(WIDTH - PADDING / 2) - scaled(2), top + all * first / (count ? count : 1),
                       scaled(4), length};

    if (length)
        draw_round(canvas, bar, scaled(2), CORNERS_ALL, look.theme.hover);
}

static void draw(const struct canvas *canvas)
{
    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, look.theme.surface);
    draw_field(canvas);
    for (int i = 0; i < lines && first + i < count; i++)
        draw_found(canvas, i);
    draw_bar(canvas);
    if (count == 0)
        draw_label(canvas, line_box(0), font_get(FONT_UI, scaled(13)), words(WORD_NO_PROGRAM), ALIGN_CENTRE,
                   look.theme.dim_text);
}

/* ---- acting ------------------------------------------------------------------------------------ */

static void dismiss(void)
{
    layer_hide(&layer);
    panel_changed();
}

void launcher_toggle(void)
{
    struct rect area = scene_area();
    int room = (area.h - scaled(16) - scaled(3 * PADDING + FIELD)) / scaled(LINE), height;

    if (layer.shown) {
        dismiss();
        return;
    }
    lines = room < 1 ? 1 : room < LINES ? room : LINES;
    height = scaled(3 * PADDING + FIELD + lines * LINE);
    typed[0] = '\0';
    if (layer_show(&layer, (struct rect){scaled(8), area.h - height - scaled(8), scaled(WIDTH), height}) == 0)
        search();
    panel_changed();
}

static int within(int number, int low, int high)
{
    return number > high ? (high > low ? high : low) : number < low ? low : number;
}

static void choose(int number)
{
    chosen = within(number, 0, count - 1);
    first = within(first, chosen - lines + 1, chosen);
    layer_changed(&layer);
    magnifier_show(rect_moved(line_box(chosen - first), layer.box.x, layer.box.y));
}

static void start(void)
{
    if (count == 0)
        return;
    (void)app_start(found[chosen]);
    dismiss();
}

static void type(const char *text)
{
    if (strlen(typed) + strlen(text) >= sizeof(typed))
        return;
    strcat(typed, text);
    search();
}

/* One character, of one or more bytes. */
static void erase(void)
{
    size_t length = strlen(typed);

    while (length > 0 && (typed[length - 1] & 0xC0) == 0x80)
        length--;
    typed[length > 0 ? length - 1 : 0] = '\0';
    search();
}

static void press(const struct key *key)
{
    switch (key->code) {
    case KEY_ESC:
        dismiss();
        break;
    case KEY_ENTER:
    case KEY_KPENTER:
        start();
        break;
    case KEY_UP:
        choose(chosen - 1);
        break;
    case KEY_DOWN:
    case KEY_TAB:
        choose(chosen + 1);
        break;
    case KEY_PAGEUP:
        choose(chosen - lines);
        break;
    case KEY_PAGEDOWN:
        choose(chosen + lines);
        break;
    case KEY_BACKSPACE:
        erase();
        break;
    default:
        if (!(key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER)) && key->text[0])
            type(key->text);
    }
}

bool launcher_key(const struct key *key)
{
    if (!layer.shown)
        return false;
    if (key->value != INPUT_RELEASED)
        press(key);
    return true;
}

static void wheel(int notches)
{
    first = within(first - notches, 0, count - lines);
    choose(within(chosen, first, first + lines - 1));
}

static void point(int x, int y, int pressed, bool outside)
{
    for (int i = 0; i < lines && first + i < count && !outside; i++) {
        if (!rect_has(line_box(i), x, y))
            continue;
        if (chosen != first + i)
            choose(first + i);
        if (pressed == 0)
            start();
        return;
    }
}

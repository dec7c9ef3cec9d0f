/* See calendar_layer.h. */
#include "user/desktop/calendar_layer.h"

#include <stdio.h>
#include <time.h>

#include "user/desktop/layer.h"
#include "user/desktop/scene.h"
#include "user/desktop/system.h"
#include "user/desktop/words.h"

#define CELL   34
#define TITLE  44
#define MARGIN 12

static void draw(const struct canvas *canvas);
static void point(int x, int y, int pressed, bool outside);
static void wheel(int notches);
static void dismiss(void);

static struct layer layer = {.level = 30,
                             .radius = 10,
                             .shadow = 18,
                             .border = true,
                             .draw = draw,
                             .point = point,
                             .wheel = wheel,
                             .dismiss = dismiss};
static int year, month; /* shown; January is 0 */

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

/* ---- the calendar ------------------------------------------------------------------------------ */

static int days_in(int of_year, int of_month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (of_year % 4 == 0 && of_year % 100 != 0) || of_year % 400 == 0;

    return days[of_month] + (of_month == 1 && leap);
}

/* Of the month's first day, Monday being 0. Sakamoto's method. */
static int first_weekday(int of_year, int of_month)
{
    static const int shift[12] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int y = of_month < 2 ? of_year - 1 : of_year;

    return (y + y / 4 - y / 100 + y / 400 + shift[of_month] + 1 + 6) % 7;
}

static void turn(int by)
{
    int months = year * 12 + month + by;

    if (months < 1970 * 12 || months >= 2200 * 12)
        return;
    year = months / 12;
    month = months % 12;
    layer_changed(&layer);
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static struct rect cell(int column, int row)
{
    return (struct rect){scaled(MARGIN + column * CELL), scaled(TITLE + row * CELL), scaled(CELL),
                         scaled(CELL)};
}

static void draw_day(const struct canvas *canvas, int day, int today)
{
    const struct theme *t = &look.theme;
    int at = first_weekday(year, month) + day - 1;
    struct rect box = cell(at % 7, 1 + at / 7);
    char text[12];

    if (day == today)
        draw_round(canvas, rect_inset(box, scaled(3)), scaled(14), CORNERS_ALL, t->accent);
    snprintf(text, sizeof(text), "%d", day);
    draw_label(canvas, box, font_get(FONT_UI, scaled(13)), text, ALIGN_CENTRE,
               day == today ? t->accent_text : t->text);
}

static void draw(const struct canvas *canvas)
{
    const struct theme *t = &look.theme;
    struct rect title = {0, 0, canvas->width, scaled(TITLE)};
    time_t now = system_time();
    struct tm tm;
    char text[48];

    localtime_r(&now, &tm);
    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, t->surface);
    snprintf(text, sizeof(text), "%s %d", words_full_month(month), year);
    draw_label(canvas, title, font_get(FONT_UI_BOLD, scaled(14)), text, ALIGN_CENTRE, t->text);
    draw_icon(canvas, rect_inset(cell(0, -1), scaled(8)), ICON_BACK, t->text);
    draw_icon(canvas, rect_inset(cell(6, -1), scaled(8)), ICON_FORWARD, t->text);
    for (int i = 0; i < 7; i++)
        draw_label(canvas, cell(i, 0), font_get(FONT_UI, scaled(12)), words_day(i), ALIGN_CENTRE,
                   t->dim_text);
    for (int day = 1; day <= days_in(year, month); day++)
        draw_day(canvas, day, tm.tm_year + 1900 == year && tm.tm_mon == month ? tm.tm_mday : 0);
}

/* ---- acting ------------------------------------------------------------------------------------ */

static void dismiss(void)
{
    layer_hide(&layer);
}

static void point(int x, int y, int pressed, bool outside)
{
    if (pressed != 1 || outside)
        return;
    if (rect_has(cell(0, -1), x, y))
        turn(-1);
    else if (rect_has(cell(6, -1), x, y))
        turn(1);
}

static void wheel(int notches)
{
    turn(-notches);
}

void calendar_toggle(void)
{
    struct rect area = scene_area(),
                box = {0, 0, scaled(7 * CELL + 2 * MARGIN), scaled(TITLE + 7 * CELL + MARGIN)};
    time_t now = system_time();
    struct tm tm;

    if (layer.shown) {
        dismiss();
        return;
    }
    localtime_r(&now, &tm);
    year = tm.tm_year + 1900;
    month = tm.tm_mon;
    box.x = area.w - box.w - scaled(8);
    box.y = area.h - box.h - scaled(8);
    (void)layer_show(&layer, box);
}

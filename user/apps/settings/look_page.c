/* The look: themes as small pictures of themselves, accents as dots, the wallpaper. */
#include <stdio.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/apps/settings/settings.h"

static const struct {
    const char *name, *english, *spanish;
} themes[4] = {
    {"dark", "Dark", "Oscuro"}, {"light", "Light", "Claro"}, {"contrast", "Contrast", "Contraste"},
    {"classic", "Classic", "Clásico"},
};

static const struct {
    const char *name, *english, *spanish;
} wallpapers[] = {{"clouds", "Clouds", "Nubes"}, {"plain", "Plain", "Liso"}};
#define WALLPAPERS (sizeof(wallpapers) / sizeof(wallpapers[0]))

/* ---- themes ----------------------------------------------------------------------------------------- */
static void paint_window(const struct canvas *canvas, struct rect at, const struct theme *theme)
{
    int radius = ui_px(theme->radius / 2), bar = ui_px(10), pad = ui_px(6), line = ui_px(3);

    draw_round(canvas, at, radius, CORNERS_ALL, theme->surface);
    draw_round(canvas, (struct rect){at.x, at.y, at.w, bar}, radius, CORNERS_TOP, theme->frame);
    draw_fill(canvas, (struct rect){at.x + pad, at.y + bar + pad, at.w / 2, line}, theme->text);
    draw_fill(canvas, (struct rect){at.x + pad, at.y + bar + 2 * pad, at.w - 3 * pad, line}, theme->dim_text);
    draw_round(
        canvas,
        (struct rect){at.x + at.w - pad - ui_px(22), at.y + at.h - pad - ui_px(8), ui_px(22), ui_px(8)},
        ui_px(3), CORNERS_ALL, theme->accent);
    draw_round_border(canvas, at, radius, CORNERS_ALL, ui_px(1), theme->border);
}

static void paint_theme(struct widget *widget, const struct canvas *canvas, void *context)
{
    const char *name = themes[(uintptr_t)context].name;
    bool chosen = strcmp(ui_theme()->name, name) == 0;
    struct theme theme;
    int width, height, edge = ui_px(3);

    ui_canvas_size(widget, &width, &height);
    struct rect all = {0, 0, width, height};
    struct rect inside = {edge, edge, width - 2 * edge, height - 2 * edge};

    (void)theme_load(&theme, name, NULL);
    draw_fill(canvas, all, ui_theme()->surface);
    if (chosen)
        draw_round(canvas, all, ui_px(10), CORNERS_ALL, ui_theme()->accent);
    draw_round(canvas, inside, ui_px(8), CORNERS_ALL, theme.desktop[0]);
    draw_round(canvas, (struct rect){inside.x, inside.y + inside.h - ui_px(10), inside.w, ui_px(10)},
               ui_px(8), CORNERS_BOTTOM, theme.panel);
    paint_window(canvas, (struct rect){width / 5, height / 6, width * 3 / 5, height * 3 / 5}, &theme);
}

static void use_theme(size_t which)
{
    (void)ui_set_desktop("theme", themes[which].name);
}

static bool point_theme(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    (void)widget;
    if (pointer->kind == UI_PRESS)
        use_theme((uintptr_t)context);
    return pointer->kind == UI_PRESS;
}

static void theme_chosen(struct widget *widget, void *context)
{
    (void)widget;
    use_theme((uintptr_t)context);
}

void themes_follow(struct settings *settings)
{
    for (size_t i = 0; i < 4; i++)
        if (strcmp(ui_theme()->name, themes[i].name) == 0)
            ui_set_value(settings->themes[i], 1);
}

/* Radios of one group are children of one parent: so a grid of two lines. */
void themes_make(struct settings *settings, struct widget *parent)
{
    static const struct ui_canvas_calls calls = {.paint = paint_theme, .pointer = point_theme};
    struct widget *grid = ui_grid(parent, 4), *first = NULL;

    for (uintptr_t i = 0; i < 4; i++) {
        struct widget *picture = ui_canvas(grid, &calls, (void *)i);

        ui_set_least(picture, 112, 80);
        ui_set_name(picture, themes[i].name);
    }
    for (uintptr_t i = 0; i < 4; i++) {
        struct widget *radio =
            ui_radio(grid, ui_say(themes[i].english, themes[i].spanish), first, theme_chosen, (void *)i);

        first = first ? first : radio;
        settings->themes[i] = radio;
    }
    themes_follow(settings);
}

/* ---- accents ---------------------------------------------------------------------------------------- */
#define ACCENTS (sizeof(accents) / sizeof(accents[0]))
#define DOT     36 /* the room of one, at 100 % */

static void accent_text(size_t which, char text[16])
{
    text[0] = '\0';
    if (accents[which])
        snprintf(text, 16, "#%06x", accents[which]);
}

static size_t accent_now(const struct settings *settings)
{
    char now[16], text[16];
    size_t which = 0;

    setting_get(settings, "accent", now, sizeof(now));
    for (size_t i = 1; i < ACCENTS; i++) {
        accent_text(i, text);
        which = strcmp(now, text) == 0 ? i : which;
    }
    return which;
}

/* The theme's own, as its file has it. */
static colour_t own_accent(void)
{
    struct theme theme;

    (void)theme_load(&theme, ui_theme()->name, NULL);
    return theme.accent;
}

static void paint_accents(struct widget *widget, const struct canvas *canvas, void *context)
{
    const struct settings *settings = context;
    size_t now = accent_now(settings);
    int width, height, dot = ui_px(DOT);

    ui_canvas_size(widget, &width, &height);
    draw_fill(canvas, (struct rect){0, 0, width, height}, ui_theme()->surface);
    for (size_t i = 0; i < ACCENTS; i++) {
        int x = (int)i * dot + dot / 2, y = height / 2;
        colour_t colour = accents[i] ? 0xff000000u | accents[i] : own_accent();

        if (i == now) {
            draw_circle(canvas, x, y, ui_px(15), ui_focused(widget) ? ui_theme()->accent : ui_theme()->text);
            draw_circle(canvas, x, y, ui_px(13), ui_theme()->surface);
        }
        draw_circle(canvas, x, y, ui_px(11), colour);
    }
}

static void use_accent(struct widget *widget, size_t which)
{
    char text[16];

    accent_text(which, text);
    (void)ui_set_desktop("accent", text);
    ui_redraw(widget);
}

static bool point_accent(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    int which = pointer->x / ui_px(DOT);

    (void)context;
    if (pointer->kind != UI_PRESS || pointer->x < 0 || (size_t)which >= ACCENTS)
        return false;
    ui_focus(widget);
    use_accent(widget, (size_t)which);
    return true;
}

static bool key_accent(struct widget *widget, const struct ui_key *key, void *context)
{
    size_t now = accent_now(context);

    if (!key->pressed || (key->code != KEY_LEFT && key->code != KEY_RIGHT))
        return false;
    use_accent(widget, (now + (key->code == KEY_RIGHT ? 1 : ACCENTS - 1)) % ACCENTS);
    return true;
}

static void make_accents(struct settings *settings, struct widget *page)
{
    static const struct ui_canvas_calls calls = {
        .paint = paint_accents, .pointer = point_accent, .key = key_accent};

    settings->accents = ui_canvas(settings_row(page, ui_say("Accent", "Color")), &calls, settings);
    ui_set_grow(settings->accents, 0);
    ui_set_least(settings->accents, (int)ACCENTS * DOT, 36);
    ui_set_name(settings->accents, "accents");
    ui_set_tooltip(settings->accents, ui_say("The first is the theme's own", "El primero es el del tema"));
}

/* ---- the wallpaper ---------------------------------------------------------------------------------- */
static void wallpaper_chosen(struct widget *choice, void *context)
{
    int which = ui_value(choice);

    (void)context;
    if (which >= 0 && (size_t)which < WALLPAPERS)
        (void)ui_set_desktop("wallpaper", wallpapers[which].name);
}

static void make_wallpapers(struct settings *settings, struct widget *page)
{
    struct widget *choice =
        ui_choice(settings_row(page, ui_say("Wallpaper", "Fondo")), wallpaper_chosen, NULL);
    char now[32];

    setting_get(settings, "wallpaper", now, sizeof(now));
    ui_set_name(choice, "wallpaper");
    for (size_t i = 0; i < WALLPAPERS; i++)
        ui_choice_add(choice, ui_say(wallpapers[i].english, wallpapers[i].spanish));
    ui_set_value(choice, 0);
    for (size_t i = 0; i < WALLPAPERS; i++)
        if (strcmp(now, wallpapers[i].name) == 0)
            ui_set_value(choice, (int)i);
}

void look_page_make(struct settings *settings, struct widget *page)
{
    themes_make(settings, page);
    make_accents(settings, page);
    make_wallpapers(settings, page);
}

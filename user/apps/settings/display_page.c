/* The screen: its mode, with a question that goes back by itself where nobody can read it; its scale. */
#include <stdio.h>
#include <string.h>

#include "user/apps/settings/settings.h"
#include "user/desktop/magnify.h"

#define KEEP_S 15

static const int depths[] = {32, 24, 16, 15};
#define DEPTHS (sizeof(depths) / sizeof(depths[0]))

/* ---- another mode ----------------------------------------------------------------------------------- */
static void end_question(struct settings *settings)
{
    struct ui_window *question = settings->display.question;

    ui_timer_stop(settings->display.timer);
    settings->display.timer = 0;
    settings->display.question = NULL;
    ui_window_end(question);
}

static void keep(struct widget *widget, void *context)
{
    (void)widget;
    end_question(context);
}

static void go_back(struct widget *widget, void *context)
{
    struct settings *settings = context;

    (void)widget;
    (void)ui_set_desktop("mode", settings->display.before);
    end_question(settings);
}

static bool question_closed(struct ui_window *window, void *context)
{
    (void)window;
    go_back(NULL, context);
    return false; /* it has ended already */
}

static void show_left(const struct display_page *display)
{
    ui_set_textf(display->left_label,
                 ui_say("The old one comes back in %d s.", "El anterior vuelve en %d s."), display->left_s);
}

static void count_down(void *context)
{
    struct settings *settings = context;

    if (--settings->display.left_s <= 0)
        go_back(NULL, settings);
    else
        show_left(&settings->display);
}

static void ask_keep(struct settings *settings)
{
    struct display_page *display = &settings->display;

    display->question =
        ui_dialog(settings->window, ui_say("Keep this mode?", "¿Conservar este modo?"), 340, 0);
    if (!display->question) {
        (void)ui_set_desktop("mode", display->before);
        return;
    }
    struct widget *content = ui_window_content(display->question);

    ui_label(content, ui_say("Is everything well to be seen?", "¿Se ve todo bien?"));
    display->left_label = ui_label(content, "");
    struct widget *row = ui_row(content);

    ui_spacer(row);
    struct widget *back = ui_button(row, ui_say("Go &back", "&Volver"), go_back, settings);

    ui_button(row, ui_say("&Keep", "&Conservar"), keep, settings);
    ui_window_set_default(display->question, back);
    ui_window_on_close(display->question, question_closed, settings);
    display->left_s = KEEP_S;
    show_left(display);
    display->timer = ui_timer(1000, true, count_down, settings);
    ui_window_show(display->question);
}

/* The mode as it is: size of the screen, colours of the setting. */
static int current_bits(const struct settings *settings)
{
    char mode[32];
    int width, height, bits;

    setting_get(settings, "mode", mode, sizeof(mode));
    return screen_mode_parse(mode, &width, &height, &bits) ? bits : 32;
}

static void use_mode(struct widget *widget, void *context)
{
    struct settings *settings = context;
    struct display_page *display = &settings->display;
    int size = ui_value(display->size), depth = ui_value(display->depth), width, height;
    char mode[32];

    (void)widget;
    if (size < 0 || (size_t)size >= screen_size_count || depth < 0 || (size_t)depth >= DEPTHS ||
        display->question)
        return;
    ui_screen_size(&width, &height);
    snprintf(display->before, sizeof(display->before), "%dx%dx%d", width, height, current_bits(settings));
    snprintf(mode, sizeof(mode), "%dx%dx%d", screen_sizes[size].width, screen_sizes[size].height,
             depths[depth]);
    if (strcmp(mode, display->before) == 0)
        return;
    settings_tell(settings, ui_say("The mode stays", "El modo no cambia"), ui_set_desktop("mode", mode));
    ask_keep(settings);
}

static void make_sizes(struct settings *settings, struct widget *row)
{
    struct widget *choice = settings->display.size = ui_choice(row, NULL, NULL);
    int width, height;

    ui_screen_size(&width, &height);
    ui_set_name(choice, "size");
    ui_set_value(choice, -1);
    for (size_t i = 0; i < screen_size_count; i++) {
        char text[32];

        snprintf(text, sizeof(text), "%d × %d", screen_sizes[i].width, screen_sizes[i].height);
        ui_choice_add(choice, text);
        if (screen_sizes[i].width == width && screen_sizes[i].height == height)
            ui_set_value(choice, (int)i);
    }
}

static void make_depths(struct settings *settings, struct widget *row)
{
    struct widget *choice = settings->display.depth = ui_choice(row, NULL, NULL);
    int bits = current_bits(settings);

    ui_set_name(choice, "depth");
    for (size_t i = 0; i < DEPTHS; i++) {
        char text[32];

        snprintf(text, sizeof(text), ui_say("%d bits", "%d bits"), depths[i]);
        ui_choice_add(choice, text);
        if (depths[i] == bits)
            ui_set_value(choice, (int)i);
    }
}

/* ---- scale and magnifier ---------------------------------------------------------------------------- */
static void scale_chosen(struct widget *choice, void *context)
{
    int which = ui_value(choice);

    (void)context;
    if (which >= 0 && (size_t)which < sizeof(scales) / sizeof(scales[0]))
        setting_set_number("scale", scales[which]);
}

static void make_scale(struct settings *settings, struct widget *page)
{
    struct widget *choice = ui_choice(settings_row(page, ui_say("Scale", "Escala")), scale_chosen, NULL);
    int now = setting_number(settings, "scale", 0, 200, 0);

    ui_set_name(choice, "scale");
    for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        char text[48];

        if (scales[i])
            snprintf(text, sizeof(text), "%d %%", scales[i]);
        else
            snprintf(text, sizeof(text), "%s", ui_say("By the screen's size", "Según la pantalla"));
        ui_choice_add(choice, text);
        if (scales[i] == now)
            ui_set_value(choice, (int)i);
    }
}

static const int magnified[] = MAGNIFY_STEPS;
#define MAGNIFIED (sizeof(magnified) / sizeof(magnified[0]))

static void magnifier_chosen(struct widget *choice, void *context)
{
    int which = ui_value(choice);

    (void)context;
    if (which >= 0 && (size_t)which < MAGNIFIED)
        setting_set_number("magnifier", magnified[which]);
}

static void make_magnifier(struct settings *settings, struct widget *page)
{
    struct widget *row = settings_row(page, ui_say("Magnifier", "Lupa"));
    struct widget *choice = ui_choice(row, magnifier_chosen, NULL);
    int now = setting_number(settings, "magnifier", 0, MAGNIFY_MOST, 0);

    ui_set_name(choice, "magnifier");
    for (size_t i = 0; i < MAGNIFIED; i++) {
        char text[32];

        snprintf(text, sizeof(text), "%d %%", magnified[i]);
        ui_choice_add(choice, magnified[i] ? text : ui_say("Off", "No"));
        if (magnified[i] == now)
            ui_set_value(choice, (int)i);
    }
    ui_label_set_style(ui_label(row, ui_say("or Super with + - 0", "o Súper con + - 0")), UI_DIM);
}

void display_page_make(struct settings *settings, struct widget *page)
{
    struct widget *row = settings_row(page, ui_say("Mode", "Modo"));

    make_sizes(settings, row);
    make_depths(settings, row);
    ui_button(row, ui_say("&Use", "&Usar"), use_mode, settings);
    settings_hint(page, ui_say("A mode that the card cannot show is refused, and all stays as it is.",
                               "Un modo que la tarjeta no ofrece se rechaza, y todo sigue igual."));
    make_scale(settings, page);
    make_magnifier(settings, page);
}

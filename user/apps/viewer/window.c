/*
 * The image viewer's window: the picture, a bar of tools below it, and the pictures beside it in its folder.
 * Keys: arrows, Page Up and Down: the next one; + - 0 1: zoom; R, Shift+R: turn; F, F11: whole screen; I:
 * about it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/abi/keys.h"
#include "user/apps/files/folder.h"
#include "user/apps/files/path.h"
#include "user/apps/viewer/load.h"
#include "user/apps/viewer/view.h"
#include "user/apps/viewer/viewer.h"
#include "user/desktop/protocol.h"

struct viewer {
    struct ui_window *window;
    struct widget *canvas, *bar, *zoom_label, *note, *where;
    struct load *load;
    struct image image;
    struct view view;
    char *path;          /* what is shown, or tried; NULL */
    struct names names;  /* the pictures of its folder */
    size_t which;        /* of them */
    int error;
    bool pulled, full;
    int pulled_x, pulled_y;
};

static void show(struct viewer *viewer, const char *path);

/* ---- what is said -------------------------------------------------------------------------------------- */

static void say_state(struct viewer *viewer)
{
    char title[200];

    ui_set_textf(viewer->zoom_label, "%d %%", view_percent(&viewer->view));
    if (viewer->names.count > 1)
        ui_set_textf(viewer->where, ui_say("%zu of %zu", "%zu de %zu"), viewer->which + 1,
                     viewer->names.count);
    else
        ui_set_text(viewer->where, "");
    if (viewer->path)
        snprintf(title, sizeof(title), "%.120s — %s", path_name(viewer->path), ui_say("Images", "Imágenes"));
    else
        snprintf(title, sizeof(title), "%s", ui_say("Images", "Imágenes"));
    ui_window_set_title(viewer->window, title);
    ui_redraw(viewer->canvas);
}

static void say_note(struct viewer *viewer)
{
    const struct image *image = &viewer->image;
    char text[200] = "";

    if (viewer->error)
        snprintf(text, sizeof(text), "%s", image_explain(viewer->error, !strcmp(ui_language(), "es")));
    else if (image->pixels && image->damaged)
        snprintf(text, sizeof(text), "%s", ui_say("The file is damaged: this is what could be read.",
                                                  "El archivo está dañado: esto es lo que se pudo leer."));
    else if (image->pixels && image->reduced > 1)
        snprintf(text, sizeof(text), ui_say("%u × %u pixels, made smaller to fit the memory",
                                            "%u × %u píxeles, reducida para caber en la memoria"),
                 image->full_width, image->full_height);
    else if (image->pixels)
        snprintf(text, sizeof(text), "%u × %u", image->full_width, image->full_height);
    ui_set_text(viewer->note, text);
    ui_label_set_style(viewer->note, viewer->error || image->damaged ? UI_WARNING : UI_DIM);
}

/* ---- pictures ------------------------------------------------------------------------------------------ */

static void loaded(struct image *image, int error, const char *path, void *context)
{
    struct viewer *viewer = context;

    (void)path;
    viewer->load = NULL;
    viewer->error = error;
    view_show(&viewer->view, NULL);
    image_free(&viewer->image);
    viewer->image = *image;
    if (!error)
        view_show(&viewer->view, &viewer->image);
    say_note(viewer);
    say_state(viewer);
}

static int by_name(const void *a, const void *b)
{
    return compare_names(*(char *const *)a, *(char *const *)b);
}

/* The pictures that lie beside it. */
static void find_others(struct viewer *viewer, const char *folder, const char *name)
{
    struct names all;
    size_t kept = 0;

    names_free(&viewer->names);
    viewer->which = 0;
    if (names_of_folder(&all, folder))
        return;
    for (size_t i = 0; i < all.count; i++)
        if (image_name(all.items[i]) || !strcmp(all.items[i], name))
            all.items[kept++] = all.items[i];
        else
            free(all.items[i]);
    all.count = kept;
    if (kept > 0)
        qsort(all.items, kept, sizeof(*all.items), by_name);
    viewer->names = all;
    for (size_t i = 0; i < kept; i++)
        if (!strcmp(all.items[i], name))
            viewer->which = i;
}

static void show(struct viewer *viewer, const char *path)
{
    char *copy = strdup(path);

    free(viewer->path);
    viewer->path = copy;
    viewer->error = 0;
    viewer->load = load_start(viewer->load, path, loaded, viewer);
    if (!viewer->load) {
        struct image none = {0};

        loaded(&none, -ENOMEM, path, viewer);
    }
    ui_set_text(viewer->note, ui_say("Reading…", "Leyendo…"));
    say_state(viewer);
}

/* A file, or the first picture of a folder. */
static void go_to(struct viewer *viewer, const char *path)
{
    char *clean = path_clean("/", path), *folder = NULL;
    struct stat about;
    bool is_folder = clean && stat(clean, &about) == 0 && S_ISDIR(about.st_mode);

    if (clean)
        folder = is_folder ? strdup(clean) : path_folder(clean);
    if (!folder) {
        free(clean);
        return;
    }
    find_others(viewer, folder, is_folder ? "" : path_name(clean));
    char *first = is_folder && viewer->names.count > 0 ? path_join(folder, viewer->names.items[0]) : NULL;

    if (first || !is_folder)
        show(viewer, first ? first : clean);
    free(first);
    free(folder);
    free(clean);
}

static void step(struct viewer *viewer, int by)
{
    size_t count = viewer->names.count;
    char *folder, *path;

    if (count < 2 || !viewer->path)
        return;
    viewer->which = (viewer->which + count + (size_t)(by + (int)count) % count) % count;
    folder = path_folder(viewer->path);
    path = folder ? path_join(folder, viewer->names.items[viewer->which]) : NULL;
    if (path)
        show(viewer, path);
    free(folder);
    free(path);
}

/* ---- tools --------------------------------------------------------------------------------------------- */

static void zoom(struct viewer *viewer, int up, int down)
{
    view_zoom(&viewer->view, up, down, viewer->view.width / 2, viewer->view.height / 2);
    say_state(viewer);
}

static void on_larger(struct widget *widget, void *context)
{
    (void)widget;
    zoom(context, 5, 4);
}

static void on_smaller(struct widget *widget, void *context)
{
    (void)widget;
    zoom(context, 4, 5);
}

static void on_fit(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    view_fit(&viewer->view);
    say_state(viewer);
}

static void on_one(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    view_zoom_one(&viewer->view, viewer->view.width / 2, viewer->view.height / 2);
    say_state(viewer);
}

static void on_turn(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    view_turn(&viewer->view, 1);
    say_state(viewer);
}

static void on_turn_back(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    view_turn(&viewer->view, -1);
    say_state(viewer);
}

static void on_next(struct widget *widget, void *context)
{
    (void)widget;
    step(context, 1);
}

static void on_previous(struct widget *widget, void *context)
{
    (void)widget;
    step(context, -1);
}

static void set_full(struct viewer *viewer, bool full)
{
    viewer->full = full;
    ui_set_visible(viewer->bar, !full);
    ui_window_set_state(viewer->window, full ? STATE_FULLSCREEN : STATE_NORMAL);
}

static void on_full(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    set_full(viewer, !viewer->full);
}

static void on_escape(struct widget *widget, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    if (viewer->full)
        set_full(viewer, false);
}

static void chosen(const char *path, void *context)
{
    if (path)
        go_to(context, path);
}

static void on_open(struct widget *widget, void *context)
{
    struct viewer *viewer = context;
    char *folder = viewer->path ? path_folder(viewer->path) : NULL;

    (void)widget;
    ui_open_file(viewer->window, folder, chosen, viewer);
    free(folder);
}

static void on_close_key(struct widget *widget, void *context)
{
    (void)widget;
    ui_window_close(((struct viewer *)context)->window);
}

static void on_about(struct widget *widget, void *context)
{
    struct viewer *viewer = context;
    const struct image *image = &viewer->image;
    char text[600], size[32] = "", when[40] = "";
    struct stat about;
    struct tm local;

    (void)widget;
    if (!viewer->path || !image->pixels)
        return;
    if (stat(viewer->path, &about) == 0) {
        size_text(size, (uint64_t)about.st_size, ui_say("bytes", "bytes"));
        localtime_r(&about.st_mtim.tv_sec, &local);
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &local);
    }
    snprintf(text, sizeof(text), ui_say("%.400s\n%s, %u × %u pixels, %u bits each\n%s, changed %s",
                                        "%.400s\n%s, %u × %u píxeles de %u bits\n%s, cambiado %s"),
             viewer->path, image->format, image->full_width, image->full_height, image->bits, size, when);
    ui_message(viewer->window, ICON_PICTURE, path_name(viewer->path), text);
}

/* ---- the canvas ---------------------------------------------------------------------------------------- */

static void paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    struct viewer *viewer = context;
    const struct theme *theme = ui_theme();
    struct rect all = {0, 0, viewer->view.width, viewer->view.height};
    colour_t back = viewer->full ? 0xFF000000 : theme->field;

    (void)widget;
    view_paint(&viewer->view, canvas, back, colour_mix(theme->field, theme->text, 90),
               colour_mix(theme->field, theme->text, 50));
    if (viewer->error)
        draw_icon(canvas, (struct rect){all.w / 2 - ui_px(24), all.h / 2 - ui_px(24), ui_px(48), ui_px(48)},
                  ICON_WARNING, theme->warning);
    else if (!viewer->image.pixels && !viewer->load)
        draw_label(
            canvas, all, ui_font(FONT_UI, UI_TEXT),
            ui_say("Ctrl+O opens a picture; or drop one here.", "Ctrl+O abre una imagen; o suelte una aquí."),
            ALIGN_CENTRE, theme->dim_text);
}

static void resized(struct widget *widget, int width, int height, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    view_resize(&viewer->view, width, height);
    ui_set_textf(viewer->zoom_label, "%d %%", view_percent(&viewer->view));
}

static void wheel(struct viewer *viewer, const struct ui_pointer *pointer)
{
    for (int i = 0; i < 10 && i < pointer->wheel_y; i++)
        view_zoom(&viewer->view, 5, 4, pointer->x, pointer->y);
    for (int i = 0; i < 10 && i < -pointer->wheel_y; i++)
        view_zoom(&viewer->view, 4, 5, pointer->x, pointer->y);
    say_state(viewer);
}

static void press(struct viewer *viewer, const struct ui_pointer *pointer)
{
    if (pointer->button != BUTTON_LEFT)
        return;
    if (pointer->clicks == 2) {
        set_full(viewer, !viewer->full);
        return;
    }
    viewer->pulled = view_can_move(&viewer->view);
    viewer->pulled_x = pointer->x;
    viewer->pulled_y = pointer->y;
    ui_set_pointer(viewer->canvas, viewer->pulled ? POINTER_MOVE : POINTER_ARROW);
}

static void pull(struct viewer *viewer, const struct ui_pointer *pointer)
{
    view_move(&viewer->view, pointer->x - viewer->pulled_x, pointer->y - viewer->pulled_y);
    viewer->pulled_x = pointer->x;
    viewer->pulled_y = pointer->y;
    ui_redraw(viewer->canvas);
}

static bool on_pointer(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    struct viewer *viewer = context;

    (void)widget;
    if (pointer->kind == UI_WHEEL)
        wheel(viewer, pointer);
    else if (pointer->kind == UI_PRESS)
        press(viewer, pointer);
    else if (pointer->kind == UI_MOVE_TO && viewer->pulled)
        pull(viewer, pointer);
    else if (pointer->kind == UI_RELEASE) {
        viewer->pulled = false;
        ui_set_pointer(viewer->canvas, POINTER_ARROW);
    }
    return pointer->kind != UI_ENTER && pointer->kind != UI_LEAVE;
}

/* With Shift the arrows move the picture. */
static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    static const struct {
        uint16_t code;
        int dx, dy;
    } moves[] = {{KEY_LEFT, 64, 0}, {KEY_RIGHT, -64, 0}, {KEY_UP, 0, 64}, {KEY_DOWN, 0, -64}};
    struct viewer *viewer = context;
    bool shift = key->modifiers & MODIFIER_SHIFT;

    (void)widget;
    if (!key->pressed || (key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER)))
        return false;
    if (key->text[0] == '+' || key->text[0] == '-') { /* wherever the layout has them */
        zoom(viewer, key->text[0] == '+' ? 5 : 4, key->text[0] == '+' ? 4 : 5);
        return true;
    }
    for (size_t i = 0; i < 4; i++)
        if (key->code == moves[i].code && (shift || moves[i].dy)) {
            view_move(&viewer->view, moves[i].dx, moves[i].dy);
            ui_redraw(viewer->canvas);
            return true;
        }
    return false;
}

static bool on_drop(struct widget *widget, const struct ui_drop *drop, void *context)
{
    struct names names;
    bool cut;

    (void)widget;
    if (strcmp(drop->type, TYPE_URIS) != 0)
        return false;
    if (drop->size > 0 && !names_of_uris(&names, drop->bytes, drop->size, &cut)) {
        if (names.count > 0)
            go_to(context, names.items[0]);
        names_free(&names);
    }
    return true;
}

/* ---- life ---------------------------------------------------------------------------------------------- */

static bool on_close(struct ui_window *window, void *context)
{
    struct viewer *viewer = context;

    ui_window_end(window);
    load_stop(viewer->load);
    image_free(&viewer->image);
    names_free(&viewer->names);
    free(viewer->path);
    free(viewer);
    return false;
}

static void make_bar(struct viewer *viewer, struct widget *content)
{
    struct widget *bar = ui_row(content);

    viewer->bar = bar;
    ui_set_gap(bar, 4);
    ui_set_padding(bar, 8, 4);
    ui_tool(bar, ICON_BACK, ui_say("The one before (Left)", "La anterior (Izquierda)"), on_previous, viewer);
    ui_tool(bar, ICON_FORWARD, ui_say("The next one (Right)", "La siguiente (Derecha)"), on_next, viewer);
    viewer->where = ui_label(bar, "");
    ui_label_set_style(viewer->where, UI_DIM);
    viewer->note = ui_label(bar, "");
    ui_label_set_style(viewer->note, UI_DIM);
    ui_label_set_align(viewer->note, ALIGN_CENTRE);
    ui_set_grow(viewer->note, 1);
    ui_tool(bar, ICON_REMOVE, ui_say("Smaller (-)", "Más pequeña (-)"), on_smaller, viewer);
    viewer->zoom_label = ui_label(bar, "100 %");
    ui_label_set_align(viewer->zoom_label, ALIGN_CENTRE);
    ui_set_least(viewer->zoom_label, 52, 0);
    ui_tool(bar, ICON_ADD, ui_say("Larger (+)", "Más grande (+)"), on_larger, viewer);
    ui_tool(bar, ICON_RESTORE, ui_say("As large as the window (0)", "Del tamaño de la ventana (0)"), on_fit,
            viewer);
    ui_tool(bar, ICON_REFRESH, ui_say("Turn (R)", "Girar (R)"), on_turn, viewer);
    ui_tool(bar, ICON_INFO, ui_say("About it (I)", "Información (I)"), on_about, viewer);
    ui_tool(bar, ICON_MAXIMISE, ui_say("Whole screen (F)", "Pantalla completa (F)"), on_full, viewer);
}

static void make_keys(struct viewer *viewer)
{
    static const struct {
        const char *keys;
        ui_action call;
    } keys[] = {
        {"Left", on_previous}, {"Right", on_next}, {"PgUp", on_previous}, {"PgDn", on_next},
        {"Space", on_next}, {"Backspace", on_previous}, {"0", on_fit}, {"1", on_one}, {"R", on_turn},
        {"Shift+R", on_turn_back}, {"F", on_full}, {"F11", on_full}, {"Esc", on_escape}, {"I", on_about},
        {"Ctrl+O", on_open}, {"Ctrl+W", on_close_key}, {"Q", on_close_key},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)ui_shortcut(viewer->window, keys[i].keys, keys[i].call, viewer);
}

struct viewer *viewer_open(const char *path)
{
    static const struct ui_canvas_calls calls = {paint, on_pointer, on_key, resized, NULL};
    struct viewer *viewer = calloc(1, sizeof(*viewer));

    if (!viewer)
        return NULL;
    viewer->window = ui_window(ui_say("Images", "Imágenes"), 720, 520);
    struct widget *content = ui_window_content(viewer->window);

    ui_window_set_icon(viewer->window, "viewer");
    ui_window_on_close(viewer->window, on_close, viewer);
    ui_set_padding(content, 0, 0);
    ui_set_gap(content, 0);
    viewer->canvas = ui_canvas(content, &calls, viewer);
    ui_set_name(viewer->canvas, "picture");
    ui_set_grow(viewer->canvas, 1);
    ui_set_least(viewer->canvas, 160, 120);
    ui_on_drop(viewer->canvas, on_drop, viewer);
    make_bar(viewer, content);
    make_keys(viewer);
    view_show(&viewer->view, NULL);
    ui_focus(viewer->canvas);
    if (path)
        go_to(viewer, path);
    say_state(viewer);
    ui_window_show(viewer->window);
    return viewer;
}

struct ui_window *viewer_window(const struct viewer *viewer)
{
    return viewer->window;
}

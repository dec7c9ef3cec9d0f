/* The gallery's pages. What is done with a widget is said in the line at the bottom. */
#include "user/apps/gallery/gallery.h"

#include <stdio.h>
#include <string.h>

static struct gallery *gallery_of(struct widget *widget)
{
    return ui_window_context(ui_window_of(widget));
}

static void said(struct widget *widget, void *context)
{
    (void)context;
    ui_set_textf(gallery_of(widget)->status, "%s: %d", ui_text(widget), ui_value(widget));
}

static void page_chosen(struct widget *tabs, void *context)
{
    (void)context;
    ui_set_text(gallery_of(tabs)->status, ui_text(ui_tabs_page(tabs, (unsigned)ui_value(tabs))));
}

/* ---- simple widgets -------------------------------------------------------------------------- */

static void clicked(struct widget *button, void *context)
{
    struct gallery *gallery = gallery_of(button);

    (void)context;
    gallery->clicks++;
    ui_set_textf(gallery->status, ui_say("Pressed %u times", "Pulsado %u veces"), gallery->clicks);
}

static void slid(struct widget *slider, void *progress)
{
    ui_set_value(progress, ui_value(slider) * 10);
    said(slider, NULL);
}

static void add_buttons(struct widget *page)
{
    struct widget *row = ui_row(page), *button;

    ui_button(row, ui_say("&Button", "&Botón"), clicked, NULL);
    button = ui_button(row, ui_say("&Accent", "&Acento"), clicked, NULL);
    ui_button_set_accent(button, true);
    button = ui_button(row, ui_say("With icon", "Con icono"), clicked, NULL);
    ui_icon_set(button, ICON_SAVE);
    ui_set_enabled(ui_button(row, ui_say("Disabled", "Inactivo"), clicked, NULL), false);
    ui_spacer(row);
    ui_set_name(ui_tool(row, ICON_UNDO, ui_say("Undo", "Deshacer"), clicked, NULL), "undo");
    ui_tool(row, ICON_COPY, ui_say("Copy", "Copiar"), clicked, NULL);
    ui_tool(row, ICON_REFRESH, ui_say("Refresh", "Actualizar"), clicked, NULL);
}

static void add_switches(struct widget *page)
{
    struct widget *grid = ui_grid(page, 3), *first;

    for (unsigned i = 0; i < 3; i++)
        ui_grid_set_grow(grid, i, 1);
    ui_check(grid, ui_say("&Check", "&Casilla"), true, said, NULL);
    first = ui_radio(grid, ui_say("&One", "&Uno"), NULL, said, NULL);
    ui_switch(grid, ui_say("&Switch", "&Interruptor"), true, said, NULL);
    ui_check(grid, ui_say("Unchecked", "Sin marcar"), false, said, NULL);
    ui_radio(grid, ui_say("&Two", "&Dos"), first, said, NULL);
    ui_switch(grid, ui_say("Off", "Apagado"), false, said, NULL);
    ui_set_enabled(ui_check(grid, ui_say("Disabled", "Inactiva"), true, said, NULL), false);
    ui_radio(grid, ui_say("T&hree", "&Tres"), first, said, NULL);
    ui_set_enabled(ui_switch(grid, ui_say("Disabled", "Inactivo"), true, said, NULL), false);
}

static void add_fields(struct widget *page)
{
    struct widget *grid = ui_grid(page, 2), *widget, *progress;

    ui_grid_set_grow(grid, 1, 1);
    ui_label(grid, ui_say("Name", "Nombre"));
    ui_set_name(ui_entry(grid, "Ada Lovelace", NULL, NULL), "name");
    ui_label(grid, ui_say("Search", "Buscar"));
    widget = ui_entry(grid, "", NULL, NULL);
    ui_entry_set_placeholder(widget, ui_say("Type to search…", "Escriba para buscar…"));
    ui_entry_set_icon(widget, ICON_SEARCH);
    ui_label(grid, ui_say("Password", "Contraseña"));
    ui_entry_set_secret(ui_entry(grid, "secret", NULL, NULL), true);
    ui_label(grid, ui_say("Choice", "Opción"));
    widget = ui_choice(grid, said, NULL);
    ui_set_name(widget, "choice");
    ui_choice_add(widget, ui_say("Dark", "Oscuro"));
    ui_choice_add(widget, ui_say("Light", "Claro"));
    ui_choice_add(widget, ui_say("Contrast", "Contraste"));
    ui_label(grid, ui_say("Slider", "Deslizador"));
    widget = ui_slider(grid, 0, 100, 40, slid, NULL);
    ui_label(grid, ui_say("Progress", "Progreso"));
    progress = ui_progress(grid);
    ui_set_context(widget, progress);
    ui_set_value(progress, 400);
}

static void add_simple(struct widget *tabs)
{
    struct widget *page = ui_tab(tabs, ui_say("Controls", "Controles")), *label;

    ui_label_set_style(ui_label(page, ui_say("Widgets of FastOS", "Elementos de FastOS")), UI_HEADING);
    label = ui_label(page, ui_say("All of them work with the keyboard alone: Tab goes on, Space presses.",
                                  "Todos funcionan solo con el teclado: Tab avanza, Espacio pulsa."));
    ui_label_set_style(label, UI_DIM);
    add_buttons(page);
    add_switches(page);
    add_fields(page);
}

/* ---- table, tiles, tree ---------------------------------------------------------------------- */

#define ROWS 10000u

static const char *const elements[] = {"compositor", "terminal", "files", "sysmon",
                                       "editor",     "help",     "shell"};

static size_t row_count(void *context)
{
    (void)context;
    return ROWS;
}

/* The number that a row shows, as it is sorted. */
static unsigned row_number(const struct gallery *gallery, size_t row)
{
    return (unsigned)(gallery->sorted_down ? ROWS - 1 - row : row);
}

static void table_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const unsigned number = row_number(context, row);
    const unsigned use = number * 7919u % 1000u;

    cell->text = cell->memory;
    switch (column) {
    case 0:
        cell->text = elements[number % 7];
        cell->icon = number % 7 == 1 ? ICON_TERMINAL : number % 7 == 2 ? ICON_FILES : ICON_PROGRAM;
        break;
    case 1:
        snprintf(cell->memory, sizeof(cell->memory), "%u.%u %%", use / 10, use % 10);
        cell->bar = (int)use + 1;
        break;
    case 2:
        snprintf(cell->memory, sizeof(cell->memory), "%u.%u MB", use / 17, use % 10);
        break;
    default:
        snprintf(cell->memory, sizeof(cell->memory), "%u", number + 1);
        cell->dim = true;
    }
}

static void row_chosen(struct widget *list, void *context)
{
    (void)context;
    ui_set_textf(gallery_of(list)->status, ui_say("%zu selected", "%zu elegidas"),
                 ui_list_selected_count(list));
}

static void sort(struct widget *table, unsigned column, bool down, void *context)
{
    struct gallery *gallery = context;

    gallery->sorted = column;
    gallery->sorted_down = down;
    ui_list_changed(table, false);
}

static void add_table(struct gallery *gallery, struct widget *tabs)
{
    static const struct ui_model model = {row_count, table_cell};
    const struct ui_column_of columns[] = {{ui_say("Program", "Programa"), 160, 1, ALIGN_START, false},
                                           {"CPU", 90, 0, ALIGN_END, false},
                                           {ui_say("Memory", "Memoria"), 100, 0, ALIGN_END, false},
                                           {"PID", 80, 0, ALIGN_END, true}};
    struct widget *page = ui_tab(tabs, ui_say("Table", "Tabla"));
    struct widget *table = ui_table(page, columns, 4, &model, gallery, row_chosen, NULL);

    ui_set_name(table, "table");
    ui_list_set_multi(table, true);
    ui_table_on_sort(table, sort, gallery);
    ui_table_set_sorted(table, 3, false);
}

static const struct {
    const char *name;
    enum icon icon;
} tiles[] = {{"Documents", ICON_FOLDER}, {"Pictures", ICON_FOLDER}, {"readme.txt", ICON_TEXT},
             {"hello.c", ICON_TEXT}, {"Música", ICON_FOLDER}, {"kernel.log", ICON_TEXT},
             {"paint.png", ICON_PICTURE}, {"notes.md", ICON_TEXT}, {"backup.tar.gz", ICON_ARCHIVE},
             {"a rather long file name.txt", ICON_TEXT}, {"disk.img", ICON_DISK}, {"program", ICON_PROGRAM}};

static size_t tile_count(void *context)
{
    (void)context;
    return sizeof(tiles) / sizeof(tiles[0]);
}

static void tile_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)context;
    (void)column;
    cell->text = tiles[row].name;
    cell->icon = tiles[row].icon;
}

/* A tree of numbers: node n has the children 4n+1 … 4n+3, three levels deep. */
static size_t tree_children(void *context, void *node)
{
    (void)context;
    (void)node;
    return 3;
}

static void *tree_child(void *context, void *node, size_t which)
{
    (void)context;
    return (void *)((uintptr_t)node * 4 + which + 1);
}

static bool tree_leaf(void *context, void *node)
{
    (void)context;
    return (uintptr_t)node >= 16;
}

static void tree_cell(void *context, void *node, struct ui_cell *cell)
{
    static const char *const names[] = {"kernel", "drivers", "user"};

    (void)context;
    cell->icon = tree_leaf(NULL, node) ? ICON_FILE : ICON_FOLDER;
    snprintf(cell->memory, sizeof(cell->memory), "%s %u", names[((uintptr_t)node - 1) % 4 % 3],
             (unsigned)(uintptr_t)node);
    cell->text = cell->memory;
}

static void add_files(struct widget *tabs)
{
    static const struct ui_model model = {tile_count, tile_cell};
    static const struct ui_tree_model nodes = {tree_children, tree_child, tree_leaf, tree_cell};
    struct widget *split = ui_split(ui_tab(tabs, ui_say("Files", "Archivos")), false), *tree, *list;

    tree = ui_tree(split, &nodes, NULL, NULL, NULL);
    ui_set_name(tree, "tree");
    ui_tree_open(tree, (void *)2, true);
    list = ui_tiles(split, &model, NULL, row_chosen, NULL);
    ui_set_name(list, "tiles");
    ui_list_set_multi(list, true);
    ui_list_select(list, 3);
    ui_set_value(split, 170);
}

/* ---- text ------------------------------------------------------------------------------------ */

static const char program[] = "#include \"user/libui/ui.h\"\n\n"
                              "/* Says hello. */\n"
                              "static void greet(struct widget *button, void *label)\n"
                              "{\n"
                              "\tui_set_text(label, \"¡Hola, mundo!\");\n"
                              "}\n";

/* Comments and texts get a colour: enough to see that it works. */
static void style(struct text_buffer *buffer, size_t line, const char *text, size_t size, uint8_t *styles,
                  void *context)
{
    bool quoted = false;

    (void)buffer;
    (void)line;
    (void)context;
    for (size_t i = 0; i < size; i++) {
        if (text[0] == '#' || (size > 1 && text[0] == '/' && text[1] == '*')) {
            styles[i] = 1;
            continue;
        }
        styles[i] = quoted || text[i] == '"' ? 2 : 0;
        quoted ^= text[i] == '"';
    }
}

static void add_text(struct widget *tabs)
{
    struct widget *page = ui_tab(tabs, ui_say("Text", "Texto")), *area;
    const colour_t colours[16] = {[1] = ui_theme()->dim_text, [2] = ui_theme()->good};

    area = ui_text_area(page, NULL, NULL, NULL);
    ui_set_name(area, "text");
    ui_set_text(area, program);
    ui_area_set_numbers(area, true);
    ui_area_set_tab(area, 4);
    ui_area_set_styler(area, style, colours, NULL);
}

/* ---- canvas and the rest --------------------------------------------------------------------- */

static void paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    const struct theme *theme = ui_theme();
    int width, height, before = 0;

    (void)context;
    ui_canvas_size(widget, &width, &height);
    draw_fill(canvas, (struct rect){0, 0, width, height}, theme->field);
    for (int x = 0; x < width; x += ui_px(6)) {
        /* A wave made of parabolas. */
        const int phase = x % ui_px(120), half = ui_px(60), up = phase < half ? phase : phase - half;
        const int y =
            height / 2 + (phase < half ? -1 : 1) * (4 * up * (half - up) / half * height / 3 / half);

        if (x > 0)
            draw_line(canvas, x - ui_px(6), before, x, y, ui_px(2), theme->accent);
        before = y;
    }
}

static bool canvas_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)context;
    if (!key->pressed || !key->text[0] || (unsigned char)key->text[0] < 0x20)
        return false;
    ui_set_textf(gallery_of(widget)->status, ui_say("Key “%s”", "Tecla «%s»"), key->text);
    return true;
}

static void add_more(struct widget *tabs)
{
    static const struct ui_canvas_calls calls = {.paint = paint, .key = canvas_key};
    struct widget *page = ui_tab(tabs, ui_say("More", "Más")), *scroll, *card;

    ui_set_name(ui_canvas(page, &calls, NULL), "canvas");
    scroll = ui_scroll(page);
    ui_set_padding(scroll, 4, 4);
    ui_set_name(scroll, "scroll");
    card = ui_card(scroll);
    ui_label_set_style(ui_label(card, ui_say("A card in a scroll", "Una tarjeta en un desplazable")),
                       UI_BOLD);
    for (int i = 1; i <= 12; i++) {
        char text[32];

        snprintf(text, sizeof(text), ui_say("Setting %d", "Ajuste %d"), i);
        ui_switch(card, text, i % 3 == 0, said, NULL);
    }
}

/* ---- menus and questions --------------------------------------------------------------------- */

static void show_answer(struct gallery *gallery, const char *text)
{
    ui_set_textf(gallery->status, "→ %s", text ? text : ui_say("cancelled", "cancelado"));
}

static void answered(const char *text, void *context)
{
    show_answer(context, text);
}

static void confirmed(bool yes, void *context)
{
    show_answer(context, yes ? ui_say("yes", "sí") : NULL);
}

static void open_file(struct widget *widget, void *context)
{
    (void)widget;
    ui_open_file(((struct gallery *)context)->window, NULL, answered, context);
}

static void ask(struct widget *widget, void *context)
{
    (void)widget;
    ui_ask(((struct gallery *)context)->window, ui_say("Rename", "Renombrar"),
           ui_say("A new name:", "Nombre nuevo:"), "hello.c", answered, context);
}

static void confirm(struct widget *widget, void *context)
{
    (void)widget;
    ui_confirm(((struct gallery *)context)->window, ui_say("Delete", "Eliminar"),
               ui_say("Delete “hello.c”? It cannot be undone.",
                      "¿Eliminar «hello.c»? No se puede deshacer."),
               ui_say("&Delete", "&Eliminar"), confirmed, context);
}

static void notify(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_notify("gallery", ui_say("Gallery", "Galería"), ui_say("This is a notification.",
                                                              "Esto es una notificación."));
}

static void close_window(struct widget *widget, void *context)
{
    (void)widget;
    ui_window_close(((struct gallery *)context)->window);
}

static void add_menus(struct gallery *gallery)
{
    struct ui_menu *bar = ui_menu_bar(gallery->window), *menu, *sub;
    struct ui_item *item;

    menu = ui_menu_sub(bar, ui_say("&File", "&Archivo"));
    item = ui_menu_item(menu, ui_say("&Open…", "&Abrir…"), "Ctrl+O", open_file, gallery);
    ui_item_set_icon(item, ICON_OPEN);
    item = ui_menu_item(menu, ui_say("&Rename…", "&Renombrar…"), "F2", ask, gallery);
    item = ui_menu_item(menu, ui_say("&Delete…", "&Eliminar…"), "Ctrl+Del", confirm, gallery);
    ui_item_set_icon(item, ICON_TRASH);
    ui_menu_separator(menu);
    sub = ui_menu_sub(menu, ui_say("&More", "&Más"));
    ui_menu_item(sub, ui_say("&Notify", "&Notificar"), NULL, notify, gallery);
    ui_menu_separator(menu);
    ui_menu_item(menu, ui_say("&Close", "&Cerrar"), "Ctrl+W", close_window, gallery);
    menu = ui_menu_sub(bar, ui_say("&View", "&Ver"));
    ui_item_set_checked(ui_menu_item(menu, ui_say("&Details", "&Detalles"), NULL, NULL, NULL), true);
    ui_item_set_enabled(ui_menu_item(menu, ui_say("&Hidden", "&Ocultos"), "Ctrl+H", NULL, NULL), false);
}

bool gallery_open(struct gallery *gallery)
{
    struct widget *content;

    *gallery = (struct gallery){0};
    gallery->window = ui_window(ui_say("Gallery", "Galería"), 640, 520);
    if (!gallery->window)
        return false;
    ui_window_set_context(gallery->window, gallery);
    add_menus(gallery);
    content = ui_window_content(gallery->window);
    ui_set_padding(content, 12, 8);
    gallery->tabs = ui_tabs(content, page_chosen, NULL);
    add_simple(gallery->tabs);
    add_table(gallery, gallery->tabs);
    add_files(gallery->tabs);
    add_text(gallery->tabs);
    add_more(gallery->tabs);
    gallery->status = ui_label(content, ui_say("Ready", "Listo"));
    ui_label_set_style(gallery->status, UI_DIM);
    ui_window_show(gallery->window);
    return gallery->status != NULL;
}

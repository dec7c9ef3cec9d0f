/*
 * The editor's window: menu, tabs, status line. Use: editor_open → editor_open_file for each file → ui_run.
 * All in the thread of libui. A page owns its text area (and that its buffer) and its document.
 */
#include "user/apps/editor/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/editor/find.h"
#include "user/apps/editor/page.h"

static struct ui_window *window;
static struct widget *tabs, *place, *kind;
static bool closing; /* the window goes when all its pages have gone */

struct page *page_now(void)
{
    struct widget *tab = ui_tabs_page(tabs, (unsigned)ui_value(tabs));
    return tab != NULL ? ui_context(tab) : NULL;
}

struct page *page_at(unsigned which)
{
    struct widget *tab = ui_tabs_page(tabs, which);
    return tab != NULL ? ui_context(tab) : NULL;
}

struct text_buffer *page_buffer(const struct page *page)
{
    return ui_area_buffer(page->area);
}

static const char *name_of(const struct page *page)
{
    const char *slash = strrchr(page->document.path, '/');
    if (page->document.path[0] == 0)
        return ui_say("Untitled", "Sin título");
    return slash != NULL ? slash + 1 : page->document.path;
}

/* ---- what is shown --------------------------------------------------------------------------- */
static void show_place(struct page *page)
{
    char text[96];
    size_t at = ui_area_cursor(page->area), line = text_buffer_line_of(page_buffer(page), at), column = 1;
    size_t start = text_buffer_line_start(page_buffer(page), line);
    for (; start < at; column++)
        start = text_buffer_next(page_buffer(page), start);
    snprintf(text, sizeof(text), ui_say("Line %zu, column %zu", "Línea %zu, columna %zu"), line + 1, column);
    ui_set_text(place, text);
}

/* "C   4 spaces   UTF-8   LF" */
static void show_kind(const struct page *page)
{
    char text[160], room[32];
    enum language language = page->colouring != NULL ? colouring_language(page->colouring) : LANGUAGE_PLAIN;
    size_t size = text_buffer_size(page_buffer(page));
    bool ended = size == 0 || text_buffer_byte(page_buffer(page), size - 1) == '\n';
    snprintf(text, sizeof(text), "%s%s%s   %s   %s%s", language_name(language),
             language != LANGUAGE_PLAIN ? "   " : "", view_indent_name(page, room, sizeof(room)),
             encoding_name(page->document.encoding), line_ends_name(page->document.ends),
             ended ? "" : ui_say(", last line not ended", ", última línea sin fin"));
    ui_set_text(kind, text);
}

void page_show(struct page *page)
{
    char text[300];
    bool modified = text_buffer_modified(page_buffer(page));
    snprintf(text, sizeof(text), "%s%.255s", modified ? "• " : "", name_of(page));
    ui_set_text(page->tab, text);
    if (page != page_now())
        return;
    ui_window_set_title(window, text);
    show_kind(page);
    show_place(page);
}

/* ---- copies of what is not saved ------------------------------------------------------------- */
#define RECOVERY_MS 5000 /* after a change */

static void on_recovery(void *context)
{
    struct page *page = context;
    page->recovery_timer = 0;
    if (!text_buffer_modified(page_buffer(page))) /* undone */
        recovery_remove(page->recovery);
    else if (recovery_write(page->recovery, &page->document, page_buffer(page)) == -EBUSY)
        page->recovery_timer = ui_timer(RECOVERY_MS, false, on_recovery, page);
}

static void recovery_soon(struct page *page)
{
    if (page->recovery != NULL && page->recovery_timer == 0)
        page->recovery_timer = ui_timer(RECOVERY_MS, false, on_recovery, page);
}

/* It was saved, or is given up. */
static void recovery_drop(struct page *page)
{
    if (page->recovery_timer != 0)
        ui_timer_stop(page->recovery_timer);
    page->recovery_timer = 0;
    if (page->recovery != NULL)
        recovery_remove(page->recovery);
}

static void on_changed(struct widget *area, void *context)
{
    (void)area;
    page_show(context);
    if (context == page_now())
        find_text_changed();
    recovery_soon(context);
}

static void on_cursor(struct widget *area, void *context)
{
    (void)area;
    if (context == page_now())
        show_place(context);
}

static void on_reload(bool yes, void *context);

/* Another program wrote the file that is seen: that is asked about once. */
static void look_at_disk(struct page *page)
{
    if (document_is_news(&page->document))
        ui_confirm(window, name_of(page),
                   text_buffer_modified(page_buffer(page))
                       ? ui_say("Another program changed this file. Read it anew and lose your changes?",
                                "Otro programa cambió este archivo. ¿Leerlo de nuevo y perder sus cambios?")
                       : ui_say("Another program changed this file. Read it anew?",
                                "Otro programa cambió este archivo. ¿Leerlo de nuevo?"),
                   ui_say("Read anew", "Leer de nuevo"), on_reload, page);
}

static void on_active(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (ui_window_active(window) && page_now() != NULL)
        look_at_disk(page_now());
}

static void on_tab(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    struct page *page = page_now();
    if (page == NULL)
        return;
    page_show(page);
    find_attach(page->area);
    ui_focus(page->area);
    look_at_disk(page);
}

static void tell(const char *what, const char *path, int error)
{
    char text[512];
    snprintf(text, sizeof(text), "%.300s: %s", path,
             error == -EILSEQ ? ui_say("has characters that its encoding does not have",
                                       "tiene caracteres que su codificación no tiene")
                              : strerror(-error));
    ui_message(window, ICON_WARNING, what, text);
}

/* ---- colours --------------------------------------------------------------------------------- */
static void colour_slice(void *context)
{
    struct page *page = context;
    bool more = colouring_step(page->colouring);
    page->colour_timer = more ? ui_timer(1, false, colour_slice, page) : 0;
    if (!more)
        ui_redraw(page->area);
}

static void style_line(struct text_buffer *buffer, size_t line, const char *text, size_t size,
                       uint8_t *styles, void *context)
{
    struct page *page = context;
    if (!colouring_line(page->colouring, line, styles, size) && page->colour_timer == 0)
        page->colour_timer = ui_timer(1, false, colour_slice, page);
    text = text_buffer_line(buffer, line, &size); /* others may have been looked at */
    if (page == page_now())
        find_mark_line(text, size, styles);
}

static void set_colours(struct page *page)
{
    const struct theme *theme = ui_theme();
    if (page->colouring == NULL) /* no memory: all is plain */
        return;
    const colour_t colours[16] = { [STYLE_KEYWORD] = theme->code_keyword, [STYLE_TYPE] = theme->code_type,
                                   [STYLE_STRING] = theme->code_string, [STYLE_NUMBER] = theme->code_number,
                                   [STYLE_COMMENT] = theme->code_comment,
                                   [STYLE_SPECIAL] = theme->code_special };
    ui_area_set_styler(page->area, style_line, colours, page);
}

static void set_language(struct page *page)
{
    size_t size;
    const char *first = text_buffer_line(page_buffer(page), 0, &size);
    if (page->colouring != NULL)
        colouring_set_language(page->colouring, language_of(page->document.path, first, size));
}

static void on_desktop(void *context)
{
    (void)context;
    for (unsigned i = 0; page_at(i) != NULL; i++)
        set_colours(page_at(i));
}

/* ---- pages ----------------------------------------------------------------------------------- */
static struct page *page_new(void)
{
    struct page *page = calloc(1, sizeof(*page));
    if (page == NULL)
        return NULL;
    page->tab = ui_tab(tabs, "");
    ui_set_padding(page->tab, 0, 0);
    ui_set_context(page->tab, page);
    page->area = ui_text_area(page->tab, NULL, on_changed, page);
    ui_set_grow(page->area, 1);
    ui_area_on_cursor(page->area, on_cursor, page);
    page->colouring = colouring_new(page_buffer(page));
    set_colours(page);
    page->recovery = recovery_new();
    view_set_up(page);
    ui_set_value(tabs, (int)ui_tabs_count(tabs) - 1);
    on_tab(tabs, NULL);
    return page;
}

/* The page with its tab; another has to be seen then. */
static void page_free(struct page *page)
{
    find_attach(NULL);
    if (page->colour_timer != 0)
        ui_timer_stop(page->colour_timer);
    colouring_end(page->colouring);
    recovery_drop(page);
    recovery_end(page->recovery);
    ui_remove(page->tab);
    free(page);
}

static void page_end(struct page *page)
{
    page_free(page);
    if (closing)
        ui_window_close(window);
    else if (ui_tabs_count(tabs) == 0)
        page_new();
    else
        on_tab(tabs, NULL);
}

static bool is_fresh(const struct page *page)
{
    return page != NULL && page->document.path[0] == 0 && text_buffer_size(page_buffer(page)) == 0;
}

bool editor_open_file(const char *path, size_t line)
{
    struct page *page = page_now();
    if (!is_fresh(page))
        page = page_new();
    if (page == NULL)
        return false;
    int error = document_load(&page->document, path, page_buffer(page));
    if (error == -ENOENT)
        error = document_begin(&page->document, path, page_buffer(page));
    if (error != 0) {
        tell(ui_say("Cannot open the file", "No se puede abrir el archivo"), path, error);
        return false;
    }
    set_language(page);
    view_settle(page);
    size_t at = text_buffer_line_start(page_buffer(page), line > 0 ? line - 1 : 0);
    ui_area_select(page->area, at, at);
    page_show(page);
    return true;
}

static void on_reload(bool yes, void *context)
{
    struct page *page = context;
    size_t line = text_buffer_line_of(page_buffer(page), ui_area_cursor(page->area));
    if (!yes)
        return;
    int error = document_load(&page->document, page->document.path, page_buffer(page));
    if (error != 0) {
        tell(ui_say("Cannot read the file", "No se puede leer el archivo"), page->document.path, error);
        return;
    }
    recovery_drop(page);
    view_settle(page);
    size_t at = text_buffer_line_start(page_buffer(page), line);
    ui_area_select(page->area, at, at);
    find_text_changed();
    page_show(page);
}

/* ---- what a crash left ----------------------------------------------------------------------- */
static char left[PATH_MAX]; /* the copy that is asked about */

static void recover(void)
{
    struct page *page = is_fresh(page_now()) ? page_now() : page_new();
    if (page == NULL || page->recovery == NULL)
        return;
    int error = recovery_take(page->recovery, left);
    if (error == 0)
        error = recovery_read(page->recovery, &page->document, page_buffer(page));
    if (error != 0)
        tell(ui_say("Cannot recover the text", "No se puede recuperar el texto"), left, error);
    set_language(page);
    view_settle(page);
    page_show(page);
}

static void on_recover(int answer, void *context)
{
    (void)context;
    if (answer == 1)
        recover();
    else if (answer == 0)
        recovery_forget(left);
    if (answer >= 0)
        editor_offer_recovery();
}

void editor_offer_recovery(void)
{
    char path[PATH_MAX], text[512];
    if (!recovery_find(left))
        return;
    bool named = recovery_path(left, path) == 0 && path[0] != 0;
    snprintf(text, sizeof(text), ui_say("The editor ended with unsaved text: %.300s",
                                        "El editor terminó con texto sin guardar: %.300s"),
             named ? path : ui_say("Untitled", "Sin título"));
    ui_confirm3(window, ui_say("Recover the text?", "¿Recuperar el texto?"), text,
                ui_say("Recover", "Recuperar"), ui_say("Delete", "Eliminar"), on_recover, NULL);
}

/* ---- saving ---------------------------------------------------------------------------------- */
static void page_save(struct page *page, const char *path)
{
    find_finish();
    int error = document_save(&page->document, path, page_buffer(page));
    if (error != 0)
        tell(ui_say("Cannot save the file", "No se puede guardar el archivo"), path, error);
    else
        recovery_drop(page);
    if (error == 0)
        set_language(page); /* it may have another name now */
    page_show(page);
}

static void on_save_name(const char *path, void *context)
{
    if (path != NULL)
        page_save(context, path);
}

static void on_overwrite(bool yes, void *context)
{
    struct page *page = context;
    if (yes)
        page_save(page, page->document.path);
}

static void do_save_as(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    struct page *page = page_now();
    if (page != NULL)
        ui_save_file(window, NULL, name_of(page), on_save_name, page);
}

static void do_save(struct widget *widget, void *context)
{
    struct page *page = page_now();
    if (page == NULL || page->document.path[0] == 0)
        do_save_as(widget, context);
    else if (document_is_news(&page->document) || document_changed_on_disk(&page->document))
        ui_confirm(window, name_of(page),
                   ui_say("Another program changed this file. Save over it?",
                          "Otro programa cambió este archivo. ¿Guardar encima?"),
                   ui_say("Save", "Guardar"), on_overwrite, page);
    else
        page_save(page, page->document.path);
}

/* ---- closing --------------------------------------------------------------------------------- */
static void on_close_answer(int answer, void *context)
{
    struct page *page = context;
    if (answer == 1)
        do_save(NULL, NULL);
    if (answer == 0 || (answer == 1 && !text_buffer_modified(page_buffer(page))))
        page_end(page);
    else
        closing = false;
}

static void page_close(struct page *page)
{
    if (!text_buffer_modified(page_buffer(page))) {
        page_end(page);
        return;
    }
    for (unsigned i = 0; i < ui_tabs_count(tabs); i++)
        if (ui_tabs_page(tabs, i) == page->tab)
            ui_set_value(tabs, (int)i);
    on_tab(tabs, NULL);
    ui_confirm3(window, name_of(page), ui_say("Save the changes?", "¿Guardar los cambios?"),
                ui_say("Save", "Guardar"), ui_say("Don't save", "No guardar"), on_close_answer, page);
}

static void on_tab_close(struct widget *tab, void *context)
{
    (void)context;
    page_close(ui_context(tab));
}

static void do_close(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (page_now() != NULL)
        page_close(page_now());
}

/* One page after the other, each with its question; true when none has unsaved changes. */
static bool on_window_close(struct ui_window *which, void *context)
{
    (void)which;
    (void)context;
    for (unsigned i = 0; i < ui_tabs_count(tabs); i++) {
        struct page *page = ui_context(ui_tabs_page(tabs, i));
        if (text_buffer_modified(page_buffer(page))) {
            closing = true;
            page_close(page);
            return false;
        }
    }
    while (ui_tabs_count(tabs) > 0)
        page_free(ui_context(ui_tabs_page(tabs, 0)));
    return true;
}

/* ---- menu ------------------------------------------------------------------------------------ */
static void on_open_name(const char *path, void *context)
{
    (void)context;
    if (path != NULL)
        editor_open_file(path, 1);
}

static void do_new(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    page_new();
}

static void do_open(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_open_file(window, NULL, on_open_name, NULL);
}

static void do_undo(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_area_undo(page_now()->area);
}

static void do_redo(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_area_redo(page_now()->area);
}

static void on_line(const char *text, void *context)
{
    (void)context;
    struct page *page = page_now();
    long line = text != NULL ? strtol(text, NULL, 10) : 0;
    if (page == NULL || line < 1)
        return;
    size_t at = text_buffer_line_start(page_buffer(page), (size_t)line - 1);
    ui_area_select(page->area, at, at);
}

static void do_line(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_ask(window, ui_say("Go to line", "Ir a la línea"), ui_say("Line", "Línea"), "", on_line, NULL);
}

static void fill_menu(void)
{
    struct ui_menu *file = ui_menu_sub(ui_menu_bar(window), ui_say("File", "Archivo"));
    ui_menu_item(file, ui_say("New", "Nuevo"), "Ctrl+N", do_new, NULL);
    ui_menu_item(file, ui_say("Open…", "Abrir…"), "Ctrl+O", do_open, NULL);
    ui_menu_item(file, ui_say("Save", "Guardar"), "Ctrl+S", do_save, NULL);
    ui_menu_item(file, ui_say("Save as…", "Guardar como…"), "Ctrl+Shift+S", do_save_as, NULL);
    ui_menu_item(file, ui_say("Close", "Cerrar"), "Ctrl+W", do_close, NULL);
    struct ui_menu *edit = ui_menu_sub(ui_menu_bar(window), ui_say("Edit", "Editar"));
    ui_menu_item(edit, ui_say("Undo", "Deshacer"), "Ctrl+Z", do_undo, NULL);
    ui_menu_item(edit, ui_say("Redo", "Rehacer"), "Ctrl+Y", do_redo, NULL);
    ui_menu_separator(edit);
    find_fill_menu(edit);
    ui_menu_item(edit, ui_say("Go to line…", "Ir a la línea…"), "Ctrl+G", do_line, NULL);
    view_fill_menu(window);
}

struct ui_window *editor_open(void)
{
    window = ui_window(ui_say("Editor", "Editor"), 760, 560);
    if (window == NULL)
        return NULL;
    closing = false;
    fill_menu();
    struct widget *content = ui_window_content(window);
    ui_set_padding(content, 0, 0);
    tabs = ui_tabs(content, on_tab, NULL);
    ui_set_grow(tabs, 1);
    ui_tabs_set_closable(tabs, on_tab_close, do_new, NULL);
    find_make(window, content);
    struct widget *status = ui_row(content);
    ui_set_padding(status, 12, 4);
    place = ui_label(status, "");
    ui_spacer(status);
    kind = ui_label(status, "");
    ui_window_on_close(window, on_window_close, NULL);
    ui_window_on_active(window, on_active, NULL);
    ui_on_desktop(on_desktop, NULL);
    page_new();
    ui_window_show(window);
    return window;
}

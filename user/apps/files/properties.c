/* The page about a file: what it is, how large with all within it, when, whose, and what is permitted. Sizes
   of folders are counted in a thread; closing the page stops it. */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/files/files.h"

struct page {
    struct page *next;
    struct files *files;
    struct ui_window *window;
    char *path;
    struct widget *size, *checks[9];
    mode_t mode;
    /* The counting; `gone` and the fields above are the toolkit's. */
    struct work work;
    pthread_t thread;
    bool counting, gone;
    uint64_t bytes;
    size_t items;
};

static struct page *pages; /* that are open */

static void page_free(struct page *page)
{
    undo_free(work_end(&page->work));
    free(page->path);
    free(page);
}

/* ---- counting ------------------------------------------------------------------------------------------ */

static void counted(void *context)
{
    struct page *page = context;
    char text[32];

    pthread_join(page->thread, NULL);
    page->counting = false;
    if (page->gone) {
        page_free(page);
        return;
    }
    size_text(text, page->bytes, ui_say("bytes", "bytes"));
    ui_set_textf(page->size, ui_say("%s, %zu items", "%s, %zu elementos"), text, page->items - 1);
}

static void *count(void *context)
{
    struct page *page = context;
    struct names names = {0};

    if (names_add(&names, page->path) == 0)
        (void)work_measure(&page->work, &names, &page->bytes, &page->items);
    names_free(&names);
    while (ui_post(counted, page) != 0)
        sched_yield(); /* no memory: others will free some */
    return NULL;
}

static void start_counting(struct page *page)
{
    page->items = 1;
    page->counting = pthread_create(&page->thread, NULL, count, page) == 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static struct widget *add_row(struct widget *grid, const char *name, const char *text)
{
    ui_label_set_style(ui_label(grid, name), UI_DIM);
    return ui_label(grid, text);
}

static void add_time(struct widget *grid, const char *name, const struct timespec *when)
{
    struct tm local;
    char text[40];

    localtime_r(&when->tv_sec, &local);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
    add_row(grid, name, text);
}

static void add_owner(struct widget *grid, const struct stat *about)
{
    const struct passwd *user = getpwuid(about->st_uid);
    const struct group *group = getgrgid(about->st_gid);
    char text[96], uid[16], gid[16];

    snprintf(uid, sizeof(uid), "%u", (unsigned)about->st_uid);
    snprintf(gid, sizeof(gid), "%u", (unsigned)about->st_gid);
    snprintf(text, sizeof(text), "%.40s, %.40s", user ? user->pw_name : uid, group ? group->gr_name : gid);
    add_row(grid, ui_say("Owner, group", "Dueño, grupo"), text);
}

static void add_size(struct page *page, struct widget *grid, const struct stat *about)
{
    char text[32] = "…", whole[80];

    if (!S_ISDIR(about->st_mode))
        size_text(text, (uint64_t)about->st_size, ui_say("bytes", "bytes"));
    if (S_ISDIR(about->st_mode) || about->st_size < 1000)
        snprintf(whole, sizeof(whole), "%s", text);
    else
        snprintf(whole, sizeof(whole), "%s (%lld bytes)", text, (long long)about->st_size);
    page->size = add_row(grid, ui_say("Size", "Tamaño"), whole);
    if (S_ISDIR(about->st_mode))
        start_counting(page);
}

static void add_link(struct page *page, struct widget *grid)
{
    char target[200];
    ssize_t size = readlink(page->path, target, sizeof(target) - 1);

    if (size < 0)
        return;
    target[size] = 0;
    add_row(grid, ui_say("Leads to", "Lleva a"), target);
}

/* ---- permissions --------------------------------------------------------------------------------------- */

static const mode_t bits[9] = {0400, 0200, 0100, 0040, 0020, 0010, 0004, 0002, 0001};

static void on_check(struct widget *check, void *context)
{
    struct page *page = context;
    mode_t mode = page->mode & ~(mode_t)0777;

    (void)check;
    for (int i = 0; i < 9; i++)
        mode |= ui_value(page->checks[i]) ? bits[i] : 0;
    if (mode == page->mode)
        return;
    page->mode = mode;
    job_start_one(page->files, JOB_MODE, page->path, NULL, mode);
}

static void add_permissions(struct page *page, struct widget *content, bool may)
{
    const char *who[3] = {ui_say("Owner", "Dueño"), ui_say("Group", "Grupo"), ui_say("Others", "Otros")};
    const char *what[3] = {ui_say("Read", "Leer"), ui_say("Write", "Escribir"), ui_say("Run", "Ejecutar")};
    struct widget *grid;

    ui_label_set_style(ui_label(content, ui_say("Permissions", "Permisos")), UI_BOLD);
    grid = ui_grid(content, 4);
    for (int i = 0; i < 9; i++) {
        char name[8];

        if (i % 3 == 0)
            ui_label_set_style(ui_label(grid, who[i / 3]), UI_DIM);
        page->checks[i] = ui_check(grid, what[i % 3], page->mode & bits[i], on_check, page);
        snprintf(name, sizeof(name), "mode%d", i);
        ui_set_name(page->checks[i], name);
        ui_set_enabled(page->checks[i], may);
    }
}

/* ---- the page ------------------------------------------------------------------------------------------ */

static void page_end(struct page *page)
{
    struct page **link = &pages;

    while (*link != page)
        link = &(*link)->next;
    *link = page->next;
    ui_window_end(page->window);
    page->gone = true;
    __atomic_store_n(&page->work.cancelled, true, __ATOMIC_RELAXED);
    if (!page->counting)
        page_free(page);
}

void properties_close(const struct files *files)
{
    struct page *page = pages;

    while (page) {
        struct page *next = page->next;

        if (page->files == files)
            page_end(page);
        page = next;
    }
}

static bool on_close(struct ui_window *window, void *context)
{
    (void)window;
    page_end(context);
    return false;
}

static void on_done(struct widget *button, void *context)
{
    (void)button;
    page_end(context);
}

static void fill(struct page *page, const struct stat *about)
{
    struct widget *content = ui_window_content(page->window), *row, *grid, *done;
    const struct file_type *type = type_of_file(page->path);

    row = ui_row(content);
    ui_icon(row, type->icon, 40);
    ui_label_set_style(ui_label(row, path_name(page->path)), UI_HEADING);
    grid = ui_grid(content, 2);
    add_row(grid, ui_say("Type", "Tipo"), ui_say(type->english, type->spanish));
    char *folder = path_folder(page->path);

    add_row(grid, ui_say("Folder", "Carpeta"), folder ? folder : "");
    free(folder);
    add_size(page, grid, about);
    add_link(page, grid);
    add_time(grid, ui_say("Changed", "Cambiado"), &about->st_mtim);
    add_time(grid, ui_say("Read", "Leído"), &about->st_atim);
    add_owner(grid, about);
    ui_separator(content);
    add_permissions(page, content, geteuid() == 0 || geteuid() == about->st_uid);
    row = ui_row(content);
    ui_spacer(row);
    done = ui_button(row, ui_say("&Close", "&Cerrar"), on_done, page);
    ui_button_set_accent(done, true);
    ui_window_set_default(page->window, done);
}

void properties_open(struct files *files, const char *path)
{
    struct page *page = calloc(1, sizeof(*page));
    struct stat about;

    if (!page || lstat(path, &about) || !(page->path = strdup(path))) {
        files_say_error(files, path, -errno);
        free(page);
        return;
    }
    if (S_ISLNK(about.st_mode))
        (void)stat(path, &about); /* what may be done is said of what it leads to */
    page->files = files;
    page->mode = about.st_mode & 07777;
    page->next = pages;
    pages = page;
    work_start(&page->work, NULL, NULL);
    page->window = ui_dialog(files->window, ui_say("Properties", "Propiedades"), 0, 0);
    ui_window_on_close(page->window, on_close, page);
    fill(page, &about);
    ui_window_show(page->window);
}

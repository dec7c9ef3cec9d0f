/* What is mounted, how large it is and how full. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "user/apps/monitor/monitor.h"

enum { COLUMN_TARGET, COLUMN_SOURCE, COLUMN_TYPE, COLUMN_SIZE, COLUMN_FREE, COLUMN_USED, COLUMNS };

static size_t count_rows(void *context)
{
    const struct monitor *monitor = context;

    return monitor->disks.count;
}

static void print_size(uint64_t bytes, char *to, size_t room)
{
    unsigned long long kib = bytes / 1024;

    if (kib < 10240)
        snprintf(to, room, "%llu KB", kib);
    else if (kib < 10240 * 1024ull)
        snprintf(to, room, "%llu MB", kib / 1024);
    else
        snprintf(to, room, "%llu.%llu GB", kib >> 20, (kib & 0xfffff) * 10 >> 20);
}

/* In thousandths. */
static int used_share(const struct mount_row *mount)
{
    uint64_t unit = mount->bytes / 1000;

    return unit == 0 || mount->free > mount->bytes ? 0 : (int)((mount->bytes - mount->free) / unit);
}

static void fill_used(const struct mount_row *mount, struct ui_cell *cell)
{
    int share = used_share(mount);

    share = share > 1000 ? 1000 : share;
    snprintf(cell->memory, sizeof(cell->memory), "%d %%", share / 10);
    cell->bar = share;
    cell->colour = share > 950 ? ui_theme()->bad : 0;
}

static void fill_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct monitor *monitor = context;
    const struct mount_row *mount = &monitor->disks.at[row];

    cell->text = cell->memory;
    if (row >= monitor->disks.count)
        return;
    switch (column) {
    case COLUMN_TARGET:
        cell->text = mount->figures.target;
        cell->icon = ICON_DISK;
        break;
    case COLUMN_SOURCE: cell->text = mount->figures.source; break;
    case COLUMN_TYPE:
        snprintf(cell->memory, sizeof(cell->memory), "%s%s", mount->figures.type,
                 mount->figures.read_only ? ui_say(", read only", ", sólo lectura") : "");
        break;
    case COLUMN_SIZE: print_size(mount->bytes, cell->memory, sizeof(cell->memory)); break;
    case COLUMN_FREE: print_size(mount->free, cell->memory, sizeof(cell->memory)); break;
    default: fill_used(mount, cell);
    }
}

/* What has no size is no disk: /proc, /dev. */
static bool measure(struct mount_row *mount)
{
    struct statvfs about;

    if (statvfs(mount->figures.target, &about) < 0 || about.f_blocks == 0)
        return false;
    mount->bytes = (uint64_t)about.f_blocks * about.f_frsize;
    mount->free = (uint64_t)about.f_bavail * about.f_frsize;
    return true;
}

void disk_page_look(struct monitor *monitor)
{
    struct disk_page *page = &monitor->disks;
    struct text text = monitor_read(monitor, "mounts");
    struct piece rest = text_piece(&text), line;

    page->count = 0;
    while (page->count < MOUNTS_MOST && piece_line(&rest, &line)) {
        struct mount_row *mount = &page->at[page->count];

        page->count += figures_mount(line, &mount->figures) && measure(mount);
    }
    text_free(&text);
    ui_list_changed(page->mounts, true);
}

void disk_page_make(struct monitor *monitor, struct widget *page)
{
    static const struct ui_model model = {count_rows, fill_cell};
    const struct ui_column_of columns[COLUMNS] = {
        [COLUMN_TARGET] = {ui_say("At", "En"), 110, 1, ALIGN_START, false},
        [COLUMN_SOURCE] = {ui_say("From", "De"), 100, 1, ALIGN_START, false},
        [COLUMN_TYPE] = {ui_say("Type", "Tipo"), 80, 1, ALIGN_START, false},
        [COLUMN_SIZE] = {ui_say("Size", "Tamaño"), 80, 0, ALIGN_END, false},
        [COLUMN_FREE] = {ui_say("Free", "Libre"), 80, 0, ALIGN_END, false},
        [COLUMN_USED] = {ui_say("Used", "Usado"), 110, 0, ALIGN_END, false},
    };

    monitor->disks.mounts = ui_table(page, columns, COLUMNS, &model, monitor, NULL, NULL);
    ui_set_grow(monitor->disks.mounts, 1);
    ui_set_name(monitor->disks.mounts, "mounts");
}

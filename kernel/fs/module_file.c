/* Modules from files: read whole, into memory that is given back when the module has its own. Locks: none. */
#include "kernel/fs/module_file.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/driver/module.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/fs/root.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define ALIGN 8u

static int read_all(struct file *file, struct room to)
{
    struct io io = io_of_kernel(to.chars, to.size);
    uint64_t at = 0;

    while (io_left(&io) > 0) {
        int64_t got = file_read(file, &io, &at);

        if (got <= 0)
            return got < 0 ? (int)got : -EIO; /* it became shorter */
    }
    return 0;
}

static int load(struct file *file, char why[MANIFEST_WHY])
{
    struct abi_stat stat;

    file_stat(file, &stat);
    if ((stat.mode & S_IFMT) != S_IFREG || stat.size == 0)
        return -ENOEXEC;
    if (stat.size > MODULE_FILE_MAX)
        return -EFBIG;
    size_t size = (size_t)stat.size;
    char *bytes = alloc(size, ALIGN);

    if (!bytes)
        return -ENOMEM;
    int error = read_all(file, room_of(bytes, size));

    if (!error)
        error = module_load(span_of(bytes, size), why);
    dealloc(bytes, size, ALIGN);
    return error;
}

int module_file_load(const char *path)
{
    char why[MANIFEST_WHY] = "";
    struct file *file;
    int error = root_open(path, &file);

    if (error)
        return error;
    error = load(file, why);
    file_put(file);
    if (error)
        log_warn("driver", "%s: %s", path, why[0] ? why : error_text(error));
    return error;
}

int module_file_load_named(const char *name)
{
    char path[40];

    if (strlen(name) > MODULE_NAME_MAX || strchr(name, '/'))
        return -ENOENT;
    (void)snprintf(path, sizeof(path), "/lib/drivers/%s.fko", name);
    return module_file_load(path);
}

static bool is_there(const char *name)
{
    struct driver *driver = driver_get(name);

    if (driver)
        driver_put(driver);
    return driver;
}

void module_files_start(void)
{
    char word[24], value[8];
    const char *line = boot_info()->cmdline, *name = &word[4];
    int error;

    for (unsigned i = 0; (error = cmdline_name(line, i, word, sizeof(word))) != -ENOENT; i++) {
        if (error || strncmp(word, "drv.", 4) || boot_option(word, value, sizeof(value))
            || strcmp(value, "off") == 0 || is_there(name))
            continue;
        error = module_file_load_named(name);
        if (error)
            log_warn("kernel", "%s: no such driver: %s", word, error_text(error));
    }
}

/*
 * Modules in memory. Each has a place of 2 MiB in the half of PML4[510] that the kernel image is not in, as
 * far from that half's start as the image is from its own: where that is nobody can know beforehand. Locks:
 * one mutex, for loading and unloading.
 */
#include "kernel/core/driver/module.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/driver/module_driver.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/code_pages.h"
#include "kernel/core/sync/mutex.h"
#include "lib/errno.h"
#include "lib/printf.h"

#define PLACE_BYTES (2ull << 20)
#define HALF_BYTES  (256ull << 30)

struct module {
    uint64_t virt, bytes; /* 0: nobody's */
};

static struct mutex lock = MUTEX("modules");
static struct module modules[MODULES_MAX]; /* under it */

static uint64_t first_place(void)
{
    uint64_t offset = boot_info()->kernel.virt - VIRT_KERNEL;

    return VIRT_KERNEL + offset % (HALF_BYTES / 2) + (offset < HALF_BYTES ? HALF_BYTES : 0);
}

bool module_may_be_at(uint64_t address)
{
    return address - first_place() < MODULES_MAX * PLACE_BYTES;
}

static int find_place(struct module **module)
{
    for (unsigned i = 0; i < MODULES_MAX; i++) {
        if (modules[i].bytes == 0) {
            modules[i].virt = first_place() + i * PLACE_BYTES;
            *module = &modules[i];
            return 0;
        }
    }
    return -ENOSPC;
}

static struct room memory_of(const struct module *module)
{
    return room_of((char *)module->virt, module->bytes);
}

static void give_back(struct module *module)
{
    code_pages_unmap(module->virt, module->bytes);
    module->bytes = 0;
}

/* ---- loading --------------------------------------------------------------------------------- */

static void copy_segments(const struct program *program, struct span file, struct room to)
{
    for (uint32_t i = 0; i < program->segment_count && i < PROGRAM_SEGMENTS_MAX; i++) {
        const struct program_segment *segment = &program->segments[i];
        struct span from = span_part(file, segment->file_offset, segment->file_bytes);

        room_put(to, segment->virt, text_of((const char *)from.bytes, from.size));
    }
}

/* Where the pages of a segment begin; behind the last: where the module ends. */
static uint64_t begins(const struct program *program, uint32_t segment)
{
    return segment < program->segment_count && segment < PROGRAM_SEGMENTS_MAX
               ? program->segments[segment].virt & ~(PAGE_SIZE - 1) : program->end;
}

static int close_segment(const struct program *program, uint32_t segment, uint64_t virt, unsigned flags)
{
    uint64_t from = begins(program, segment), to = begins(program, segment + 1);

    return code_pages_close(virt + from, to - from, flags);
}

static int close_pages(const struct program *program, uint64_t virt)
{
    int error = close_segment(program, 0, virt, PAGE_EXECUTE);

    return error ? error : close_segment(program, 1, virt, 0);
}

/* The pages hold the module as it will run, and its driver is known. */
static int fill(const struct module *module, const struct program *program, struct span file,
                const struct ddi_driver **driver, char why[MANIFEST_WHY])
{
    struct room memory = memory_of(module);
    size_t at;

    copy_segments(program, file, memory);
    int error = module_link(program, memory, module->virt, module_symbol, &at, why);

    if (!error)
        error = close_pages(program, module->virt);
    if (!error)
        error = module_driver(program, span_of(memory.chars, memory.size), module->virt, at, driver, why);
    return error;
}

static int begin(struct module *module, const struct ddi_driver *code, char why[MANIFEST_WHY])
{
    struct driver *driver;
    int error = driver_add(code, module, &driver, why);

    if (error)
        return error;
    log_info(code->manifest.name, "a module of %llu KiB", (unsigned long long)module->bytes / 1024);
    error = driver_run(driver);
    if (!error)
        driver_put(driver);
    else if (driver_remove(driver)) { /* it stays, without a thread */
        driver_put(driver);
        error = 0;
    }
    return error;
}

static int load(struct span file, char why[MANIFEST_WHY])
{
    const struct ddi_driver *code;
    struct program program;
    struct module *module;
    const char *fault;
    int error = module_check(file, &program, &fault);

    if (error) {
        (void)snprintf(why, MANIFEST_WHY, "%s", fault);
        return error;
    }
    error = find_place(&module);
    if (!error)
        error = code_pages_map(module->virt, program.end);
    if (error)
        return error;
    module->bytes = program.end;
    error = fill(module, &program, file, &code, why);
    if (!error)
        error = begin(module, code, why);
    if (error)
        give_back(module);
    return error;
}

int module_load(struct span file, char why[MANIFEST_WHY])
{
    (void)snprintf(why, MANIFEST_WHY, "%s", "");
    mutex_lock(&lock);
    int error = load(file, why);

    mutex_unlock(&lock);
    if (error && why[0] == '\0')
        (void)snprintf(why, MANIFEST_WHY, "%s", error_text(error));
    return error;
}

/* ---- unloading ------------------------------------------------------------------------------- */

static int unload(struct driver *driver)
{
    struct module *module = driver->module;
    int error = module ? 0 : -EINVAL;

    if (!error) {
        driver_end(driver);
        error = driver_remove(driver);
    }
    if (error)
        driver_put(driver);
    else
        give_back(module);
    return error;
}

int module_unload(const char *name)
{
    mutex_lock(&lock);
    struct driver *driver = driver_get(name);
    int error = driver ? unload(driver) : -ENODEV;

    mutex_unlock(&lock);
    if (!error)
        log_info(name, "unloaded");
    return error;
}

/* Fuzz the loader of modules, as far as it goes before the driver is called: what passes lies in the copy,
   and its driver points nowhere else. The input is the file. */
/* links: lib/module.c lib/program.c kernel/core/driver/module_driver.c kernel/core/driver/manifest.c */
/* options: -max_len=20000 */
#include "kernel/core/driver/module_driver.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

static volatile size_t sink;

static bool resolve(const char *name, uint64_t *address)
{
    *address = 0xffffff0000200000ull;
    return name[0] == 'd' || name[0] == '_';
}

static void read_text(const char *text)
{
    if (text)
        sink += strlen(text);
}

static void must_be_sound(const struct ddi_driver *driver, const uint8_t *loaded, size_t size)
{
    uintptr_t start = (uintptr_t)loaded, end = start + size;

    must((uintptr_t)driver >= start && (uintptr_t)driver <= end - sizeof(*driver));
    read_text(driver->manifest.name);
    read_text(driver->manifest.what);
    must((uintptr_t)driver->init >= start && (uintptr_t)driver->init < end);
    must(!driver->request || ((uintptr_t)driver->request >= start && (uintptr_t)driver->request < end));
    for (unsigned port = 0; port < 0x10000; port += 0x101)
        sink += manifest_may_write(&driver->manifest, (uint16_t)port, 1, port >> 8);
    if (driver->state_size)
        memset(driver->state, 0, driver->state_size);
}

static void load(const uint8_t *file, const struct program *program)
{
    char *loaded = aligned_alloc(4096, program->end), why[MANIFEST_WHY] = "";
    const struct ddi_driver *driver;
    size_t at;

    must(loaded != NULL);
    memset(loaded, 0, program->end);
    for (uint32_t i = 0; i < program->segment_count; i++)
        memcpy(loaded + program->segments[i].virt, file + program->segments[i].file_offset,
               program->segments[i].file_bytes);
    int error = module_link(program, room_of(loaded, program->end), (uintptr_t)loaded, resolve, &at, why);

    must(error == 0 || (error == -ENOEXEC && why[0] != '\0'));
    if (!error) {
        error = module_driver(program, span_of(loaded, program->end), (uintptr_t)loaded, at, &driver, why);
        must(error == 0 || (error == -EINVAL && why[0] != '\0'));
        if (!error)
            must_be_sound(driver, (uint8_t *)loaded, program->end);
    }
    free(loaded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *file = exact_copy(bytes, size);
    struct program program;
    const char *why;
    int error = module_check(span_of(file, size), &program, &why);

    must(error == 0 ? why == NULL : error == -ENOEXEC && why != NULL);
    if (error == 0) {
        must(program.end <= MODULE_IMAGE_MAX && program.end % 4096 == 0);
        load(file, &program);
    }
    free(file);
    return 0;
}

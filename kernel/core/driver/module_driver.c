/* A module's driver, read as bytes until it is known to be one. */
#include "kernel/core/driver/module_driver.h"

#include "lib/printf.h"

#define TEXT_MAX 79u /* characters of a text */

struct module_look {
    const struct program *program;
    struct span loaded;
    uint64_t virt_base;
};

static uint64_t address_of(const void *pointer)
{
    return (uintptr_t)pointer;
}

static bool is_text(const struct module_look *look, const char *text)
{
    return module_holds_text(look->program, look->loaded, look->virt_base, address_of(text), TEXT_MAX);
}

static bool is_text_or_none(const struct module_look *look, const char *text)
{
    return !text || is_text(look, text);
}

static bool is_function(const struct module_look *look, uint64_t at)
{
    return module_holds(look->program, look->virt_base, at, 1, PROGRAM_READ | PROGRAM_EXECUTE);
}

static bool is_function_or_none(const struct module_look *look, uint64_t at)
{
    return at == 0 || is_function(look, at);
}

static bool is_state(const struct module_look *look, const struct ddi_driver *driver)
{
    return driver->state ? module_holds(look->program, look->virt_base, address_of(driver->state),
                                        driver->state_size, PROGRAM_READ | PROGRAM_WRITE)
                         : driver->state_size == 0;
}

static bool are_values(const struct module_look *look, const struct ddi_ports *ports)
{
    uint64_t size = ports->values_size > 0 ? ports->values_size : 1; /* DDI_ANY_VALUE is a text */

    return !ports->values
           || module_holds(look->program, look->virt_base, address_of(ports->values), size, PROGRAM_READ);
}

/* A bool with another value is none to the compiler. */
static bool are_bools(struct span driver)
{
    static const size_t bools[] = {
        offsetof(struct ddi_driver, manifest.built_in), offsetof(struct ddi_driver, manifest.module),
        offsetof(struct ddi_driver, manifest.once),
    };

    for (unsigned i = 0; i < array_length(bools); i++)
        if (span_at(driver, bools[i]) > 1)
            return false;
    return true;
}

static const char *find_fault(const struct module_look *look, const struct ddi_driver *driver)
{
    const struct ddi_manifest *manifest = &driver->manifest;

    if (!is_text(look, manifest->name) || !is_text_or_none(look, manifest->what)
        || !is_text_or_none(look, manifest->shares))
        return "its manifest's texts are none";
    if (manifest->built_in)
        return "a part of the kernel cannot come as a module";
    for (unsigned i = 0; i < DDI_RANGES_MAX; i++)
        if (!are_values(look, &manifest->ports[i]))
            return "a list of values for ports lies outside of the module";
    if (!is_function(look, (uintptr_t)driver->init))
        return "init is no function of the module";
    if (!is_function_or_none(look, (uintptr_t)driver->irq)
        || !is_function_or_none(look, (uintptr_t)driver->timer)
        || !is_function_or_none(look, (uintptr_t)driver->quiesce)
        || !is_function_or_none(look, (uintptr_t)driver->request)
        || !is_function_or_none(look, (uintptr_t)driver->clear)
        || !is_function_or_none(look, (uintptr_t)driver->draw)
        || !is_function_or_none(look, (uintptr_t)driver->move_cursor))
        return "a callback is no function of the module";
    return is_state(look, driver) ? NULL : "its state is not among the module's variables";
}

int module_driver(const struct program *program, struct span loaded, uint64_t virt_base, size_t at,
                  const struct ddi_driver **driver, char why[MANIFEST_WHY])
{
    const struct module_look look = {program, loaded, virt_base};
    const char *fault = NULL;

    if (!module_holds(program, virt_base, virt_base + at, sizeof(struct ddi_driver), PROGRAM_READ)) {
        (void)snprintf(why, MANIFEST_WHY, "its driver does not end among its constants");
        return -EINVAL;
    }
    struct span bytes = span_part(loaded, at, sizeof(struct ddi_driver));

    if (span_rd32(bytes, 0) != DDI_VERSION) { /* what lies behind may be anything */
        (void)snprintf(why, MANIFEST_WHY, "interface version %u, this kernel has %u", span_rd32(bytes, 0),
                       DDI_VERSION);
        return -EINVAL;
    }
    *driver = (const struct ddi_driver *)(const void *)bytes.bytes;
    fault = are_bools(bytes) ? find_fault(&look, *driver) : "neither yes nor no";
    if (fault) {
        (void)snprintf(why, MANIFEST_WHY, "%s", fault);
        return -EINVAL;
    }
    return manifest_check(&(*driver)->manifest, why);
}

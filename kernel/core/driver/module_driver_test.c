/* A module's driver: each pointer of it led astray. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/driver/module_driver.h"
/* links: kernel/core/driver/manifest.c lib/module.c lib/program.c */

#define PAGE 4096u

/* Code, constants, variables; it runs where it lies. */
static struct {
    _Alignas(PAGE) uint8_t code[PAGE];
    struct {
        struct ddi_driver driver;
        char name[8], what[100], values[4];
        uint8_t rest[PAGE - sizeof(struct ddi_driver) - 112];
    } constants;
    uint8_t variables[PAGE];
} module;

static const struct program program = {
    .end = sizeof(module),
    .segment_count = 3,
    .segments = {{.virt = 0, .memory_bytes = PAGE, .flags = 5},
                 {.virt = PAGE, .memory_bytes = PAGE, .flags = 4},
                 {.virt = 2 * PAGE, .memory_bytes = PAGE, .flags = 6}},
};
static char why[MANIFEST_WHY];
static const struct ddi_driver *found;
static struct ddi_driver *const driver = &module.constants.driver;

static void make(void)
{
    memset(&module, 0, sizeof(module));
    strcpy(module.constants.name, "good");
    strcpy(module.constants.what, "a good one");
    *driver = (struct ddi_driver){
        .manifest = {
            .version = DDI_VERSION,
            .name = module.constants.name,
            .what = module.constants.what,
            .ports = {{0x278, 0x27a, module.constants.values, sizeof(module.constants.values)}},
        },
        .state = module.variables,
        .state_size = sizeof(module.variables),
        .init = (int (*)(void))(uintptr_t)module.code,
        .irq = (void (*)(unsigned))(uintptr_t)(module.code + PAGE - 1),
    };
}

static int look(void)
{
    return module_driver(&program, span_of(&module, sizeof(module)), (uintptr_t)&module, PAGE, &found, why);
}

static void bad(const char *reason)
{
    assert_int_equal(look(), -EINVAL);
    assert_string_equal(why, reason);
    make();
}

static void a_good_one_passes(void **state)
{
    make();
    assert_int_equal(look(), 0);
    assert_ptr_equal(found, driver);
    driver->manifest.what = NULL;
    driver->state = NULL;
    driver->state_size = 0;
    driver->manifest.ports[0] = (struct ddi_ports){0, 0, NULL, 0};
    assert_int_equal(look(), 0);
}

static void texts_are_its_own(void **state)
{
    static const char *const texts[] = {NULL, "another's", (const char *)module.code,
                                        (const char *)module.variables};

    make();
    for (unsigned i = 0; i < 4; i++) {
        driver->manifest.name = texts[i];
        bad("its manifest's texts are none");
    }
    driver->manifest.shares = "another's";
    bad("its manifest's texts are none");
    driver->manifest.what = "another's";
    bad("its manifest's texts are none");
    memset(module.constants.what, 'w', 80);
    bad("its manifest's texts are none");
    module.constants.what[2] = 0x1b;
    bad("its manifest's texts are none");
    module.constants.name[1] = '/';
    bad("a name has letters, digits, - and _");
    memset(module.constants.rest, 'x', sizeof(module.constants.rest));
    driver->manifest.name = (const char *)module.constants.rest + sizeof(module.constants.rest) - 5;
    bad("its manifest's texts are none");
}

static void functions_are_its_own(void **state)
{
    make();
    driver->init = NULL;
    bad("init is no function of the module");
    driver->init = (int (*)(void))(uintptr_t)make;
    bad("init is no function of the module");
    driver->init = (int (*)(void))(uintptr_t)module.variables;
    bad("init is no function of the module");
    driver->irq = (void (*)(unsigned))(uintptr_t)(module.code + PAGE);
    bad("a callback is no function of the module");
    driver->request = (int64_t (*)(unsigned, uint64_t))((uintptr_t)module.code - 1);
    bad("a callback is no function of the module");
}

static void the_rest_is_as_it_can_be(void **state)
{
    make();
    driver->manifest.version = 9;
    bad("interface version 9, this kernel has 1");
    driver->manifest.built_in = true;
    bad("a part of the kernel cannot come as a module");
    *(uint8_t *)&driver->manifest.once = 2;
    bad("neither yes nor no");
    *(uint8_t *)&driver->manifest.once = 0x80;
    bad("neither yes nor no");
    driver->state_size++;
    bad("its state is not among the module's variables");
    driver->state = module.code;
    bad("its state is not among the module's variables");
    driver->state = NULL;
    bad("its state is not among the module's variables");
    driver->manifest.ports[0].values = (const char *)((uintptr_t)module.variables - 3);
    bad("a list of values for ports lies outside of the module");
    driver->manifest.ports[0].first = driver->manifest.ports[0].last = 0x20;
    bad("ports 0x20 to 0x20: the PIC is the kernel's");
    assert_int_equal(module_driver(&program, span_of(&module, sizeof(module)), (uintptr_t)&module,
                                   2 * PAGE - 8, &found, why), -EINVAL);
    assert_string_equal(why, "its driver does not end among its constants");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_passes),
        cmocka_unit_test(texts_are_its_own),
        cmocka_unit_test(functions_are_its_own),
        cmocka_unit_test(the_rest_is_as_it_can_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

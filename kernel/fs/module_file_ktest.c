/* Modules of the image, loaded and unloaded in the running kernel. */
#include "kernel/fs/module_file.h"

#include "kernel/core/driver/module.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"

static bool is_there(const char *name)
{
    struct driver *driver = driver_get(name);

    if (driver)
        driver_put(driver);
    return driver;
}

/* A hundred lives that lost a frame each would be seen; another thread may take a few meanwhile. */
#define FRAMES_OF_OTHERS 8

KTEST(modules_come_and_go)
{
    uint64_t before = 0;

    for (unsigned i = 0; i < 102; i++) {
        EXPECT_EQUAL(module_file_load_named("null"), 0);
        EXPECT(is_there("null"));
        EXPECT_EQUAL(module_unload("null"), 0);
        EXPECT(!is_there("null"));
        if (i == 1) /* its pages are in the page cache, a stack is kept */
            before = frames_free();
    }
    EXPECT(frames_free() + FRAMES_OF_OTHERS > before);
    EXPECT_EQUAL(module_unload("null"), -ENODEV);
    EXPECT_EQUAL(module_unload("keyboard"), -EINVAL);
    EXPECT_EQUAL(module_file_load_named("../drivers/null"), -ENOENT);
    EXPECT_EQUAL(module_file_load("/lib/drivers"), -ENOEXEC);
}

/* One that is used stays until it is not. */
KTEST(modules_in_use_stay)
{
    EXPECT_EQUAL(module_file_load_named("null"), 0);
    struct driver *driver = driver_get("null");

    EXPECT(driver != NULL);
    EXPECT_EQUAL(module_unload("null"), -EBUSY);
    EXPECT(is_there("null"));
    EXPECT_EQUAL(driver_order(driver, DRIVER_START), -EINVAL); /* but it is no driver any more */
    driver_put(driver);
    EXPECT_EQUAL(module_unload("null"), 0);
}

/* The k-th allocation fails, for all k there are. */
static void fail_each(bool *all)
{
    bool reached = true;

    *all = false;

    for (unsigned k = 1; reached && k < 200; k++) {
        memory_fail_in = k;
        int error = module_file_load_named("null");

        reached = memory_fail_in == 0;
        memory_fail_in = 0;
        EXPECT(!error || error == -ENOMEM);
        EXPECT(is_there("null") == !error);
        if (!error)
            EXPECT_EQUAL(module_unload("null"), 0);
    }
    *all = !reached;
}

KTEST(modules_without_memory)
{
    bool all;

    EXPECT_EQUAL(module_file_load_named("null"), 0);
    EXPECT_EQUAL(module_file_load_named("null"), -EEXIST);
    EXPECT_EQUAL(module_unload("null"), 0);
    fail_each(&all); /* whoever keeps memory for later gives it up */
    EXPECT(all);
    uint64_t before = frames_free();

    fail_each(&all);
    EXPECT(all);
    EXPECT(frames_free() + FRAMES_OF_OTHERS > before);
}

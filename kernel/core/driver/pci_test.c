/* PCI's walk, sizes and capabilities, against a configuration space in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch/arch.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/memory/frames.h"
#include "lib/errno.h"

#define FUNCTIONS 8u

/* What there is; another reads as ones. */
static struct function {
    struct ddi_pci at;
    uint32_t words[64];
    uint32_t sizes[6]; /* bits of a BAR that can be set */
    unsigned while_on; /* BARs written while it answers */
} functions[FUNCTIONS];
static unsigned count, reads;

static struct function *find(struct ddi_pci at)
{
    for (unsigned i = 0; i < count; i++)
        if (memcmp(&functions[i].at, &at, sizeof(at)) == 0)
            return &functions[i];
    return NULL;
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    struct function *function = find(device);

    assert_true(offset % 4 == 0 && device.device < 32 && device.function < 8);
    assert_true(++reads < 2000000);
    return function ? function->words[offset / 4] : UINT32_MAX;
}

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    struct function *function = find(device);

    assert_non_null(function);
    if (offset >= 0x10 && offset < 0x28) {
        unsigned bar = (offset - 0x10u) / 4;
        uint32_t fixed = function->words[offset / 4] & ~function->sizes[bar] & 15;

        function->while_on += (function->words[1] & 3) != 0;
        value = (value & function->sizes[bar]) | fixed;
    }
    function->words[offset / 4] = value;
}

uint64_t cpu_save_interrupts(void)
{
    return 1;
}

void cpu_restore_interrupts(uint64_t saved)
{
    assert_int_equal(saved, 1);
}

int alloc_frames(uint64_t frames, uint64_t align_frames, uint64_t below, uint64_t *phys)
{
    return -ENOMEM;
}

void *phys_to_virt(uint64_t phys)
{
    return NULL;
}

static struct function *add(uint8_t bus, uint8_t device, uint8_t function, uint32_t class)
{
    struct function *made = &functions[count++];

    made->at = (struct ddi_pci){bus, device, function};
    made->words[0] = 0x12348086;
    made->words[2] = class << 8;
    return made;
}

static int fresh(void **state)
{
    memset(functions, 0, sizeof(functions));
    count = reads = 0;
    return 0;
}

static void bridge(struct function *function, uint8_t secondary)
{
    function->words[3] |= 0x10000;
    function->words[6] = (uint32_t)secondary << 16 | (uint32_t)secondary << 8 | function->at.bus;
}

static unsigned walk_all(struct ddi_pci *places)
{
    struct pci_walk walk = {0};
    unsigned found = 0;

    while (pci_next(&walk))
        places[found++] = walk.at;
    return found;
}

static void without_pci_there_is_nothing(void **state)
{
    struct ddi_pci places[FUNCTIONS];

    assert_int_equal(walk_all(places), 0);
    assert_false(ddi_pci_find(1, 1, places));
}

static void functions_and_bridges_are_walked(void **state)
{
    struct ddi_pci places[FUNCTIONS];

    add(0, 0, 0, 0x060000);
    add(0, 1, 0, 0x060100)->words[3] = 0x800000;
    add(0, 1, 3, 0x068000);
    add(0, 2, 1, 0x020000); /* without function 0: nobody looks */
    bridge(add(0, 3, 0, 0x060400), 5);
    bridge(add(5, 0, 0, 0x060400), 2); /* back: a loop */
    add(5, 31, 0, 0x010601);
    assert_int_equal(walk_all(places), 6);
    assert_true(places[2].function == 3 && places[4].bus == 5 && places[5].device == 31);
}

static void devices_are_found_by_class(void **state)
{
    struct ddi_pci at = DDI_PCI_FIRST;

    bridge(add(0, 3, 0, 0x060400), 1);
    add(0, 4, 0, 0x010180);
    add(1, 0, 0, 0x010185);
    assert_true(ddi_pci_find(1, 1, &at));
    assert_int_equal(at.device, 4);
    assert_true(ddi_pci_find(1, 1, &at));
    assert_int_equal(at.bus, 1);
    assert_false(ddi_pci_find(1, 1, &at));
}

static void registers_have_sizes(void **state)
{
    struct function *f = add(0, 2, 0, 0x030000);
    struct pci_bar bar;

    f->words[1] = 7;
    f->words[4] = 0xc041, f->sizes[0] = 0xffe0;                    /* 32 ports */
    f->words[5] = 0xfebf0000, f->sizes[1] = 0xfffff000;            /* 4 KiB */
    f->words[6] = 0x8000000c, f->words[7] = 0x10, f->sizes[2] = 0; /* 8 GiB, prefetchable */
    f->sizes[3] = 0xfffffffe;
    bar = pci_bar(f->at, 0, true);
    assert_true(bar.ports && bar.base == 0xc040 && bar.bytes == 32 && !bar.wide);
    bar = pci_bar(f->at, 1, true);
    assert_true(!bar.ports && bar.base == 0xfebf0000 && bar.bytes == 4096 && !bar.prefetchable);
    bar = pci_bar(f->at, 2, true);
    assert_true(bar.wide && bar.prefetchable && bar.base == 0x1080000000 && bar.bytes == 8ull << 30);
    bar = pci_bar(f->at, 4, true);
    assert_true(bar.base == 0 && bar.bytes == 0);
    assert_int_equal(pci_bar(f->at, 1, false).bytes, 0);
    assert_true(f->words[1] == 7 && f->while_on == 0 && f->words[5] == 0xfebf0000);
}

static void a_bridge_has_two(void **state)
{
    struct function *f = add(0, 2, 0, 0x060400);

    bridge(f, 1);
    assert_int_equal(pci_bar(f->at, 2, true).base, 0);
    f->words[5] = 0x8000000c; /* the last: no upper half */
    assert_false(pci_bar(f->at, 1, false).wide);
    f->words[3] = 0x20000; /* CardBus: other registers */
    assert_int_equal(pci_bar(f->at, 1, false).base, 0);
}

static void capabilities_are_a_list(void **state)
{
    struct function *f = add(0, 2, 0, 0x010601);

    f->words[0x34 / 4] = 0x40;
    f->words[0x40 / 4] = 0x5001;
    f->words[0x50 / 4] = 0x806005;
    f->words[0x60 / 4] = 0x0012;
    assert_int_equal(pci_capability(f->at, 5), 0); /* it says that there are none */
    f->words[1] = 1u << 20;
    assert_int_equal(pci_capability(f->at, 5), 0x50);
    assert_int_equal(pci_capability(f->at, 0x12), 0x60);
    assert_int_equal(pci_capability(f->at, 0x11), 0);
    f->words[0x60 / 4] = 0x4012; /* around */
    assert_int_equal(pci_capability(f->at, 0x11), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_pci_there_is_nothing, fresh),
        cmocka_unit_test_setup(functions_and_bridges_are_walked, fresh),
        cmocka_unit_test_setup(devices_are_found_by_class, fresh),
        cmocka_unit_test_setup(registers_have_sizes, fresh),
        cmocka_unit_test_setup(a_bridge_has_two, fresh),
        cmocka_unit_test_setup(capabilities_are_a_list, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

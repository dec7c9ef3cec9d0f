/* links: kernel/core/driver/orders.c */
/* Who may have a device move data, and when: a driver of an AHCI controller whose registers are memory, and
   which does nothing by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/orders.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/memory/frames.h"
#include "lib/errno.h"

#define PORTS   4u
#define LIST    0x00u
#define HIGH    0x04u
#define COMMAND 0x18u
#define LINK    0x28u
#define ACTIVE  0x34u
#define ISSUED  0x38u
#define ST      (1u << 0)
#define FRE     (1u << 4)
#define CR      (1u << 15)
#define MEMORY  0x100000u /* where physical memory begins */
#define FRAMES  64u

static const struct ddi_driver code = {.manifest = {.name = "test", .dma = DDI_DMA_AHCI}};
static const struct ddi_pci device = {0, 3, 0};
static struct driver driver;
static uint32_t registers[DMA_AHCI_PORT(PORTS) / 4];
static uint8_t memory[FRAMES][FRAME_SIZE] __attribute__((aligned(4096)));
static unsigned used, violations;
static bool master;

/* ---- what it calls --------------------------------------------------------------------------- */

struct driver *driver_of(const struct ddi_driver *of)
{
    return of == &code ? &driver : NULL;
}

void driver_violates(const struct ddi_driver *of, const char *does, unsigned port, uint64_t value)
{
    assert_ptr_equal(of, &code);
    violations++;
}

bool driver_has_device(const struct ddi_driver *of, struct ddi_pci which, unsigned bar)
{
    return pci_is_same(which, device);
}

int driver_window_of_bar(struct driver *of, struct ddi_pci which, unsigned bar)
{
    assert_int_equal(bar, 5);
    of->windows[0] = (struct driver_window){0xfeb00000, sizeof(registers), WINDOW_REGISTERS, registers};
    return 0;
}

int pci_dma_memory(uint64_t frames, uint64_t *address)
{
    if (used + frames > FRAMES)
        return -ENOMEM;
    *address = MEMORY + used * FRAME_SIZE;
    memset(memory[used], 0, frames * FRAME_SIZE);
    used += (unsigned)frames;
    return 0;
}

static int add(unsigned kind, uint32_t bytes)
{
    for (unsigned i = 1; i < DRIVER_WINDOWS; i++) {
        uint64_t phys;

        if (driver.windows[i].bytes)
            continue;
        int error = pci_dma_memory(bytes / FRAME_SIZE, &phys);

        if (error)
            return error;
        driver.windows[i] = (struct driver_window){.phys = phys, .bytes = bytes, .kind = kind};
        return (int)i;
    }
    return -ENOSPC;
}

int driver_window_of_table(struct driver *of)
{
    return add(WINDOW_TABLE, orders_bytes(DDI_DMA_AHCI));
}

void *phys_to_virt(uint64_t phys)
{
    assert_in_range(phys, MEMORY, MEMORY + sizeof(memory) - 1);
    return (uint8_t *)memory + (phys - MEMORY);
}

/* Addresses are those of the test itself; what lies in `memory` is physical memory, the rest is beyond. */
int page_translate(uint64_t virt, uint64_t *phys)
{
    uint64_t at = virt - (uintptr_t)memory;

    if (virt >> 63)
        return -ENOENT;
    *phys = at < sizeof(memory) ? MEMORY + at : 0x800000 + virt % FRAME_SIZE;
    return 0;
}

uint32_t ddi_mmio_read32(const struct ddi_mmio *all, uint32_t offset)
{
    assert_true(offset < sizeof(registers));
    return registers[offset / 4];
}

void ddi_mmio_write32(const struct ddi_mmio *all, uint32_t offset, uint32_t value)
{
    assert_true(offset < sizeof(registers));
    registers[offset / 4] = value;
}

uint64_t time_now_ns(void)
{
    static uint64_t now_ns;

    return now_ns += 1000000;
}

void pci_master(struct ddi_pci which, bool on)
{
    master = on;
}

void pci_decode(struct ddi_pci which)
{
}

void cpu_pause(void)
{
}

bool pci_is_master(struct ddi_pci which)
{
    return master;
}

struct pci_bar pci_bar(struct ddi_pci which, unsigned bar, bool measure)
{
    return (struct pci_bar){0};
}

/* ---- the tests ------------------------------------------------------------------------------- */

static uint32_t *reg(unsigned port, uint32_t which)
{
    return &registers[(DMA_AHCI_PORT(port) + which) / 4];
}

static int fresh(void **state)
{
    (void)state;
    memset(&driver, 0, sizeof(driver));
    memset(registers, 0, sizeof(registers));
    registers[0] = PORTS - 1;
    registers[3] = (1u << PORTS) - 1;
    for (unsigned i = 0; i < PORTS; i++)
        *reg(i, LIST) = 0x1000 * (i + 1); /* the firmware's */
    driver.code = &code;
    driver.generation = 1;
    violations = 0;
    master = true;
    used = used > 3 ? 3 : used; /* the first table of all is without orders, and stays */
    return 0;
}

static struct driver_transfer transfers[2];

/* Request `number` is under way. */
static void begin(unsigned number, unsigned what, const void *at)
{
    transfers[number] = (struct driver_transfer){
        .call = {.what = what, .count = 8, .memory = (void *)(uintptr_t)at},
    };
    driver.transfers.taken[number] = &transfers[number];
}

static int order(int table, unsigned slot, const void *at, uint8_t command, bool own)
{
    const struct ddi_order what = {at, 512, command == 0x35, {0x27, 0x80, command}};

    return driver_dma_order(&driver, (unsigned)table, slot, &what, own);
}

static uint32_t address_of(int table)
{
    return (uint32_t)driver.windows[driver.tables[table].window].phys;
}

static uint32_t flags_of(int table, unsigned slot)
{
    const struct ddi_ahci_table *at = phys_to_virt(address_of(table));

    return at->headers[slot].flags;
}

static void a_part_is_told_where_its_table_is(void **state)
{
    (void)state;
    int table = driver_dma_table(&driver, device, 1, DRIVER_NO_TABLE);

    assert_int_equal(table, 0);
    assert_int_equal(*reg(1, LIST), address_of(0));
    assert_int_equal(*reg(1, HIGH), 0);
    assert_int_equal(*reg(1, 8), address_of(0) + 0x400);
    assert_int_equal(driver_dma_table(&driver, device, 1, DRIVER_NO_TABLE), 0); /* the same */
    assert_int_equal(driver_dma_table(&driver, device, PORTS, DRIVER_NO_TABLE), -EINVAL);
    assert_int_equal(driver_dma_table(&driver, device, UINT32_MAX, DRIVER_NO_TABLE), -EINVAL);
    assert_int_equal(driver_dma_table(&driver, (struct ddi_pci){0, 4, 0}, 1, DRIVER_NO_TABLE), -EPERM);
    *reg(2, COMMAND) = FRE;
    assert_int_equal(driver_dma_table(&driver, device, 2, DRIVER_NO_TABLE), -EBUSY);
    assert_int_equal(*reg(2, LIST), 0x3000);
}

static void a_table_that_moves_on_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE), 0);
    *reg(0, COMMAND) = ST | CR;
    assert_int_equal(driver_dma_table(&driver, device, 1, 0), -EBUSY);
    *reg(0, COMMAND) = 0;
    assert_int_equal(driver_dma_table(&driver, device, 1, 0), 0);
    assert_int_equal(*reg(1, LIST), address_of(0));
    assert_int_not_equal(*reg(0, LIST), address_of(0));
    assert_int_equal(*reg(0, LIST), MEMORY);
}

static void a_master_begins_with_nothing(void **state)
{
    (void)state;
    assert_int_equal(driver_dma_table(&driver, device, 2, DRIVER_NO_TABLE), 0);
    *reg(3, COMMAND) = CR;
    assert_int_equal(driver_dma_prepare(&driver, device), -EBUSY);
    *reg(3, COMMAND) = 0;
    registers[3] = 0; /* a controller that forgot its ports in the reset */
    assert_int_equal(driver_dma_prepare(&driver, device), 0);
    for (unsigned i = 0; i < PORTS; i++)
        assert_int_equal(*reg(i, LIST), i == 2 ? address_of(0) : MEMORY);
}

static void what_the_firmware_did_ends(void **state)
{
    (void)state;
    driver_dma_claim(&driver, device);
    assert_false(master);
    master = true;
    driver.masters.at[0] = device;
    driver.masters.count = 1;
    driver_dma_claim(&driver, device);
    assert_true(master);
}

/* It does not come out of its reset. */
static void the_end_resets_it(void **state)
{
    (void)state;
    driver_dma_halt(&driver);
    assert_int_equal(registers[1], 0); /* it was no master */
    driver.masters.at[0] = device;
    driver.masters.count = 1;
    driver_dma_halt(&driver);
    assert_int_equal(registers[1], 1);
    memset(registers, 0xff, sizeof(registers));
    driver_dma_halt(&driver);
}

static void orders_and_whose_memory(void **state)
{
    (void)state;
    int table = driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE);
    int page = add(WINDOW_PAGE, FRAME_SIZE);
    const uint8_t *own = phys_to_virt(driver.windows[page].phys), *request = memory[FRAMES - 1];

    assert_int_equal(order(table, 0, own, 0x25, true), 0);
    assert_int_equal(order(table, 0, own + FRAME_SIZE - 256, 0x25, true), -EFAULT); /* half is another's */
    assert_int_equal(order(table, 0, request, 0x25, true), -EFAULT);
    assert_int_equal(order(table, 0, phys_to_virt(address_of(table)), 0x25, true), -EFAULT);
    assert_int_equal(order(table, 0, (const void *)~1ull, 0x25, true), -EFAULT);
    assert_int_equal(order(1, 0, own, 0x25, true), -EINVAL);
    assert_int_equal(order(DRIVER_TABLES, 0, own, 0x25, true), -EINVAL);
    assert_int_equal(order(table, 20, own, 0x25, true), -EINVAL);
    begin(0, DRIVER_CALL_DISK_WRITE, request);
    assert_int_equal(order(table, 0, request, 0x25, false), -EPERM);
    assert_int_equal(order(table, 0, request, 0x35, false), 0);
    begin(0, DRIVER_CALL_DISK_READ, request);
    assert_int_equal(order(table, 0, request + 512, 0x35, false), -EPERM);
    assert_int_equal(violations, 2);
}

static void an_order_may_be_too_long(void **state)
{
    (void)state;
    int table = driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE);
    struct ddi_order what = {memory, ORDERS_PIECES_MAX * FRAME_SIZE, false, {0x27, 0x80, 0x25}};

    assert_int_equal(driver_dma_order(&driver, (unsigned)table, 0, &what, false), 0); /* one piece */
    what.bytes += 512;
    assert_int_equal(driver_dma_order(&driver, (unsigned)table, 0, &what, false), -E2BIG);
    what.bytes = UINT32_MAX - 1;
    assert_int_equal(driver_dma_order(&driver, (unsigned)table, 0, &what, false), -E2BIG);
}

static void a_request_is_not_ended_before_its_orders(void **state)
{
    (void)state;
    int table = driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE);

    begin(0, DRIVER_CALL_DISK_READ, memory[FRAMES - 1]);
    begin(1, DRIVER_CALL_DISK_READ, memory[FRAMES - 2]);
    assert_int_equal(order(table, 1, memory[FRAMES - 1], 0x25, false), 0);
    assert_int_equal(order(table, 3, memory[FRAMES - 2], 0x25, false), 0);
    *reg(0, COMMAND) = ST | FRE | CR;
    *reg(0, ISSUED) = 1u << 1;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    assert_int_equal(order(table, 1, memory[FRAMES - 1], 0x25, false), -EBUSY);
    assert_int_equal(driver_dma_settle(&driver, &transfers[1]), 0);
    assert_int_equal(flags_of(table, 3) >> 16, 0);
    assert_int_equal(flags_of(table, 1) >> 16, 1);
    *reg(0, ISSUED) = 0;
    *reg(0, ACTIVE) = 1u << 1;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    *reg(0, ACTIVE) = UINT32_MAX; /* as a driver can write it */
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    *reg(0, ACTIVE) = 0;
    *reg(0, COMMAND) = FRE | CR; /* told to stop: it forgets its commands first */
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    *reg(0, COMMAND) = FRE;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), 0);
    assert_int_equal(flags_of(table, 1) >> 16, 0);
}

static void a_device_that_is_gone_or_no_master_moves_nothing(void **state)
{
    (void)state;
    int table = driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE);

    begin(0, DRIVER_CALL_DISK_READ, memory[FRAMES - 1]);
    assert_int_equal(order(table, 0, memory[FRAMES - 1], 0x25, false), 0);
    *reg(0, ISSUED) = 1;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    master = false;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), 0);
    master = true;
    *reg(0, ISSUED) = 0;
    assert_int_equal(order(table, 0, memory[FRAMES - 1], 0x25, false), 0);
    memset(registers, 0xff, sizeof(registers));
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), 0);
}

static void orders_in_two_tables_are_settled_one_by_one(void **state)
{
    (void)state;
    int first = driver_dma_table(&driver, device, 0, DRIVER_NO_TABLE);
    int second = driver_dma_table(&driver, device, 1, DRIVER_NO_TABLE);

    begin(0, DRIVER_CALL_DISK_READ, memory[FRAMES - 1]);
    assert_int_equal(order(first, 0, memory[FRAMES - 1], 0x25, false), 0);
    *reg(0, ISSUED) = 1;
    assert_int_equal(order(second, 0, memory[FRAMES - 1], 0x25, false), -EBUSY);
    *reg(0, ISSUED) = 0;
    assert_int_equal(order(second, 0, memory[FRAMES - 1], 0x25, false), 0);
    assert_int_equal(flags_of(first, 0) >> 16, 0);
    *reg(1, ISSUED) = 1;
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), -EBUSY);
    driver.generation++; /* that life is over, and its tables with it */
    assert_int_equal(driver_dma_settle(&driver, &transfers[0]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_part_is_told_where_its_table_is, fresh),
        cmocka_unit_test_setup(a_table_that_moves_on_leaves_nothing, fresh),
        cmocka_unit_test_setup(a_master_begins_with_nothing, fresh),
        cmocka_unit_test_setup(what_the_firmware_did_ends, fresh),
        cmocka_unit_test_setup(the_end_resets_it, fresh),
        cmocka_unit_test_setup(orders_and_whose_memory, fresh),
        cmocka_unit_test_setup(an_order_may_be_too_long, fresh),
        cmocka_unit_test_setup(a_request_is_not_ended_before_its_orders, fresh),
        cmocka_unit_test_setup(a_device_that_is_gone_or_no_master_moves_nothing, fresh),
        cmocka_unit_test_setup(orders_in_two_tables_are_settled_one_by_one, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

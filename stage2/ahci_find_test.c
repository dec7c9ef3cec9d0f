/* The look at AHCI ports against a model of a controller: what is there, what lies, what breaks down, and
   that all is as before afterwards. The code under test is taken in whole, for its ports are
   instructions; the registers are memory below 4 GiB, whose owner works while somebody waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define inl      real_inl
#define outl     real_outl
#define rdtsc    real_rdtsc
#define patience_over real_patience_over
#include "stage2/cpu.h"
#undef inl
#undef outl
#undef rdtsc
#undef patience_over

static uint32_t inl(uint16_t port);
static void outl(uint16_t port, uint32_t value);
static uint64_t rdtsc(void);
static bool patience_over(uint64_t since);

#include "stage2/ahci.c"

#define HBA_BYTES 0x1100u

static volatile uint32_t *registers;
static uint8_t disk[SECTOR_BYTES];
static struct {
    uint32_t address, command, bar, class;
    uint8_t bus; /* where the controller is; not 0: behind a bridge at 0:2.0 */
    bool hangs, fails, never_stops;
    uint32_t waited, commands;
} now;

/* ---- the model ------------------------------------------------------------------------------- */

static uint32_t *register_of(uint8_t bus, uint8_t device, uint8_t offset)
{
    static uint32_t value;

    value = PCI_NOBODY;
    if (now.bus && bus == 0 && device == 2)
        value = offset == PCI_HEADER ? 0x010000 : offset == PCI_BUSES ? (uint32_t)now.bus << 8
                : offset == PCI_CLASS ? 0x06040000 : 0;
    if (bus != now.bus || device != 5)
        return &value;
    value = offset == PCI_CLASS ? now.class << 8 : 0;
    return offset == PCI_COMMAND ? &now.command : offset == PCI_ABAR ? &now.bar : &value;
}

static uint32_t *addressed(void)
{
    uint8_t device = now.address >> 11 & 31, function = now.address >> 8 & 7;
    static uint32_t nobody;

    nobody = PCI_NOBODY;
    assert_true(now.address & PCI_ENABLE);
    return function ? &nobody : register_of(now.address >> 16 & 0xff, device, (uint8_t)now.address);
}

static uint32_t inl(uint16_t port)
{
    assert_int_equal(port, PCI_DATA);
    return *addressed();
}

static void outl(uint16_t port, uint32_t value)
{
    if (port == PCI_ADDRESS)
        now.address = value;
    else
        *addressed() = value;
}

static uint64_t rdtsc(void)
{
    now.waited = 0;
    return 0;
}

static void work(volatile uint32_t *port)
{
    if (!(port[COMMAND] & COMMAND_START) && !now.never_stops)
        port[COMMAND] &= ~COMMAND_RUNS;
    if (!(port[COMMAND] & COMMAND_RECEIVE))
        port[COMMAND] &= ~COMMAND_RECEIVES;
    if (!(port[ISSUED] & 1) || now.hangs)
        return;
    assert_true(port[COMMAND] & COMMAND_START && port[COMMAND] & COMMAND_RECEIVE);
    assert_int_equal(port[ENABLED], 0);
    assert_int_equal(port[LIST], address_of(memory.list));
    assert_int_equal(memory.list[0], 0x10005);
    assert_int_equal(memory.table.fis[0], 0xc88027);
    assert_int_equal(memory.table.piece[3], SECTOR_BYTES - 1);
    assert_true(now.command & PCI_BUS_MASTER);
    now.commands++;
    if (now.fails) {
        port[EVENTS] = 1u << 30;
        port[TASKFILE] = 0x451;
        return;
    }
    memcpy(memory.sector, disk, SECTOR_BYTES);
    port[ISSUED] = 0;
}

static bool patience_over(uint64_t since)
{
    (void)since;
    for (uint32_t i = 0; i < PORTS; i++)
        work(&registers[PORT(i)]);
    return ++now.waited > 1000;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void add_disk(uint32_t number)
{
    volatile uint32_t *port = &registers[PORT(number)];

    registers[HBA_PORTS] |= 1u << number;
    port[LIST] = 0x1111000;
    port[RECEIVED] = 0x2222000;
    port[ENABLED] = 0x7d;
    port[COMMAND] = COMMAND_START | COMMAND_RECEIVE | COMMAND_RUNS | COMMAND_RECEIVES | 6;
    port[TASKFILE] = 0x50;
    port[SIGNATURE] = SIGNATURE_DISK;
    port[LINK] = 0x113;
}

static int setup(void **state)
{
    (void)state;
    if (!registers)
        registers = mmap(NULL, HBA_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    assert_true(registers != MAP_FAILED);
    memset((void *)registers, 0, HBA_BYTES);
    memset(&now, 0, sizeof(now));
    now.command = PCI_MEMORY;
    now.bar = address_of((void *)registers);
    now.class = CLASS_AHCI;
    registers[HBA_CONTROL] = HBA_AHCI;
    for (uint32_t i = 0; i < SECTOR_BYTES; i++)
        disk[i] = (uint8_t)(i * 7);
    add_disk(3);
    return 0;
}

static void assert_as_before(void)
{
    volatile uint32_t *port = &registers[PORT(3)];

    assert_int_equal(port[LIST], 0x1111000);
    assert_int_equal(port[RECEIVED], 0x2222000);
    assert_int_equal(port[ENABLED], 0x7d);
    assert_int_equal(port[COMMAND] & (COMMAND_START | COMMAND_RECEIVE | 6),
                     COMMAND_START | COMMAND_RECEIVE | 6);
    assert_int_equal(now.command, PCI_MEMORY);
}

static void found(void **state)
{
    (void)state;
    assert_int_equal(ahci_find(disk), 1);
    assert_as_before();
    add_disk(0); /* a copy */
    assert_int_equal(ahci_find(disk), 2);
    assert_as_before();
}

static void behind_a_bridge(void **state)
{
    (void)state;
    now.bus = 4;
    assert_int_equal(ahci_find(disk), 1);
}

static void another_disk(void **state)
{
    uint8_t other[SECTOR_BYTES];

    (void)state;
    memcpy(other, disk, sizeof(other));
    other[440] ^= 1;
    assert_int_equal(ahci_find(other), 0);
    assert_int_equal(now.commands, 1);
    assert_as_before();
}

static void stopped_before(void **state)
{
    volatile uint32_t *port = &registers[PORT(3)];

    (void)state;
    port[COMMAND] = 6;
    assert_int_equal(ahci_find(disk), 1);
    assert_int_equal(port[COMMAND] & (COMMAND_START | COMMAND_RECEIVE), 0);
}

static void no_answer(void **state)
{
    (void)state;
    now.fails = true;
    assert_int_equal(ahci_find(disk), 0);
    assert_as_before();
    registers[PORT(3) + TASKFILE] = 0x50;
    registers[PORT(3) + ISSUED] = 0;
    now.fails = false;
    now.hangs = true;
    assert_int_equal(ahci_find(disk), 0);
    assert_as_before();
    registers[PORT(3) + ISSUED] = 0;
    now.hangs = false;
    now.never_stops = true;
    registers[PORT(3) + COMMAND] |= COMMAND_RUNS;
    assert_int_equal(ahci_find(disk), 0);
    assert_as_before();
}

/* Ports that are not asked. */
static void not_for_us(void **state)
{
    static const struct {
        uint32_t reg, value;
    } cases[] = {{LINK, 0}, {LINK, 1}, {SIGNATURE, 0xeb140101}, {TASKFILE, 0xd0}, {TASKFILE, 0x58},
                 {ISSUED, 2}, {ACTIVE, 1}};

    (void)state;
    for (uint32_t i = 0; i < array_length(cases); i++) {
        setup(state);
        registers[PORT(3) + cases[i].reg] = cases[i].value;
        assert_int_equal(ahci_find(disk), 0);
        assert_int_equal(now.commands, 0);
        assert_int_equal(registers[PORT(3) + LIST], 0x1111000);
    }
}

static void no_controller(void **state)
{
    (void)state;
    now.class = 0x010601 - 1; /* another interface */
    assert_int_equal(ahci_find(disk), 0);
    now.class = CLASS_AHCI;
    now.command = 0;
    assert_int_equal(ahci_find(disk), 0);
    now.command = PCI_MEMORY;
    now.bar |= 1;
    assert_int_equal(ahci_find(disk), 0);
    now.bar = 0;
    assert_int_equal(ahci_find(disk), 0);
    now.bar = address_of((void *)registers);
    registers[HBA_CONTROL] = 0; /* the BIOS drives it as IDE */
    assert_int_equal(ahci_find(disk), 0);
    registers[HBA_CONTROL] = PCI_NOBODY;
    assert_int_equal(ahci_find(disk), 0);
    assert_int_equal(now.commands, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(found),          TEST(behind_a_bridge), TEST(another_disk),
                                       TEST(stopped_before), TEST(no_answer),       TEST(not_for_us),
                                       TEST(no_controller)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tables for DMA as controllers read them, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/call.h"
#include "kernel/core/driver/orders.h"
#include "lib/errno.h"

#define TABLE_AT 0x123000u
#define MEMORY   ((const void *)0x1000)

static uint32_t memory[3 * 4096 / 4] __attribute__((aligned(4096)));
static struct orders_table table;

static void begin(enum ddi_dma kind, bool far)
{
    memset(memory, 0, sizeof(memory));
    table = (struct orders_table){kind, far, memory, TABLE_AT};
}

static struct orders_pieces pages(unsigned count, uint64_t first, uint64_t step)
{
    struct orders_pieces pieces = {.count = count};

    for (unsigned i = 0; i < count; i++) {
        pieces.at[i].address = first + i * step;
        pieces.at[i].bytes = 4096;
    }
    return pieces;
}

static struct ddi_order order_of(const struct orders_pieces *pieces, bool to_device)
{
    return (struct ddi_order){MEMORY, pieces->count * 4096, to_device, {0x27, 0x80, to_device ? 0x35 : 0x25}};
}

static int write(unsigned slot, const struct orders_pieces *pieces)
{
    const struct ddi_order order = order_of(pieces, false);

    return orders_write(&table, slot, &order, pieces);
}

static void test_ide(void **state)
{
    const struct orders_pieces pieces = pages(64, 0x10000, 0x2000);

    (void)state;
    begin(DDI_DMA_IDE, false);
    assert_int_equal(write(0, &pieces), 0);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(memory[2 * i], 0x10000 + i * 0x2000);
        assert_int_equal(memory[2 * i + 1], i == 63 ? 0x80001000 : 0x1000);
    }
    assert_int_equal(write(1, &pieces), -EINVAL);
    orders_forget(&table, 0); /* two bytes of the table's own that nobody reads */
    assert_true(memory[0] >= TABLE_AT + 64 * 8 && memory[0] < TABLE_AT + 4096);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(memory[2 * i + 1], 0x80000002);
}

static void test_ide_reaches_4_gib(void **state)
{
    const struct orders_pieces last = pages(1, 0xfffff000, 0), beyond = pages(1, 0x100000000, 0), none = {0};

    (void)state;
    begin(DDI_DMA_IDE, true);
    assert_int_equal(write(0, &last), 0);
    assert_int_equal(write(0, &beyond), -EFAULT);
    assert_int_equal(write(0, &none), -EFAULT); /* a count of 0 would be 64 KiB */
    assert_int_equal(memory[0], 0xfffff000);
}

static void test_a_new_table_moves_nothing(void **state)
{
    (void)state;
    begin(DDI_DMA_IDE, false);
    memset(memory, 0xff, sizeof(memory));
    orders_begin(&table);
    assert_true(memory[0] >= TABLE_AT + 64 * 8 && memory[0] < TABLE_AT + 4096);
    assert_int_equal(memory[1], 0x80000002);
    begin(DDI_DMA_AHCI, false);
    memset(memory, 0xff, sizeof(memory));
    orders_begin(&table);
    for (unsigned i = 0; i < 32; i++) {
        uint32_t command = memory[8 * i + 2] - TABLE_AT;

        assert_int_equal(memory[8 * i], 5); /* it has no pieces, … */
        assert_true(command % 128 == 0 && command >= 1024 + 256 && command <= 4096 - 128);
        assert_int_equal(memory[8 * i + 3], 0);
        assert_int_equal(memory[command / 4], 0); /* … and its FIS is none */
    }
}

static void test_ahci(void **state)
{
    const struct orders_pieces pieces = pages(2, 0x300000000, 0x2000);
    struct ddi_order order = order_of(&pieces, true);
    const uint32_t *command = memory + (4096 + 2 * 1024) / 4;

    (void)state;
    begin(DDI_DMA_AHCI, true);
    memory[2 * 8 + 1] = 77;
    assert_int_equal(orders_write(&table, 2, &order, &pieces), 0);
    assert_int_equal(memory[2 * 8], 5 | 1u << 6 | 2u << 16);
    assert_int_equal(memory[2 * 8 + 1], 0);
    assert_int_equal(memory[2 * 8 + 2], TABLE_AT + 4096 + 2 * 1024);
    assert_int_equal(memory[2 * 8 + 3], 0);
    assert_int_equal(command[0], 0x00358027);
    assert_int_equal(command[5], 0); /* what is behind the five dwords is not the driver's */
    assert_int_equal(command[32], 0);
    assert_int_equal(command[33], 3);
    assert_int_equal(command[34], 0);
    assert_int_equal(command[35], 4095);
    assert_int_equal(command[36], 0x2000);
    orders_forget(&table, 2);
    assert_int_equal(memory[2 * 8], 5); /* no pieces */
}

static void test_ahci_joins_neighbours(void **state)
{
    const struct orders_pieces pieces = pages(64, 0x100000, 4096);

    (void)state;
    begin(DDI_DMA_AHCI, false);
    assert_int_equal(write(4, &pieces), 0);
    assert_int_equal(memory[4 * 8], 5 | 1u << 16);
    assert_int_equal(memory[4 * 8 + 2], TABLE_AT + 8192);
    assert_int_equal(memory[(8192 + 128 + 12) / 4], 64 * 4096 - 1);
}

static void test_ahci_has_room_for_so_many(void **state)
{
    const struct {
        unsigned slot, pieces;
        int error;
    } cases[] = {{0, 56, 0},       {3, 57, -E2BIG}, {4, 8, 0},          {19, 8, 0},
                 {19, 9, -E2BIG},  {20, 1, -EINVAL}, {0x80000000u, 1, -EINVAL}, {0, 0, 0}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct orders_pieces pieces = pages(cases[i].pieces, 0x10000, 0x2000);

        begin(DDI_DMA_AHCI, false);
        assert_int_equal(write(cases[i].slot, &pieces), cases[i].error);
        for (unsigned k = 0; k < sizeof(memory) / 4 && cases[i].error; k++)
            assert_int_equal(memory[k], 0);
    }
}

static void test_ahci_of_32_bits(void **state)
{
    const struct orders_pieces last = pages(1, 0xfffff000, 0), beyond = pages(2, 0xfffff000, 4096);

    (void)state;
    begin(DDI_DMA_AHCI, false);
    assert_int_equal(write(0, &last), 0);
    assert_int_equal(write(0, &beyond), -EFAULT);
    table.far = true;
    assert_int_equal(write(0, &beyond), 0);
}

static void test_odd_memory(void **state)
{
    const struct orders_pieces pieces = pages(1, 0x10000, 0);
    struct ddi_order order = order_of(&pieces, false);

    (void)state;
    begin(DDI_DMA_AHCI, false);
    order.bytes = 511;
    assert_int_equal(orders_write(&table, 0, &order, &pieces), -EFAULT);
    order.bytes = 512;
    order.memory = (const void *)0x1001;
    assert_int_equal(orders_write(&table, 0, &order, &pieces), -EFAULT);
}

static void test_a_command_does_what_is_said_of_it(void **state)
{
    static const struct {
        uint8_t fis, flags, code, count;
        bool to_device;
        uint32_t bytes;
        int error;
    } cases[] = {
        {0x27, 0x80, 0x60, 5 << 3, false, 4096, 0}, {0x27, 0x80, 0x61, 5 << 3, true, 4096, 0},
        {0x27, 0x80, 0xec, 0, false, 4096, 0},      {0x27, 0x80, 0xca, 0, true, 4096, 0},
        {0x27, 0x80, 0xe7, 0, false, 0, 0},         {0x27, 0x80, 0xb0, 0, true, 0, 0},
        {0x27, 0x80, 0x25, 0, true, 4096, -EINVAL}, {0x27, 0x80, 0x60, 5 << 3, true, 4096, -EINVAL},
        {0x27, 0x80, 0x35, 0, false, 4096, -EINVAL}, {0x27, 0x80, 0xe7, 0, false, 4096, -EINVAL},
        {0x27, 0x80, 0x60, 4 << 3, false, 4096, -EINVAL}, {0x27, 0x80, 0x61, 4 << 3, true, 0, -EINVAL},
        {0x41, 0x80, 0x25, 0, false, 4096, -EINVAL}, {0x27, 0x00, 0x25, 0, false, 4096, -EINVAL},
    };

    (void)state;
    begin(DDI_DMA_AHCI, false);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct orders_pieces pieces = pages(cases[i].bytes / 4096, 0x10000, 0);
        const struct ddi_order order = {MEMORY, cases[i].bytes, cases[i].to_device,
                                        {cases[i].fis, cases[i].flags, cases[i].code, [12] = cases[i].count}};

        assert_int_equal(orders_write(&table, 5, &order, &pieces), cases[i].error);
    }
}

static void test_no_kind(void **state)
{
    const struct orders_pieces pieces = pages(1, 0x10000, 0);

    (void)state;
    begin(DDI_DMA_NONE, false);
    assert_int_equal(orders_bytes(DDI_DMA_NONE), 0);
    assert_int_equal(write(0, &pieces), -EINVAL);
    orders_forget(&table, 0);
    assert_int_equal(memory[0], 0);
}

/* Registers that a driver does not write: the tables' addresses, and nothing else. */
static void test_registers_that_are_kept(void **state)
{
    unsigned kept = 0;

    (void)state;
    for (unsigned offset = 0; offset < 16; offset++)
        assert_int_equal(dma_keeps_port(DDI_DMA_IDE, 4, offset, 1),
                         (offset >= 4 && offset < 8) || offset >= 12);
    assert_false(dma_keeps_port(DDI_DMA_IDE, 4, 0, 4));
    assert_true(dma_keeps_port(DDI_DMA_IDE, 4, 2, 4));
    assert_true(dma_keeps_port(DDI_DMA_IDE, 4, 3, 2));
    assert_true(dma_keeps_port(DDI_DMA_IDE, 4, 6, 4));
    assert_false(dma_keeps_port(DDI_DMA_IDE, 0, 4, 1));
    assert_true(dma_lets_ports(DDI_DMA_IDE) && dma_lets_ports(DDI_DMA_NONE) && !dma_lets_ports(DDI_DMA_AHCI));
    for (unsigned bar = 0; bar < 6; bar++) {
        assert_int_equal(dma_lets_memory(DDI_DMA_AHCI, bar), bar == 5);
        assert_true(dma_lets_memory(DDI_DMA_NONE, bar) && !dma_lets_memory(DDI_DMA_IDE, bar));
    }
    for (uint32_t offset = 0; offset < 0x1100; offset += 4)
        kept += dma_keeps_register(DDI_DMA_AHCI, offset);
    assert_int_equal(kept, 1 + 32 * 5); /* and which ports there are */
    assert_true(dma_keeps_register(DDI_DMA_AHCI, 0x0c) && dma_starts(DDI_DMA_AHCI, 0x198, 1));
    assert_false(dma_starts(DDI_DMA_AHCI, 0x198, 0x10) || dma_starts(DDI_DMA_AHCI, 0x18, 1));
    assert_true(dma_keeps_register(DDI_DMA_AHCI, 0x140) && !dma_keeps_register(DDI_DMA_AHCI, 0x138));
    assert_true(dma_keeps_register(DDI_DMA_AHCI, 0x108) && dma_keeps_register(DDI_DMA_AHCI, 0x18c));
    assert_false(dma_keeps_register(DDI_DMA_AHCI, 0x110) || dma_keeps_register(DDI_DMA_AHCI, 0x08));
    assert_false(dma_keeps_register(DDI_DMA_NONE, 0x100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ide),
        cmocka_unit_test(test_ide_reaches_4_gib),
        cmocka_unit_test(test_a_new_table_moves_nothing),
        cmocka_unit_test(test_ahci),
        cmocka_unit_test(test_ahci_joins_neighbours),
        cmocka_unit_test(test_ahci_has_room_for_so_many),
        cmocka_unit_test(test_ahci_of_32_bits),
        cmocka_unit_test(test_odd_memory),
        cmocka_unit_test(test_a_command_does_what_is_said_of_it),
        cmocka_unit_test(test_no_kind),
        cmocka_unit_test(test_registers_that_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

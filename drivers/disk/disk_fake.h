/*
 * For the tests of disks' drivers alone: those calls of drivers/ddi.h that have nothing to do with a device.
 * What waits for a disk is a list that the test fills; a test says where memory lies (fake_dma_address).
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ddi.h"
#include "kernel/core/driver/orders.h"

#define FAKE_DISKS    16
#define FAKE_REQUESTS 64

static char fake_log[65536];
static struct disk *fake_disks[FAKE_DISKS];
static int fake_disk_count, fake_disk_max;

/* Behind the callback's own request, which has number 0. */
static struct {
    struct ddi_request request;
    const struct disk *disk;
    bool taken, done;
    int result;
} fake_waiting[FAKE_REQUESTS];
static unsigned fake_waiting_count;
static bool fake_own_done;
static int fake_own_result;

#define FAKE_TABLES 64
static struct orders_table fake_tables[FAKE_TABLES];
static unsigned fake_table_count;

static int fake_dma_address(uintptr_t at, uint64_t *address);

static void fake_disks_begin(void)
{
    memset(fake_disks, 0, sizeof(fake_disks));
    memset(fake_waiting, 0, sizeof(fake_waiting));
    fake_disk_count = 0;
    fake_disk_max = FAKE_DISKS;
    fake_waiting_count = fake_table_count = 0;
    fake_own_done = false;
    fake_log[0] = '\0';
}

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    size_t used = strlen(fake_log);
    va_list args;

    (void)level;
    if (used + 300 > sizeof(fake_log))
        return;
    used += (size_t)sprintf(fake_log + used, "%s: ", area);
    va_start(args, format);
    used += (size_t)vsnprintf(fake_log + used, 256, format, args);
    va_end(args);
    strcpy(fake_log + used, "\n");
}

int ddi_disk_register(struct disk *disk, const char *prefix)
{
    if (fake_disk_count >= fake_disk_max)
        return -ENOSPC;
    (void)snprintf(disk->name, sizeof(disk->name), "%s%d", prefix, fake_disk_count);
    fake_disks[fake_disk_count++] = disk;
    return 0;
}

/* ---- tables for DMA, which the kernel's own code writes ------------------------------------------ */

static uint8_t fake_table_memory[FAKE_TABLES][3 * 4096] __attribute__((aligned(4096)));

static bool fake_is_table(uintptr_t at)
{
    uintptr_t first = (uintptr_t)fake_table_memory;

    return at >= first && at < first + sizeof(fake_table_memory);
}

/* A new one, or *table anew. Its address. */
static uint64_t fake_table(enum ddi_dma kind, bool far, struct ddi_table *table)
{
    unsigned number = table->at ? table->number : fake_table_count++;
    uint64_t address, behind;

    if (number >= FAKE_TABLES)
        abort();
    uintptr_t at = (uintptr_t)fake_table_memory[number];

    (void)fake_dma_address(at, &address);
    for (unsigned i = 1; i < 3; i++)
        if (fake_dma_address(at + 4096 * i, &behind) || behind != address + 4096 * i)
            abort(); /* not one page behind the other */
    fake_tables[number] = (struct orders_table){kind, far, fake_table_memory[number], address};
    orders_begin(&fake_tables[number]);
    *table = (struct ddi_table){number, fake_table_memory[number]};
    return address;
}

int ddi_dma_order(const struct ddi_table *table, unsigned slot, const struct ddi_order *order)
{
    uintptr_t at = (uintptr_t)order->memory, end = at + order->bytes;
    struct orders_pieces pieces = {.count = 0};

    if (table->number >= fake_table_count || table->at != fake_table_memory[table->number])
        abort();
    for (uintptr_t next; at < end; at = next) {
        next = at / 4096 * 4096 + 4096 < end ? at / 4096 * 4096 + 4096 : end;
        if (pieces.count == ORDERS_PIECES_MAX)
            return -E2BIG;
        (void)fake_dma_address(at, &pieces.at[pieces.count].address);
        pieces.at[pieces.count++].bytes = (uint32_t)(next - at);
    }
    return orders_write(&fake_tables[table->number], slot, order, &pieces);
}

/* ---- what waits ------------------------------------------------------------------------------ */

static inline void fake_wait(const struct disk *disk, bool write, uint64_t lba, uint32_t count, void *memory)
{
    unsigned number = fake_waiting_count++;

    fake_waiting[number].disk = disk;
    fake_waiting[number].request = (struct ddi_request){
        .number = number + 1, .write = write, .lba = lba, .count = count, .memory = memory,
    };
}

bool ddi_disk_next(const struct disk *disk, struct ddi_request *request)
{
    for (unsigned i = 0; i < fake_waiting_count; i++) {
        if (fake_waiting[i].disk != disk || fake_waiting[i].taken)
            continue;
        fake_waiting[i].taken = true;
        *request = fake_waiting[i].request;
        return true;
    }
    return false;
}

void ddi_disk_done(unsigned number, int result)
{
    bool own = number == 0;

    bool is_under_way = own ? !fake_own_done
                            : number <= fake_waiting_count && fake_waiting[number - 1].taken
                                  && !fake_waiting[number - 1].done;

    if (!is_under_way) {
        fprintf(stderr, "request %u is ended, and is not under way\n", number);
        abort();
    }
    if (own) {
        fake_own_done = true;
        fake_own_result = result;
    } else {
        fake_waiting[number - 1].done = true;
        fake_waiting[number - 1].result = result;
    }
}

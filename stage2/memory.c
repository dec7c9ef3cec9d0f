/*
 * From what the BIOS says (e820.asm left it at BOOT_E820) to the map everything is taken from. All
 * arithmetic on foreign ranges is lib/memmap's.
 */
#include "stage2/memory.h"

#include "boot_memory.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "stage2/bios.h"
#include "stage2/console.h"
#include "stage2/stage2.h"

#define MIB          0x100000ull
#define IDENTITY_END 0x100000000ull
#define ISA_DMA_END  0x1000000ull /* below 16 MiB: kept for old devices while there is more */
#define MEMORY_LEAST (2 * MIB)    /* the kernel, its page tables and a little to work with */
#define E820_HEADER  16
#define E820_ENTRY   24
#define E820_MAX     128
#define PAGE         4096ull

void e820_query(void);              /* e820.asm */
extern const uint8_t e820_answer[]; /* BOOT_E820: stage2.ld */

struct memmap memory;

static uint32_t read_answer(void)
{
    uint32_t count = rd32(e820_answer);

    if (count > E820_MAX)
        count = E820_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = e820_answer + E820_HEADER + i * E820_ENTRY;
        boot_info.bios_memory[i] = (struct boot_memory_range){
            .base = rd64(entry),
            .length = rd64(entry + 8),
            .type = rd32(entry + 16),
            .attributes = rd32(entry + 20),
        };
    }
    boot_info.bios_memory_count = count;
    boot_info.bios_memory_source = rd32(e820_answer + 4);
    return count;
}

static void check_enough(void)
{
    uint64_t usable = memmap_total(&memory, BOOT_MEMORY_USABLE);

    if (usable < MEMORY_LEAST)
        fail("not enough memory: %llu KiB usable above 1 MiB, FastOS needs %llu KiB (INT 15h %xh)",
             (unsigned long long)(usable / 1024), MEMORY_LEAST / 1024,
             boot_info.bios_memory_source);
}

void memory_detect(void)
{
    real_mode(e820_query);
    uint32_t count = read_answer();
    if (memmap_sanitise(boot_info.bios_memory, count, &memory) < 0)
        say("the BIOS memory map is too long, its upper end is ignored");
    /* Stage 2 and all it uses lies in the first megabyte, with the BIOS's own data. The parts that
       the kernel may have later are LOADER; EBDA and ROMs are reserved by the BIOS or not memory.
     */
    memory_reserve(0, PAGE, BOOT_MEMORY_RESERVED);
    memory_reserve(PAGE, MIB - PAGE, BOOT_MEMORY_LOADER);
    check_enough();
}

void memory_limit(uint64_t bytes)
{
    memmap_limit(&memory, bytes);
    check_enough();
}

void memory_reserve(uint64_t base, uint64_t bytes, uint32_t type)
{
    if (memmap_mark(&memory, base, bytes, type) < 0)
        fail("the memory map is full (%u ranges) at %llx", memory.count, (unsigned long long)base);
}

static int take(uint64_t base, uint64_t bytes, uint32_t type)
{
    return memmap_mark(&memory, base, bytes, type);
}

int memory_take(uint64_t bytes, uint32_t type, uint64_t *base)
{
    bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
    if (memmap_find(&memory, bytes, PAGE, ISA_DMA_END, IDENTITY_END, base) < 0 &&
        memmap_find(&memory, bytes, PAGE, MIB, IDENTITY_END, base) < 0)
        return -ENOMEM;
    return take(*base, bytes, type);
}

int memory_take_high(uint64_t bytes, uint32_t type, uint64_t *base)
{
    bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
    if (memmap_find_high(&memory, bytes, PAGE, MIB, IDENTITY_END, base) < 0)
        return -ENOMEM;
    return take(*base, bytes, type);
}

void memory_give_back(uint64_t base, uint64_t bytes)
{
    memory_reserve(base, (bytes + PAGE - 1) & ~(PAGE - 1), BOOT_MEMORY_USABLE);
}

void memory_publish(void)
{
    boot_info.memory_count = memory.count;
    for (uint32_t i = 0; i < memory.count; i++)
        boot_info.memory[i] = memory.ranges[i];
}

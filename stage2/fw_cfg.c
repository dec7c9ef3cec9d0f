/* QEMU docs/specs/fw_cfg: selector port 510h (16 bits), data port 511h (bytes), big-endian fields;
   and a DMA interface at 514h, where it says so: one request instead of 2,000 bytes through a port.
   The ports are touched only when CPUID says that this is a virtual machine. */
#include "stage2/fw_cfg.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/cpu.h"

#define PORT_SELECT          0x510
#define PORT_DATA            0x511
#define PORT_DMA_HIGH        0x514
#define PORT_DMA_LOW         0x518
#define DMA_ERROR            1u
#define DMA_READ             2u
#define KEY_SIGNATURE        0x0000
#define KEY_FEATURES         0x0001 /* little-endian; bit 1: DMA */
#define KEY_DIRECTORY        0x0019
#define NAME_BYTES           56
#define FILES_MAX            512
#define LEAF1_ECX_HYPERVISOR (1u << 31)

static bool has_dma;

/* Done when the write to the low half of the address has been. Memory that stage 2 has lies below
   4 GiB at its own address. */
static bool read_by_dma(void *to, uint32_t count)
{
    static volatile struct {
        uint32_t control, length;
        uint64_t address;
    } request;

    request.control = __builtin_bswap32(DMA_READ);
    request.length = __builtin_bswap32(count);
    request.address = __builtin_bswap64((uintptr_t)to);
    outl(PORT_DMA_HIGH, 0);
    outl(PORT_DMA_LOW, __builtin_bswap32((uint32_t)(uintptr_t)&request));
    return !(__builtin_bswap32(request.control) & DMA_ERROR);
}

static void read_bytes(void *to, uint32_t count)
{
    uint8_t *at = to;

    if (has_dma && read_by_dma(to, count))
        return;
    for (uint32_t i = 0; i < count; i++)
        at[i] = inb(PORT_DATA);
}

static bool present(void)
{
    char signature[4];

    if (!(cpuid(1).ecx & LEAF1_ECX_HYPERVISOR))
        return false;
    outw(PORT_SELECT, KEY_SIGNATURE);
    read_bytes(signature, sizeof(signature));
    if (memcmp(signature, "QEMU", 4))
        return false;
    outw(PORT_SELECT, KEY_FEATURES);
    has_dma = inb(PORT_DATA) & 2;
    return true;
}

static uint32_t rd32_big(const uint8_t *at)
{
    return __builtin_bswap32(rd32(at));
}

struct entry { /* of the directory, as it is there: big-endian */
    uint8_t bytes[4], key[2], reserved[2];
    char name[NAME_BYTES];
};

/* The length and key of a file. */
static bool find(const char *name, uint32_t *bytes, uint16_t *key)
{
    static struct entry entries[FILES_MAX];
    uint8_t count[4];

    outw(PORT_SELECT, KEY_DIRECTORY);
    read_bytes(count, sizeof(count));
    uint32_t files = rd32_big(count) < FILES_MAX ? rd32_big(count) : FILES_MAX;

    read_bytes(entries, files * sizeof(struct entry));
    for (uint32_t i = 0; i < files; i++) {
        if (strncmp(entries[i].name, name, NAME_BYTES))
            continue;
        *bytes = rd32_big(entries[i].bytes);
        *key = (uint16_t)(entries[i].key[0] << 8 | entries[i].key[1]);
        return true;
    }
    return false;
}

int fw_cfg_cmdline(char *text, size_t size)
{
    uint32_t bytes;
    uint16_t key;

    if (!present())
        return -ENODEV;
    if (!find("opt/fastos/cmdline", &bytes, &key))
        return -ENOENT;
    if (bytes >= size)
        return -E2BIG;
    outw(PORT_SELECT, key);
    read_bytes(text, bytes);
    text[bytes] = 0;
    return 0;
}

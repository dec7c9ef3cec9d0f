/* QEMU docs/specs/fw_cfg: selector port 510h (16 bits), data port 511h (bytes), big-endian fields.
   The ports are touched only when CPUID says that this is a virtual machine. */
#include "stage2/fw_cfg.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/cpu.h"

#define PORT_SELECT          0x510
#define PORT_DATA            0x511
#define KEY_SIGNATURE        0x0000
#define KEY_DIRECTORY        0x0019
#define NAME_BYTES           56
#define FILES_MAX            512
#define LEAF1_ECX_HYPERVISOR (1u << 31)

static void read_bytes(void *to, uint32_t count)
{
    uint8_t *at = to;

    for (uint32_t i = 0; i < count; i++)
        at[i] = inb(PORT_DATA);
}

static uint32_t read_big_endian(uint32_t bytes)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | inb(PORT_DATA);
    return value;
}

static bool present(void)
{
    char signature[4];

    if (!(cpuid(1).ecx & LEAF1_ECX_HYPERVISOR))
        return false;
    outw(PORT_SELECT, KEY_SIGNATURE);
    read_bytes(signature, sizeof(signature));
    return !memcmp(signature, "QEMU", 4);
}

int fw_cfg_cmdline(char *text, size_t size)
{
    char name[NAME_BYTES];

    if (!present())
        return -ENODEV;
    outw(PORT_SELECT, KEY_DIRECTORY);
    uint32_t files = read_big_endian(4);
    for (uint32_t i = 0; i < files && i < FILES_MAX; i++) {
        uint32_t bytes = read_big_endian(4);
        uint16_t key = (uint16_t)read_big_endian(2);
        read_big_endian(2);
        read_bytes(name, sizeof(name));
        if (strncmp(name, "opt/fastos/cmdline", NAME_BYTES))
            continue;
        if (bytes >= size)
            return -E2BIG;
        outw(PORT_SELECT, key);
        read_bytes(text, bytes);
        text[bytes] = 0;
        return 0;
    }
    return -ENOENT;
}

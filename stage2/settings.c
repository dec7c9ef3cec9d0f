/* The settings sector's bytes (settings.h); reading and writing the disk is choice.c's. */
#include "stage2/settings.h"

#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/errno.h"
#include "lib/string.h"

#define MAGIC      "FOSSETNG"
#define VERSION    1
#define AT_VERSION 8
#define AT_CRC     12
#define AT_TITLE   16
#define AT_CMDLINE 56

_Static_assert(AT_TITLE + SETTINGS_TITLE_MAX == AT_CMDLINE, "the table of settings.h");

static uint32_t sector_crc(const uint8_t *sector)
{
    static const uint8_t zeros[4];
    uint32_t crc = crc32c(0, sector, AT_CRC);

    crc = crc32c(crc, zeros, sizeof(zeros));
    return crc32c(crc, sector + AT_TITLE, SETTINGS_BYTES - AT_TITLE);
}

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* True when the field has text that ends, without control characters. */
static int is_text(const uint8_t *field, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!field[i])
            return 1;
        if (field[i] < ' ' || field[i] == 0x7f)
            return 0;
    }
    return 0;
}

int settings_decode(const uint8_t *sector, struct settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    if (memcmp(sector, MAGIC, 8))
        return -ENOENT;
    if (rd32(sector + AT_VERSION) != VERSION || rd32(sector + AT_CRC) != sector_crc(sector))
        return -EINVAL;
    if (!is_text(sector + AT_TITLE, SETTINGS_TITLE_MAX) ||
        !is_text(sector + AT_CMDLINE, SETTINGS_CMDLINE_MAX))
        return -EINVAL;
    memcpy(settings->title, sector + AT_TITLE, SETTINGS_TITLE_MAX);
    memcpy(settings->cmdline, sector + AT_CMDLINE, SETTINGS_CMDLINE_MAX);
    return 0;
}

void settings_encode(const struct settings *settings, uint8_t *sector)
{
    memset(sector, 0, SETTINGS_BYTES);
    memcpy(sector, MAGIC, 8);
    put32(sector + AT_VERSION, VERSION);
    strlcpy((char *)sector + AT_TITLE, settings->title, SETTINGS_TITLE_MAX);
    strlcpy((char *)sector + AT_CMDLINE, settings->cmdline, SETTINGS_CMDLINE_MAX);
    put32(sector + AT_CRC, sector_crc(sector));
}

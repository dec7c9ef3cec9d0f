/*
 * Reads the answer of IDENTIFY DEVICE (ATA/ATAPI-6 §8.15, table 27; words 1, 3, 6 and 54–58 from
 * ATA-4 §8.12). The bytes come from a device and may hold anything: whatever is believed has been
 * checked here. No state, no locks.
 */
#include "lib/ata_identity.h"

#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define IDENTIFY_BYTES 512u

#define LBA28_SECTORS_MAX 0x0fffffffull
#define LBA48_SECTORS_MAX 0x0000ffffffffffffull

static uint16_t word(struct span data, uint32_t index)
{
    return span_rd16(data, 2 * (size_t)index);
}

/* Words 82–87 hold something when bits 15:14 of word 83 are 01. */
static bool has_feature(struct span data, uint32_t bit)
{
    uint16_t features = word(data, 83);
    return (features & 0xc000u) == 0x4000u && (features >> bit & 1u) != 0;
}

/* Text has its two characters of a word swapped. Anything unprintable becomes '?'. */
static void copy_text(struct span data, uint32_t first_word, uint32_t words,
                      struct room to)
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < 2 * words; i++) {
        uint16_t pair = word(data, first_word + i / 2);
        char c = (char)(i % 2 == 0 ? pair >> 8 : pair & 0xff);
        if (c == '\0')
            c = ' ';
        if (c == ' ' && length == 0)
            continue; /* some drives put the spaces in front */
        room_set(to, length++, c >= ' ' && c <= '~' ? c : '?');
    }
    while (length > 0 && room_at(to, length - 1) == ' ')
        length--;
    room_set(to, length, '\0');
}

/* All words alike: a bus that nobody drives, or a drive that sends nothing. */
static bool is_blank(struct span data)
{
    for (uint32_t i = 1; i < IDENTIFY_BYTES / 2; i++) {
        if (word(data, i) != word(data, 0))
            return false;
    }
    return true;
}

/* Word 255: A5h and a byte that makes the sum of all 512 zero; optional. */
static bool checksum_is_wrong(struct span data)
{
    uint8_t sum = 0;
    for (uint32_t i = 0; i < IDENTIFY_BYTES; i++)
        sum = (uint8_t)(sum + span_at(data, i));
    return (word(data, 255) & 0xffu) == 0xa5u && sum != 0;
}

/* Word 106: logical sectors longer than 256 words, their length in words 117–118. */
static bool has_long_sectors(struct span data)
{
    uint16_t sizes = word(data, 106);
    return (sizes & 0xc000u) == 0x4000u && (sizes & 0x1000u) != 0 &&
           span_rd32(data, 2 * 117) != 256;
}

static bool is_geometry(uint16_t cylinders, uint16_t heads, uint16_t sectors)
{
    return cylinders >= 1 && heads >= 1 && heads <= 16 && sectors >= 1 && sectors <= 255;
}

/* The translation in force (words 54–56 when word 53 vouches for them), else the drive's own. */
static bool take_geometry(struct span data, struct ata_identity *to)
{
    uint32_t first =
        (word(data, 53) & 1u) && is_geometry(word(data, 54), word(data, 55), word(data, 56)) ? 54
                                                                                             : 0;
    uint16_t cylinders = first ? word(data, 54) : word(data, 1);
    uint16_t heads = first ? word(data, 55) : word(data, 3);
    uint16_t sectors = first ? word(data, 56) : word(data, 6);
    if (!is_geometry(cylinders, heads, sectors))
        return false;
    to->cylinders = cylinders;
    to->heads = (uint8_t)heads;
    to->sectors_per_track = (uint8_t)sectors;
    to->sectors = (uint64_t)cylinders * heads * sectors;
    return true;
}

static bool take_size(struct span data, struct ata_identity *to)
{
    uint32_t sectors28 = span_rd32(data, 2 * 60);
    uint64_t sectors48 = span_rd64(data, 2 * 100);
    if (sectors28 > LBA28_SECTORS_MAX)
        sectors28 = LBA28_SECTORS_MAX; /* what its commands can address */

    bool lba = (word(data, 49) & 0x0200u) != 0;
    to->lba48 = lba && has_feature(data, 10) && sectors48 != 0 && sectors48 <= LBA48_SECTORS_MAX;
    to->lba = lba && (to->lba48 || sectors28 != 0);
    if (!to->lba)
        return take_geometry(data, to);
    to->sectors = to->lba48 ? sectors48 : sectors28;
    return true;
}

/* The largest power of two in word 47: drives take no others, and older ones lie above 128. */
static uint16_t multiple_of(struct span data)
{
    uint16_t most = word(data, 47) & 0xffu, multiple = 1;
    while (multiple < 128 && 2 * multiple <= most)
        multiple = (uint16_t)(2 * multiple);
    return multiple;
}

/* Words 63 and 88, the latter when word 53 vouches for it: a mode's bit, eight above the one that
   says it could be. */
static bool has_dma(struct span data)
{
    bool ultra = (word(data, 53) & 4u) != 0 && (word(data, 88) & 0x7f00u) != 0;

    return (word(data, 49) & 0x0100u) != 0 && (ultra || (word(data, 63) & 0x0700u) != 0);
}

/* Words 75 and 76 of SATA disks; without SATA word 76 is 0 or all ones. */
static uint8_t queue_of(struct span data)
{
    uint16_t sata = word(data, 76);

    if (sata == 0 || sata == 0xffffu || (sata & 0x0100u) == 0)
        return 0;
    return (uint8_t)((word(data, 75) & 0x1fu) + 1);
}

int ata_identity_parse(const uint8_t *bytes, struct ata_identity *identity, const char **why)
{
    const struct span data = span_of(bytes, IDENTIFY_BYTES);
    struct ata_identity found = {0};

    if (is_blank(data)) {
        *why = "all words of IDENTIFY are alike";
        return -EINVAL;
    }
    /* Word 0: bit 15 clear is ATA; 848Ah is a CompactFlash card, which is a disk all the same. */
    if ((word(data, 0) & 0x8000u) != 0 && word(data, 0) != 0x848au) {
        *why = "word 0 of IDENTIFY names no ATA disk";
        return -EINVAL;
    }
    if (checksum_is_wrong(data)) {
        *why = "the checksum of IDENTIFY is wrong";
        return -EINVAL;
    }
    if (has_long_sectors(data)) {
        *why = "its sectors are not 512 bytes long";
        return -EINVAL;
    }
    if (!take_size(data, &found)) {
        *why = "IDENTIFY names neither a size nor a geometry";
        return -EINVAL;
    }
    copy_text(data, 27, 20, room_of(found.model, sizeof(found.model)));
    copy_text(data, 10, 10, room_of(found.serial, sizeof(found.serial)));
    found.multiple = multiple_of(data);
    found.dma = has_dma(data);
    found.flush = has_feature(data, 12);
    found.flush_ext = found.lba48 && has_feature(data, 13);
    found.locked = (word(data, 128) & 0x0004u) != 0;
    found.queue = found.lba48 ? queue_of(data) : 0;
    *identity = found;
    return 0;
}

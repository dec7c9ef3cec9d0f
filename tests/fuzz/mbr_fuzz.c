/* Fuzz the partition table: what mbr_parse accepts is inside the disk and disjoint, and what it
   calls unsound has a fault that we find too. The input: a sector, then the disk's size in 8 bytes.
 */
/* links: lib/mbr.c */
/* options: -max_len=520 */
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/mbr.h"
#include "tests/fuzz/fuzz.h"

static int has_fault(const uint8_t *sector, uint64_t disk_sectors)
{
    for (int i = 0; i < 4; i++) {
        const uint8_t *a = sector + 446 + 16 * i;
        uint64_t start = rd32(a + 8), sectors = rd32(a + 12);
        if ((a[0] & 0x7f) != 0 || (sectors == 0 && start != 0))
            return 1;
        if (a[4] == 0 && (start != 0 || sectors != 0))
            return 1;
        if (sectors != 0 && disk_sectors != 0 && start + sectors > disk_sectors)
            return 1;
        for (int k = 0; k < i && sectors != 0; k++) {
            const uint8_t *b = sector + 446 + 16 * k;
            uint64_t first = rd32(b + 8), last = first + rd32(b + 12);
            if (last != first && start < last && first < start + sectors)
                return 1;
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct mbr mbr;

    if (size < 520)
        return 0;
    uint8_t *sector = exact_copy(bytes, 512);
    uint64_t disk_sectors = rd64(bytes + 512);
    int error = mbr_parse(sector, disk_sectors, &mbr);

    if (sector[510] != 0x55 || sector[511] != 0xaa)
        must(error == -EINVAL);
    else
        must(error == (has_fault(sector, disk_sectors) ? -EUCLEAN : 0));
    for (uint32_t i = 0; error == 0 && i < mbr.count; i++) {
        const uint8_t *entry = sector + 446 + 16 * (mbr.partitions[i].number - 1);
        must(mbr.partitions[i].start_lba == rd32(entry + 8) && mbr.partitions[i].sectors > 0);
        must(mbr.partitions[i].sectors == rd32(entry + 12) && mbr.partitions[i].type == entry[4]);
    }
    free(sector);
    return 0;
}

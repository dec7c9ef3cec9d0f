#include "kernel/core/driver/orders.h"

#include "lib/errno.h"
#include "lib/string.h"

#define PAGE_BYTES 4096u
#define FOUR_GB    0x100000000ull

/* ---- bus-master IDE: a list of pieces, none of which crosses 64 KiB ----------------------------- */

#define IDE_LAST    0x80000000u
#define IDE_NOWHERE 2u /* bytes */

struct ide_table {
    struct {
        volatile uint32_t address, count;
    } pieces[DDI_IDE_PIECES];
    uint8_t unused[PAGE_BYTES - 8 * DDI_IDE_PIECES]; /* where what nobody asked for goes */
};

static int write_ide(struct ide_table *table, const struct orders_pieces *pieces)
{
    if (pieces->count == 0)
        return -EFAULT;
    for (unsigned i = 0; i < pieces->count; i++)
        if (pieces->at[i].address + pieces->at[i].bytes > FOUR_GB)
            return -EFAULT;
    for (unsigned i = 0; i < pieces->count; i++) {
        table->pieces[i].address = (uint32_t)pieces->at[i].address;
        table->pieces[i].count = pieces->at[i].bytes | (i + 1 == pieces->count ? IDE_LAST : 0);
    }
    return 0;
}

static void forget_ide(struct ide_table *table, uint64_t address)
{
    for (unsigned i = 0; i < DDI_IDE_PIECES; i++) { /* a bridge may go on where it was */
        table->pieces[i].address = (uint32_t)(address + offsetof(struct ide_table, unused));
        table->pieces[i].count = IDE_NOWHERE | IDE_LAST;
    }
}

/* ---- AHCI: a list of headers, each of which names a command with its pieces --------------------- */

#define AHCI_HEADERS    32u
#define AHCI_FIS_DWORDS 5u
#define AHCI_WRITE      (1u << 6)
#define AHCI_PIECES     16 /* how many, from this bit on */
#define AHCI_PIECE_MAX  0x400000u /* bytes */

struct ahci_piece {
    volatile uint32_t address, address_high, reserved, last; /* last: bytes − 1 */
};
struct ahci_command {
    uint8_t fis[64], packet[16], unused[48];
};
struct ahci_table {
    struct {
        volatile uint32_t flags, moved, table, table_high, unused[4];
    } headers[AHCI_HEADERS];
    uint8_t received[256], unused[256], nothing[PAGE_BYTES - 1024 - 512]; /* nothing: of a command */
    struct {
        struct ahci_command command;
        struct ahci_piece pieces[DDI_AHCI_PIECES];
    } slot[DDI_AHCI_SLOTS];
    struct {
        struct ahci_command command;
        struct ahci_piece pieces[DDI_AHCI_SMALL_PIECES];
    } small[DDI_AHCI_SMALL_SLOTS];
};

_Static_assert(sizeof(struct ide_table) == PAGE_BYTES, "a page");
_Static_assert(sizeof(struct ahci_table) == 3 * PAGE_BYTES, "pages");
_Static_assert(offsetof(struct ahci_table, slot[1]) % 128 == 0
                   && offsetof(struct ahci_table, small[1]) % 128 == 0,
               "commands are aligned to 128 bytes");
_Static_assert(offsetof(struct ahci_table, received) == offsetof(struct ddi_ahci_table, received),
               "drivers know where the received FISes are");

static unsigned most_pieces(unsigned slot)
{
    return slot < DDI_AHCI_SLOTS ? DDI_AHCI_PIECES : DDI_AHCI_SMALL_PIECES;
}

static struct ahci_command *command_of(struct ahci_table *table, unsigned slot)
{
    return slot < DDI_AHCI_SLOTS ? &table->slot[slot].command : &table->small[slot - DDI_AHCI_SLOTS].command;
}

static struct ahci_piece *piece_of(struct ahci_table *table, unsigned slot, unsigned i)
{
    return slot < DDI_AHCI_SLOTS ? &table->slot[slot].pieces[i]
                                 : &table->small[slot - DDI_AHCI_SLOTS].pieces[i];
}

/* Where it is in the table. */
static uint64_t offset_of(unsigned slot)
{
    unsigned small = slot - DDI_AHCI_SLOTS;

    return slot < DDI_AHCI_SLOTS
               ? offsetof(struct ahci_table, slot) + slot * sizeof(((struct ahci_table *)NULL)->slot[0])
               : offsetof(struct ahci_table, small) + small * sizeof(((struct ahci_table *)NULL)->small[0]);
}

/* Pages that are neighbours for the device are one piece. */
static void join(const struct orders_pieces *pieces, struct orders_pieces *joined)
{
    joined->count = 0;
    for (unsigned i = 0; i < pieces->count; i++) {
        uint64_t address = pieces->at[i].address;
        uint32_t bytes = pieces->at[i].bytes, last = joined->count - 1;

        if (joined->count > 0 && joined->at[last].address + joined->at[last].bytes == address
            && joined->at[last].bytes + bytes <= AHCI_PIECE_MAX) {
            joined->at[last].bytes += bytes;
            continue;
        }
        joined->at[joined->count].address = address;
        joined->at[joined->count++].bytes = bytes;
    }
}

/* A FIS that carries a command (Serial ATA 2.6 §10.3.4). Controllers in emulators go by the command, and not
   by what the header says of the direction; real ones find a queued command's memory by its tag. */
#define FIS_REGISTERS 0x27u
#define FIS_COMMAND   0x80u
#define FIS_CODE      2u
#define FIS_COUNT     12u
#define FIS_TAG_SHIFT 3

static bool is_queued(uint8_t code)
{
    return code == 0x60 || code == 0x61; /* READ and WRITE FPDMA QUEUED */
}

static bool reads(uint8_t code)
{
    /* READ DMA EXT, READ LOG EXT, READ FPDMA QUEUED, READ DMA, IDENTIFY DEVICE */
    return code == 0x25 || code == 0x2f || code == 0x60 || code == 0xc8 || code == 0xec;
}

static bool writes(uint8_t code)
{
    return code == 0x35 || code == 0x61 || code == 0xca; /* WRITE DMA EXT, WRITE FPDMA QUEUED, WRITE DMA */
}

static bool is_command(const struct ddi_order *order, unsigned slot)
{
    uint8_t code = order->command[FIS_CODE];
    bool moves = order->to_device ? writes(code) : reads(code);

    return order->command[0] == FIS_REGISTERS && order->command[1] == FIS_COMMAND
           && (order->bytes == 0 || moves)
           && (!is_queued(code) || order->command[FIS_COUNT] == slot << FIS_TAG_SHIFT);
}

static void write_piece(struct ahci_piece *to, uint64_t address, uint32_t bytes)
{
    to->address = (uint32_t)address;
    to->address_high = (uint32_t)(address >> 32);
    to->reserved = 0;
    to->last = bytes - 1;
}

static void write_header(const struct orders_table *table, unsigned slot, bool to_device, unsigned pieces)
{
    struct ahci_table *to = table->at;
    uint64_t command_at = table->address + offset_of(slot);

    to->headers[slot].moved = 0;
    to->headers[slot].table = (uint32_t)command_at;
    to->headers[slot].table_high = (uint32_t)(command_at >> 32);
    to->headers[slot].flags = AHCI_FIS_DWORDS | (to_device ? AHCI_WRITE : 0) | pieces << AHCI_PIECES;
}

static int write_ahci(const struct orders_table *table, unsigned slot, const struct ddi_order *order,
                      const struct orders_pieces *pieces)
{
    struct ahci_command *command = command_of(table->at, slot);
    struct orders_pieces joined;

    if (!is_command(order, slot))
        return -EINVAL;
    join(pieces, &joined);
    if (joined.count > most_pieces(slot))
        return -E2BIG;
    for (unsigned i = 0; i < joined.count; i++)
        if (!table->far && joined.at[i].address + joined.at[i].bytes > FOUR_GB)
            return -EFAULT;
    for (unsigned i = 0; i < joined.count; i++)
        write_piece(piece_of(table->at, slot, i), joined.at[i].address, joined.at[i].bytes);
    memset(command, 0, sizeof(*command));
    memcpy(command->fis, order->command, sizeof(order->command));
    write_header(table, slot, order->to_device, joined.count);
    return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* All the headers that there are: a device may be told of those that are no slots of ours, too. */
static void begin_ahci(struct ahci_table *table, uint64_t address)
{
    uint64_t nothing = address + offsetof(struct ahci_table, nothing);

    for (unsigned i = 0; i < AHCI_HEADERS; i++) {
        table->headers[i].table = (uint32_t)nothing;
        table->headers[i].table_high = (uint32_t)(nothing >> 32);
        table->headers[i].flags = AHCI_FIS_DWORDS;
    }
}

uint32_t orders_bytes(enum ddi_dma kind)
{
    return kind == DDI_DMA_IDE    ? sizeof(struct ide_table)
           : kind == DDI_DMA_AHCI ? sizeof(struct ahci_table)
                                  : 0;
}

bool orders_is_slot(enum ddi_dma kind, unsigned slot)
{
    return slot < (kind == DDI_DMA_IDE    ? 1
                   : kind == DDI_DMA_AHCI ? DDI_AHCI_SLOTS + DDI_AHCI_SMALL_SLOTS
                                          : 0);
}

void orders_begin(const struct orders_table *table)
{
    memset(table->at, 0, orders_bytes(table->kind));
    if (table->kind == DDI_DMA_IDE)
        forget_ide(table->at, table->address);
    else if (table->kind == DDI_DMA_AHCI)
        begin_ahci(table->at, table->address);
}

int orders_write(const struct orders_table *table, unsigned slot, const struct ddi_order *order,
                 const struct orders_pieces *pieces)
{
    if (!orders_is_slot(table->kind, slot))
        return -EINVAL;
    if (order->bytes % 2 || (uintptr_t)order->memory % 2 || pieces->count > ORDERS_PIECES_MAX)
        return -EFAULT;
    return table->kind == DDI_DMA_IDE ? write_ide(table->at, pieces) : write_ahci(table, slot, order, pieces);
}

void orders_forget(const struct orders_table *table, unsigned slot)
{
    struct ahci_table *ahci = table->at;

    if (!orders_is_slot(table->kind, slot))
        return;
    if (table->kind == DDI_DMA_IDE)
        forget_ide(table->at, table->address);
    else
        ahci->headers[slot].flags = AHCI_FIS_DWORDS;
}

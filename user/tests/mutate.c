/*
 * A driver whose own instructions are changed, one change a life: what becomes of the system?
 *
 *     exec /usr/tests/mutate NAME FILE CHANGES [DISK [MS]]
 *
 * FILE is the driver's (a program of ring 3, or a module), CHANGES a list of struct change (tests/mutate
 * makes it). For each a changed copy takes the file's place, the driver begins anew with it and works for a
 * moment: with a DISK of the driver's a child reads there, else whoever is outside gives it something to do.
 * Then the driver begins anew as it was, and the child's end is awaited.
 *
 * Each change is a life of its own; what it led to is counted: nothing was seen, the driver was ended, the
 * disk said something wrong. It fails when the good driver does not work afterwards.
 */
#include "user/tests/lib/test.h"

#define FILE_MAX   (256ul << 10)
#define CHANGE_MAX 12u
#define WORK_MS    25
#define BACK_MS    5000 /* what no good driver needs */
#define READ_BYTES (64ul << 10)

struct change {
    uint32_t offset; /* in the file */
    uint8_t size;
    uint8_t bytes[CHANGE_MAX];
    uint8_t fault; /* which kind */
    uint8_t reserved[2];
};

static const char *name, *path, *disk;
static char original[FILE_MAX], changed[FILE_MAX], text[8192];
static char sectors[READ_BYTES] __attribute__((aligned(PAGE)));
static char wanted[READ_BYTES] __attribute__((aligned(PAGE)));
static size_t size;
static bool is_module;
static int back_ms = BACK_MS;

static void nap(int ms)
{
    const struct abi_timespec moment = {ms / 1000, (int64_t)(ms % 1000) * 1000000};

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static void put(const char *bytes)
{
    int fd = (int)fastos_open(path, O_WRONLY | O_CREAT | O_TRUNC);

    if (fastos_write(fd, bytes, size) != (long)size)
        expect(!"the driver's file can be written");
    fastos_close(fd);
}

/* "NAME VERB". */
static long give_order(const char *verb)
{
    char order[64];
    size_t at = length(name);
    int fd = (int)fastos_open("/dev/drivers", O_RDWR);

    memcpy(order, name, at);
    order[at++] = ' ';
    memcpy(order + at, verb, length(verb));
    long result = fastos_write(fd, order, at + length(verb));

    fastos_close(fd);
    return result;
}

static void begin_with(const char *bytes)
{
    put(bytes);
    if (is_module) {
        (void)give_order("unload");
        (void)give_order("load");
    } else {
        expect(give_order("restart") > 0);
    }
}

/* The count of its failures since its last order: the sixth word of its line. */
static uint64_t failures(void)
{
    int fd = (int)fastos_open("/proc/drivers", O_RDONLY);
    long got = fastos_read(fd, text, sizeof(text) - 1);
    size_t words = 0, at = 0;

    fastos_close(fd);
    text[got > 0 ? got : 0] = '\0';
    while (text[at] && !(memcmp(text + at, name, length(name)) == 0 && text[at + length(name)] == ' '))
        while (text[at] && text[at++] != '\n')
            ;
    for (; text[at] && text[at] != '\n' && words < 5; at++)
        if (text[at] == ' ' && text[at + 1] != ' ')
            words++;
    return number_in(text + at);
}

/* ---- the disk -------------------------------------------------------------------------------- */

/* 0: as it should be; 1: something else; 2: an error. By the disk and not by what is cached: each time other
   sectors, beyond those that were read before. */
static int read_and_compare(void *argument)
{
    int fd = (int)fastos_open(disk, O_RDONLY);
    long got;

    fastos_lseek(fd, (int64_t)(uintptr_t)argument * (int64_t)READ_BYTES, 0);
    got = fastos_read(fd, sectors, READ_BYTES);
    fastos_close(fd);
    if (got != (long)READ_BYTES)
        return 2;
    return memcmp(sectors, wanted, READ_BYTES) ? 1 : 0;
}

/* -1: no end within that time. */
static long await(long pid, int ms)
{
    int status;

    for (int waited = 0; waited <= ms; waited++) {
        if (fastos_wait4(pid, &status, WNOHANG, NULL) == pid)
            return status >> 8 & 0xff;
        nap(1);
    }
    return -1;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static struct {
    uint64_t unseen, ended, wrong, errors;
} counts;

static void try_one(const struct change *change, unsigned number)
{
    long child = 0, answer = 0;

    if (change->offset > size || change->size > CHANGE_MAX || change->size > size - change->offset)
        return;
    memcpy(changed, original, size);
    memcpy(changed + change->offset, change->bytes, change->size);
    begin_with(changed);
    if (disk)
        child = start(read_and_compare, (void *)(uintptr_t)number);
    if (child)
        answer = await(child, WORK_MS);
    else
        nap(WORK_MS);
    uint64_t failed = failures();

    begin_with(original);
    if (child && answer < 0)
        answer = await(child, back_ms);
    if (child && !expect(answer >= 0))
        line("no end at change", number);
    counts.ended += failed != 0;
    counts.wrong += answer == 1;
    counts.errors += answer == 2;
    counts.unseen += !failed && answer == 0;
}

static void read_pattern(void)
{
    int fd = (int)fastos_open(disk, O_RDONLY);

    expect_is(fastos_read(fd, wanted, READ_BYTES), READ_BYTES);
    fastos_close(fd);
}

static bool ends_with(const char *all, const char *end)
{
    return length(all) >= length(end) && equal(all + length(all) - length(end), end);
}

int main_test(void)
{
    struct change change;
    unsigned number = 1;

    if (argument_count < 4) {
        print("use: mutate NAME FILE CHANGES [DISK]\n");
        return 2;
    }
    name = arguments[1];
    path = arguments[2];
    disk = argument_count > 4 ? arguments[4] : NULL;
    if (argument_count > 5) /* a slow host needs more */
        back_ms = (int)number_in(arguments[5]);
    is_module = ends_with(path, ".fko");
    int fd = (int)fastos_open(path, O_RDONLY), changes = (int)fastos_open(arguments[3], O_RDONLY);
    long got;

    while ((got = fastos_read(fd, original + size, FILE_MAX - size)) > 0)
        size += (size_t)got;
    fastos_close(fd);
    expect(size > 0 && size < FILE_MAX && changes >= 0);
    if (disk)
        read_pattern();
    for (; fastos_read(changes, &change, sizeof(change)) == (long)sizeof(change); number++) {
        try_one(&change, number);
        if (number % 50 == 0)
            line("changes", number);
    }
    line("unseen", (int64_t)counts.unseen);
    line("driver ended", (int64_t)counts.ended);
    line("wrong data", (int64_t)counts.wrong);
    line("errors", (int64_t)counts.errors);
    print("mutate: done\n");
    return 0;
}

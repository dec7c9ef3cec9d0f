/*
 * A driver whose own instructions are changed, one change a life: what becomes of the system?
 *
 *     exec /usr/tests/mutate NAME FILE CHANGES [DISK [MS]]
 *     exec /usr/tests/mutate NAME kernel COUNT [DISK [MS]]
 *
 * FILE is the driver's (a program of ring 3, or a module), CHANGES a list of struct change (tests/mutate
 * makes it). For each a changed copy takes the file's place, the driver begins anew with it and works for a
 * moment: with a DISK of the driver's a child reads there, else whoever is outside gives it something to do.
 * Then the driver begins anew as it was, and the child's end is awaited.
 *
 * One in the kernel is changed by whoever is outside, who hears at the second serial port when it stands
 * still, and answers by a line: "change N", then "restore N", then how it went: "unseen N", "ended N" …
 *
 * Each change is a life of its own; what it led to is counted: nothing was seen, the driver was ended, the
 * disk said something wrong. It fails when the good driver does not work afterwards.
 */
#include "lib/abi/input.h"
#include "lib/abi/keys.h"
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

/* That word of its line, from 0 on. */
static const char *word_of_driver(size_t number)
{
    int fd = (int)fastos_open("/proc/drivers", O_RDONLY);
    long got = fastos_read(fd, text, sizeof(text) - 1);
    size_t words = 0, at = 0;

    fastos_close(fd);
    text[got > 0 ? got : 0] = '\0';
    while (text[at] && !(memcmp(text + at, name, length(name)) == 0 && text[at + length(name)] == ' '))
        while (text[at] && text[at++] != '\n')
            ;
    for (; text[at] && text[at] != '\n' && words < number; at++)
        if (text[at] == ' ' && text[at + 1] != ' ')
            words++;
    return text + at;
}

/* Since its last order to begin. */
static uint64_t failures(void)
{
    return number_in(word_of_driver(5));
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

/* ---- in the kernel --------------------------------------------------------------------------- */

static int outside; /* the port where one listens who can change the kernel */

static void tell(const char *what, unsigned number)
{
    char said[32];
    size_t at = length(what);
    unsigned digits = 1;

    memcpy(said, what, at);
    for (unsigned rest = number; rest >= 10; rest /= 10)
        digits++;
    said[at] = ' ';
    for (unsigned i = digits; i > 0; i--, number /= 10)
        said[at + i] = (char)('0' + number % 10);
    said[at + digits + 1] = '\n';
    expect(fastos_write(outside, said, at + digits + 2) > 0);
}

static void print_driver(void)
{
    const char *at = word_of_driver(0);
    size_t end = 0;

    while (at[end] && at[end] != '\n')
        end++;
    print("mutate: ");
    fastos_write(1, at, end);
    print("\n");
}

/* False: it does not, however long one waits. */
static bool stands_still(void)
{
    (void)give_order("stop");
    for (int waited = 0; waited <= back_ms; waited++) {
        if (memcmp(word_of_driver(3), "off ", 4) == 0)
            return true;
        nap(1);
    }
    print_driver();
    return false;
}

static void begin_by(const char *what, unsigned number)
{
    char line[16];

    tell(what, number);
    (void)fastos_read(outside, line, sizeof(line));
    expect(give_order("restart") > 0);
}

static bool is_of_driver(const struct abi_input_event *event)
{
    if (equal(name, "keyboard"))
        return event->type == INPUT_KEY && event->code == KEY_LEFTSHIFT && event->value == INPUT_PRESSED;
    return event->type == INPUT_MOTION || event->type == INPUT_POSITION || event->type == INPUT_BUTTON;
}

/* What the good driver was told to bring comes. */
static bool brings_events(int input)
{
    struct abi_input_event event;

    for (int waited = 0; waited <= back_ms; waited++) {
        while (fastos_read(input, &event, sizeof(event)) == (long)sizeof(event))
            if (is_of_driver(&event))
                return true;
        nap(1);
    }
    return false;
}

static bool reads_well(unsigned block)
{
    long child = start(read_and_compare, (void *)(uintptr_t)block);

    return await(child, back_ms) == 0;
}

/* A child, memory, a file: all else is as it was. */
static int live(void *argument)
{
    char *pages = fresh_pages(16), back[64];
    int fd = (int)fastos_open("/tmp/live", O_RDWR | O_CREAT | O_TRUNC);

    (void)argument;
    memset(pages, 7, 16 * PAGE);
    expect_is(fastos_write(fd, pages, 16 * PAGE), 16 * PAGE);
    fastos_lseek(fd, (int64_t)(15 * PAGE), 0);
    expect_is(fastos_read(fd, back, sizeof(back)), sizeof(back));
    return memcmp(back, pages, sizeof(back)) || disappointments ? 1 : 0;
}

/* How the life went, as the one outside is told. */
static const char *try_in_kernel(unsigned number)
{
    long child = 0, answer = 0;

    if (!stands_still())
        return "stuck";
    begin_by("change", number);
    if (disk)
        child = start(read_and_compare, (void *)(uintptr_t)(2 * number));
    if (child)
        answer = await(child, WORK_MS);
    else
        nap(WORK_MS);
    uint64_t failed = failures();

    if (!stands_still())
        return "stuck";
    int input = (int)fastos_open("/dev/input", O_RDONLY | O_NONBLOCK);

    begin_by("restore", number);
    if (child && answer < 0)
        answer = await(child, back_ms);
    bool works = disk ? reads_well(2 * number + 1) : brings_events(input);

    fastos_close(input);
    if (answer < 0 || !works)
        print_driver();
    if (answer < 0 || !works)
        return answer < 0 ? "waiting" : "lost";
    if (end_of(start(live, NULL)) != 0)
        return "sick";
    return failed ? "ended" : answer == 1 ? "wrong" : answer == 2 ? "error" : "unseen";
}

static int try_all_in_kernel(unsigned count)
{
    /* What a driver makes of keys is no word to this program. */
    for (int signal = 1; signal <= 20; signal++)
        if (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP)
            (void)fastos_sigaction(signal, &(struct abi_sigaction){.handler = SIG_IGN}, NULL);
    outside = (int)fastos_open("/dev/ttyS1", O_RDWR);
    expect(outside >= 0);
    for (unsigned number = 1; number <= count; number++)
        tell(try_in_kernel(number), number);
    print("mutate: done\n");
    return 0;
}

/* ---------------------------------------------------------------------------------------------- */

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
    if (disk && equal(path, "kernel"))
        read_pattern();
    if (equal(path, "kernel"))
        return try_all_in_kernel((unsigned)number_in(arguments[3]));
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

/*
 * Steps: pages for the whole of it, writable → the file straight into them → seal and CRC →
 * relocate → the rights it shall have. Everything is taken back when a step fails.
 */
#include "kernel/tests.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/code_pages.h"
#include "kernel/fs/root.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/crc32.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define HEADER_BYTES 16
#define SEAL_BYTES   16

/* kernel.ld: whole pages of code, of constants, of variables; of the last not all are in the
   file. */
extern const uint8_t kernel_start[];
extern uint8_t tests_start[], tests_constants[], tests_data[], tests_file_end[], tests_end[];

static bool loaded;

bool tests_loaded(void)
{
    return loaded;
}

/* ---- the pages ------------------------------------------------------------------------------- */

static uint64_t address(const uint8_t *at)
{
    return (uintptr_t)at;
}

static int protect_all(void)
{
    int error = code_pages_close(address(tests_start), (uint64_t)(tests_constants - tests_start),
                                 PAGE_EXECUTE);

    return error ? error
                 : code_pages_close(address(tests_constants), (uint64_t)(tests_data - tests_constants), 0);
}

/* ---- the file -------------------------------------------------------------------------------- */

struct reader {
    struct file *file;
    uint64_t at;
    uint32_t crc;
};

static int take(struct reader *reader, void *to, size_t size)
{
    struct io io = io_of_kernel(to, size);
    int64_t got = file_read(reader->file, &io, &reader->at);

    if (got < 0)
        return (int)got;
    if ((uint64_t)got != size)
        return -EINVAL;
    reader->crc = crc32c(reader->crc, to, size);
    return 0;
}

static int read_header(struct reader *reader, uint32_t *relocations)
{
    uint8_t header[HEADER_BYTES];
    int error = take(reader, header, sizeof(header));

    if (error)
        return error;
    struct span span = span_of(header, sizeof(header));

    if (memcmp(header, "FASTTEST", 8) || span_rd32(span, 8) != boot_info()->kernel.crc32c)
        return -ENOEXEC;
    *relocations = span_rd32(span, 12);
    return 0;
}

/* The word lies in what was read: the file may be damaged, and its seal is checked last. */
static int relocate(uint32_t offset)
{
    uint64_t start = address(tests_start) - address(kernel_start);
    uint64_t end = address(tests_file_end) - address(kernel_start), word;

    if (offset < start || offset > end - sizeof(word))
        return -EINVAL;
    uint8_t *at = tests_start + (offset - start);

    memcpy(&word, at, sizeof(word));
    word += address(kernel_start);
    memcpy(at, &word, sizeof(word));
    return 0;
}

static int read_relocations(struct reader *reader, uint32_t count)
{
    uint8_t chunk[256];

    while (count > 0) {
        uint32_t now = count < sizeof(chunk) / 4 ? count : (uint32_t)sizeof(chunk) / 4;
        int error = take(reader, chunk, 4 * now);

        for (uint32_t i = 0; !error && i < now; i++)
            error = relocate(span_rd32(span_of(chunk, sizeof(chunk)), 4 * i));
        if (error)
            return error;
        count -= now;
    }
    return 0;
}

static int check_seal(struct reader *reader)
{
    uint8_t seal[SEAL_BYTES];
    uint32_t crc = reader->crc;
    uint64_t bytes = reader->at;
    int error = take(reader, seal, sizeof(seal));

    if (error)
        return error;
    struct span span = span_of(seal, sizeof(seal));

    return memcmp(seal, "FASTSEAL", 8) || span_rd32(span, 8) != crc || span_rd32(span, 12) != bytes
               ? -EINVAL : 0;
}

static int read_all(struct reader *reader)
{
    uint32_t relocations = 0;
    int error = read_header(reader, &relocations);

    if (!error)
        error = take(reader, tests_start, address(tests_file_end) - address(tests_start));
    if (!error)
        error = read_relocations(reader, relocations);
    return error ? error : check_seal(reader);
}

static const char *explain(int error)
{
    return error == -ENOEXEC ? "it belongs to another kernel"
           : error == -EINVAL ? "it is damaged"
           : error_text(error);
}

static int load(struct reader *reader)
{
    uint64_t start = address(tests_start), bytes = address(tests_end) - start;
    int error = code_pages_map(start, bytes);

    if (error)
        return error;
    error = read_all(reader);
    if (!error)
        error = protect_all();
    if (error)
        code_pages_unmap(start, bytes);
    return error;
}

int tests_load(const char **why)
{
    struct reader reader = {.at = 0};

    *why = "";
    if (loaded)
        return 0;
    int error = root_open(TESTS_PATH, &reader.file);
    if (error == -ENODEV) {
        *why = "no root file system is mounted";
        return error;
    }
    if (!error) {
        error = load(&reader);
        file_put(reader.file);
    }
    *why = explain(error);
    loaded = error == 0;
    if (loaded)
        kasan_guard_globals_of_tests();
    return error;
}

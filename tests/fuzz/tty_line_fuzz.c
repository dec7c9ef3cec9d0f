/* Fuzz the line discipline. The input is a list of operations: a byte that says which, then its
   arguments. What must hold: counts stay within their rings, a read gives no more than there was,
   what line_room promised is not dropped, and the end of a line ends a read. */
/* links: kernel/fs/tty/line.c */
/* options: -max_len=4096 */
#include "kernel/fs/tty/line.h"
#include "tests/fuzz/fuzz.h"

static struct line line;

static void look(void)
{
    must(line.ready <= LINE_INPUT_BYTES && line.editing <= LINE_INPUT_BYTES - line.ready);
    must(line.first < LINE_INPUT_BYTES && line.output_first < LINE_OUTPUT_BYTES);
    must(line.output_count <= LINE_OUTPUT_BYTES);
    must(line_readable(&line) <= line_ready(&line));
    must(line_is_canonical(&line) || line.editing == 0);
}

static void type(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = exact_copy(bytes, size);
    size_t room = line_room(&line);
    uint64_t dropped = line.dropped;

    line_input(&line, span_of(copy, size));
    if (size <= room && room < LINE_INPUT_BYTES)
        must(line.dropped == dropped);
    free(copy);
}

static void take(size_t size)
{
    char *to = malloc(size + 1);
    unsigned before = line_readable(&line);
    bool ended;
    size_t got = line_read(&line, room_of(to, size), &ended);

    must(got <= size && got <= before);
    must(line_readable(&line) == before - got);
    if (line_is_canonical(&line) && got > 0 && to[got - 1] == '\n' && !line.ready)
        must(ended);
    free(to);
}

static void change_modes(const uint8_t *bytes)
{
    struct abi_termios termios = line.termios;

    termios.input = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
    termios.output = bytes[2];
    termios.local = (uint32_t)bytes[3] | (uint32_t)bytes[4] << 8;
    termios.characters[bytes[5] % ABI_NCCS] = bytes[6];
    line_set(&line, &termios);
}

static void send(size_t most)
{
    struct span piece = line_outgoing(&line);

    line_sent(&line, piece.size < most ? piece.size : most);
}

/* One operation; how many bytes of the input it used. */
static size_t step(const uint8_t *bytes, size_t size)
{
    size_t count = size > 1 ? bytes[1] : 0, left = size > 2 ? size - 2 : 0;
    size_t taken = count < left ? count : left;

    switch (bytes[0] % 8) {
    case 0:
        take(count * 20);
        return 2;
    case 1:
        (void)line_output(&line, span_of(bytes + size - left, taken));
        return 2 + taken;
    case 2:
        send(count * 20);
        return 2;
    case 3:
        if (left < 7)
            return size;
        change_modes(bytes + 2);
        return 9;
    case 4:
        (count & 1 ? line_flush_input : line_flush_output)(&line);
        return 2;
    default:
        type(bytes + size - left, taken);
        return 2 + taken;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    line_init(&line);
    for (size_t at = 0; at < size;) {
        size_t used = step(bytes + at, size - at);

        at += used < size - at ? used : size - at;
        look();
    }
    return 0;
}

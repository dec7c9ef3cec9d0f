/* The line discipline. See line.h. */
#include "kernel/fs/tty/line.h"

#include "lib/string.h"

#define BELL      0x07
#define BACKSPACE 0x08
#define DELETE    0x7f
#define TAB_STOP  8u

#define CONTROL(letter) ((letter) & 0x1f)

/* What a byte of the input is. */
enum kind {
    BYTE,
    END,        /* the last one of a line */
    END_OF_FILE /* the end of a line, which is not read itself: VEOF was typed */
};

static bool has(uint32_t flags, uint32_t flag)
{
    return (flags & flag) != 0;
}

static bool local(const struct line *line, uint32_t flag)
{
    return has(line->termios.local, flag);
}

/* The character of that index was typed. A character 0 is none. */
static bool is(const struct line *line, unsigned index, uint8_t byte)
{
    return byte != 0 && line->termios.characters[index] == byte;
}

/* … and VLNEXT, VREPRINT, VWERASE need IEXTEN. */
static bool is_extension(const struct line *line, unsigned index, uint8_t byte)
{
    return local(line, IEXTEN) && is(line, index, byte);
}

static bool is_control(uint8_t byte)
{
    return byte < 0x20 || byte == DELETE;
}

static bool is_continuation(const struct line *line, uint8_t byte)
{
    return has(line->termios.input, IUTF8) && (byte & 0xc0) == 0x80;
}

bool line_is_canonical(const struct line *line)
{
    return local(line, ICANON);
}

/* ---- output ---------------------------------------------------------------------------------- */

static unsigned output_room(const struct line *line)
{
    return LINE_OUTPUT_BYTES - line->output_count;
}

static void put(struct line *line, uint8_t byte)
{
    if (output_room(line) == 0)
        return;
    line->output[(line->output_first + line->output_count) % LINE_OUTPUT_BYTES] = byte;
    line->output_count++;
}

static void put_newline(struct line *line)
{
    if (has(line->termios.output, ONLCR))
        put(line, '\r');
    if (has(line->termios.output, ONLCR | ONLRET))
        line->column = 0;
    put(line, '\n');
}

static void put_return(struct line *line)
{
    if (has(line->termios.output, OCRNL)) {
        put(line, '\n');
        return;
    }
    if (has(line->termios.output, ONOCR) && line->column == 0)
        return;
    line->column = 0;
    put(line, '\r');
}

static unsigned column_behind(const struct line *line, unsigned column, uint8_t byte)
{
    if (byte == '\t')
        return column - column % TAB_STOP + TAB_STOP;
    if (byte == BACKSPACE)
        return column > 0 ? column - 1 : 0;
    return is_control(byte) || is_continuation(line, byte) ? column : column + 1;
}

/* At most two bytes come out. */
static void process(struct line *line, uint8_t byte)
{
    if (!has(line->termios.output, OPOST)) {
        put(line, byte);
    } else if (byte == '\n') {
        put_newline(line);
    } else if (byte == '\r') {
        put_return(line);
    } else {
        line->column = column_behind(line, line->column, byte);
        put(line, byte);
    }
}

/* How many bytes from `at` on, `most` or fewer, go out as they are. */
static unsigned plain_run(struct line *line, struct span bytes, size_t at, unsigned most)
{
    unsigned run = 0, columns = 0;

    if (!has(line->termios.output, OPOST))
        return bytes.size - at < most ? (unsigned)(bytes.size - at) : most;
    for (; run < most && at + run < bytes.size; run++) {
        uint8_t byte = span_at(bytes, at + run);
        if (is_control(byte))
            break;
        columns += !is_continuation(line, byte);
    }
    line->column += columns;
    return run;
}

static void put_run(struct line *line, struct span bytes)
{
    unsigned start = (line->output_first + line->output_count) % LINE_OUTPUT_BYTES;
    size_t before_end = LINE_OUTPUT_BYTES - start;
    size_t head = bytes.size < before_end ? bytes.size : before_end;

    span_copy(&line->output[start], span_part(bytes, 0, head));
    span_copy(line->output, span_from(bytes, head));
    line->output_count += (unsigned)bytes.size;
}

size_t line_output(struct line *line, struct span printed)
{
    size_t done = 0;

    while (done < printed.size && output_room(line) >= 2) {
        unsigned run = plain_run(line, printed, done, output_room(line));

        if (run > 0)
            put_run(line, span_part(printed, done, run));
        else
            process(line, span_at(printed, done));
        done += run > 0 ? run : 1;
    }
    return done;
}

size_t line_output_room(const struct line *line)
{
    return output_room(line) / 2;
}

struct span line_outgoing(const struct line *line)
{
    unsigned before_end = LINE_OUTPUT_BYTES - line->output_first;

    return span_of(&line->output[line->output_first],
                   line->output_count < before_end ? line->output_count : before_end);
}

void line_sent(struct line *line, size_t size)
{
    line->output_first = (line->output_first + (unsigned)size) % LINE_OUTPUT_BYTES;
    line->output_count -= (unsigned)size;
    line->events |= LINE_SENT;
    if (line->output_count == 0)
        line->output_first = 0;
}

void line_flush_output(struct line *line)
{
    line->output_first = line->output_count = 0;
    line->events |= LINE_FLUSHED;
}

/* ---- echo ------------------------------------------------------------------------------------ */

static void show(struct line *line, uint8_t byte)
{
    if (is_control(byte) && byte != '\t' && local(line, ECHOCTL)) {
        process(line, '^');
        process(line, byte ^ 0x40);
    } else {
        process(line, byte);
    }
}

static void echo(struct line *line, uint8_t byte)
{
    if (local(line, ECHO))
        show(line, byte);
}

static void echo_newline(struct line *line)
{
    if (local(line, ECHO) || (local(line, ECHONL) && line_is_canonical(line)))
        process(line, '\n');
}

static uint8_t edited(const struct line *line, unsigned index)
{
    return line->input[(line->first + line->ready + index) % LINE_INPUT_BYTES];
}

/* The column behind the first `count` bytes of the line under way, as `show` shows them. */
static unsigned edited_column(const struct line *line, unsigned count)
{
    unsigned column = line->edit_column;

    for (unsigned i = 0; i < count; i++) {
        uint8_t byte = edited(line, i);
        if (is_control(byte) && byte != '\t')
            column += local(line, ECHOCTL) ? 2 : 0;
        else
            column = column_behind(line, column, byte);
    }
    return column;
}

static void rub_out(struct line *line, unsigned columns)
{
    for (; columns > 0 && output_room(line) >= 3; columns--) {
        process(line, BACKSPACE);
        process(line, ' ');
        process(line, BACKSPACE);
    }
}

/* ---- editing --------------------------------------------------------------------------------- */

/* The line under way keeps its first `count` bytes; the rest goes from the screen, too. */
static void cut(struct line *line, unsigned count)
{
    unsigned before = edited_column(line, count), after = edited_column(line, line->editing);

    line->editing = count;
    rub_out(line, after - before);
}

/* How long the line is without its last character. */
static unsigned without_character(const struct line *line)
{
    unsigned count = line->editing - 1;

    while (count > 0 && is_continuation(line, edited(line, count)))
        count--;
    return count;
}

static bool is_word(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z')
           || (byte >= 'a' && byte <= 'z') || byte == '_' || byte >= 0x80;
}

/* … and without its last word and what is no word behind it. */
static unsigned without_word(const struct line *line)
{
    unsigned count = line->editing;

    while (count > 0 && !is_word(edited(line, count - 1)))
        count--;
    while (count > 0 && is_word(edited(line, count - 1)))
        count--;
    return count;
}

static void erase(struct line *line, uint8_t typed, unsigned count)
{
    if (!local(line, ECHO)) {
        line->editing = count;
    } else if (local(line, ECHOE)) {
        cut(line, count);
    } else {
        line->editing = count;
        show(line, typed);
    }
}

static void kill_line(struct line *line, uint8_t typed)
{
    if (local(line, ECHO) && local(line, ECHOE) && local(line, ECHOK) && local(line, ECHOKE)) {
        cut(line, 0);
        return;
    }
    line->editing = 0;
    echo(line, typed);
    if (local(line, ECHO) && local(line, ECHOK))
        process(line, '\n');
}

static void reprint(struct line *line, uint8_t typed)
{
    if (!local(line, ECHO))
        return;
    show(line, typed);
    process(line, '\n');
    line->edit_column = line->column;
    for (unsigned i = 0; i < line->editing; i++)
        show(line, edited(line, i));
}

/* ---- input ----------------------------------------------------------------------------------- */

/* Only the end of a line may take the last place: a line that is too long can still be ended. */
static bool store(struct line *line, uint8_t byte, enum kind kind)
{
    unsigned used = line->ready + line->editing;
    unsigned most = LINE_INPUT_BYTES - (line_is_canonical(line) && kind == BYTE);
    unsigned at = (line->first + used) % LINE_INPUT_BYTES;

    if (used >= most) {
        line->dropped++;
        if (has(line->termios.input, IMAXBEL))
            put(line, BELL);
        return false;
    }
    line->input[at] = byte;
    line->kinds[at] = (uint8_t)kind;
    line->editing++;
    return true;
}

static void make_ready(struct line *line)
{
    line->ready += line->editing;
    line->editing = 0;
    if (line->ready > 0)
        line->events |= LINE_READABLE;
}

static void end_line(struct line *line, uint8_t byte, enum kind kind)
{
    if (store(line, byte, kind))
        make_ready(line);
}

static void plain(struct line *line, uint8_t byte)
{
    if (line->editing == 0)
        line->edit_column = line->column;
    if (!store(line, byte, BYTE))
        return;
    if (!line_is_canonical(line))
        make_ready(line);
    echo(line, byte);
}

static void literal_next(struct line *line)
{
    line->literal = true;
    if (local(line, ECHO) && local(line, ECHOCTL)) {
        process(line, '^');
        process(line, BACKSPACE);
    }
}

static void edit(struct line *line, uint8_t byte)
{
    if (is(line, VERASE, byte)) {
        if (line->editing > 0)
            erase(line, byte, without_character(line));
    } else if (is_extension(line, VWERASE, byte)) {
        if (line->editing > 0)
            erase(line, byte, without_word(line));
    } else if (is(line, VKILL, byte)) {
        kill_line(line, byte);
    } else if (is_extension(line, VLNEXT, byte)) {
        literal_next(line);
    } else if (is_extension(line, VREPRINT, byte)) {
        reprint(line, byte);
    } else if (byte == '\n') {
        echo_newline(line);
        end_line(line, byte, END);
    } else if (is(line, VEOF, byte)) {
        end_line(line, byte, END_OF_FILE);
    } else if (is(line, VEOL, byte) || is_extension(line, VEOL2, byte)) {
        echo(line, byte);
        end_line(line, byte, END);
    } else {
        plain(line, byte);
    }
}

/* ---- flow and signals ------------------------------------------------------------------------ */

/* True: the byte was one of them and goes no further. */
static bool flow(struct line *line, uint8_t byte)
{
    if (!has(line->termios.input, IXON))
        return false;
    if (is(line, VSTART, byte) || is(line, VSTOP, byte)) {
        line->stopped = is(line, VSTOP, byte) && !(line->stopped && is(line, VSTART, byte));
        return true;
    }
    if (has(line->termios.input, IXANY))
        line->stopped = false;
    return false;
}

static unsigned signal_of(const struct line *line, uint8_t byte)
{
    if (!local(line, ISIG))
        return 0;
    if (is(line, VINTR, byte))
        return LINE_INTERRUPT;
    if (is(line, VQUIT, byte))
        return LINE_QUIT;
    return is(line, VSUSP, byte) ? LINE_SUSPEND : 0;
}

static void note_signal(struct line *line, uint8_t byte, unsigned signal)
{
    if (!local(line, NOFLSH)) {
        line_flush_input(line);
        line_flush_output(line);
    }
    line->stopped = false;
    line->events |= signal;
    echo(line, byte);
}

static void interpret(struct line *line, uint8_t byte)
{
    unsigned signal = signal_of(line, byte);

    if (signal) {
        note_signal(line, byte, signal);
        return;
    }
    if (byte == '\r') {
        if (has(line->termios.input, IGNCR))
            return;
        if (has(line->termios.input, ICRNL))
            byte = '\n';
    } else if (byte == '\n' && has(line->termios.input, INLCR)) {
        byte = '\r';
    }
    if (line_is_canonical(line)) {
        edit(line, byte);
    } else if (byte == '\n' && local(line, ECHO)) {
        process(line, '\n');
        end_line(line, byte, BYTE);
    } else {
        plain(line, byte);
    }
}

static void input_byte(struct line *line, uint8_t byte)
{
    if (has(line->termios.input, ISTRIP))
        byte &= 0x7f;
    if (line->literal) {
        line->literal = false;
        plain(line, byte);
    } else if (!flow(line, byte)) {
        interpret(line, byte);
    }
}

void line_input(struct line *line, struct span typed)
{
    for (size_t i = 0; i < typed.size; i++)
        input_byte(line, span_at(typed, i));
}

size_t line_room(const struct line *line)
{
    unsigned used = line->ready + line->editing;

    if (!line_is_canonical(line))
        return LINE_INPUT_BYTES - used;
    if (line->ready == 0)
        return LINE_INPUT_BYTES;
    return used < LINE_INPUT_BYTES - 1 ? LINE_INPUT_BYTES - 1 - used : 0;
}

void line_flush_input(struct line *line)
{
    line->first = line->ready = line->editing = 0;
    line->literal = false;
    line->events |= LINE_FLUSHED;
}

/* ---- reading --------------------------------------------------------------------------------- */

unsigned line_ready(const struct line *line)
{
    return line->ready;
}

unsigned line_readable(const struct line *line)
{
    unsigned count = 0;

    for (unsigned i = 0; i < line->ready; i++)
        count += line->kinds[(line->first + i) % LINE_INPUT_BYTES] != END_OF_FILE;
    return count;
}

static void drop_first(struct line *line)
{
    line->first = (line->first + 1) % LINE_INPUT_BYTES;
    line->ready--;
}

static bool at_end_of_file(const struct line *line)
{
    return line->ready > 0 && line->kinds[line->first] == END_OF_FILE;
}

size_t line_read(struct line *line, struct room to, bool *ended)
{
    size_t done = 0;

    *ended = false;
    while (done < to.size && line->ready > 0 && !at_end_of_file(line) && !*ended) {
        room_set(to, done++, (char)line->input[line->first]);
        *ended = line->kinds[line->first] == END && line_is_canonical(line);
        drop_first(line);
    }
    /* The mark belongs to the line before it, also when that just filled the room. */
    if (!*ended && to.size > 0 && at_end_of_file(line)) {
        drop_first(line);
        *ended = true;
    }
    if (line->ready == 0)
        *ended = true;
    return done;
}

/* ---- modes ----------------------------------------------------------------------------------- */

/* Without canonical mode no byte is more than a byte. */
static void forget_kinds(struct line *line)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < line->ready; i++) {
        unsigned from = (line->first + i) % LINE_INPUT_BYTES;
        unsigned to = (line->first + kept) % LINE_INPUT_BYTES;

        if (line->kinds[from] == END_OF_FILE)
            continue;
        line->input[to] = line->input[from];
        line->kinds[to] = BYTE;
        kept++;
    }
    line->ready = kept;
}

/* What was typed becomes readable as it is, in whichever mode that is read. */
void line_set(struct line *line, const struct abi_termios *termios)
{
    bool was_canonical = line_is_canonical(line), had_flow = has(line->termios.input, IXON);

    line->termios = *termios;
    if (was_canonical != line_is_canonical(line)) {
        make_ready(line);
        forget_kinds(line);
        line->literal = false;
    }
    if (had_flow && !has(termios->input, IXON))
        line->stopped = false;
}

static const struct abi_termios defaults = {
    .input = ICRNL | IXON | IMAXBEL | IUTF8,
    .output = OPOST | ONLCR,
    .control = CS8 | CREAD | CLOCAL,
    .local = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    .input_speed = 115200,
    .output_speed = 115200,
    .characters = {
        [VINTR] = CONTROL('C'), [VQUIT] = CONTROL('\\'), [VERASE] = DELETE,
        [VKILL] = CONTROL('U'), [VEOF] = CONTROL('D'), [VMIN] = 1,
        [VSTART] = CONTROL('Q'), [VSTOP] = CONTROL('S'), [VSUSP] = CONTROL('Z'),
        [VREPRINT] = CONTROL('R'), [VWERASE] = CONTROL('W'), [VLNEXT] = CONTROL('V'),
    },
};

void line_init(struct line *line)
{
    memset(line, 0, sizeof(*line));
    line->termios = defaults;
}

void line_renew(struct line *line)
{
    line_flush_input(line);
    line->termios = defaults;
    line->stopped = false;
}

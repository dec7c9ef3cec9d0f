/* The texts of /proc as figures, by words. No state, no locks. Forms: docs/62-vfs.md and proc(5). */
#include "user/apps/system/figures.h"

#include <string.h>

static uint64_t number_of(struct piece word)
{
    uint64_t number;

    return piece_number(word, 10, &number) ? number : 0;
}

static uint64_t next_number(struct piece *rest)
{
    struct piece word;

    return piece_word(rest, &word) ? number_of(word) : 0;
}

/* ---- CPU and memory -------------------------------------------------------------------------------- */
/* cpu: user nice system idle and what else it may have waited for; all but idle is busy. */
static void cpu_line(struct piece rest, struct cpu_figures *figures)
{
    struct piece word;

    for (unsigned i = 0; piece_word(&rest, &word); i++)
        *(i == 3 || i == 4 ? &figures->idle : &figures->busy) += number_of(word);
}

bool figures_cpu(struct piece text, struct cpu_figures *figures)
{
    struct piece line, word;
    bool found = false;

    *figures = (struct cpu_figures){0};
    while (piece_line(&text, &line)) {
        if (!piece_word(&line, &word))
            continue;
        if (piece_is(word, "cpu") && !found) {
            cpu_line(line, figures);
            found = true;
        } else if (piece_is(word, "intr")) {
            figures->interrupts = next_number(&line);
        } else if (piece_is(word, "ctxt")) {
            figures->switches = next_number(&line);
        } else if (piece_is(word, "procs_running")) {
            figures->running = (unsigned)next_number(&line);
        }
    }
    return found;
}

bool figures_memory(struct piece text, struct memory_figures *figures)
{
    struct piece line, word;

    *figures = (struct memory_figures){0};
    const struct {
        const char *name;
        uint64_t *to;
    } fields[] = {
        {"MemTotal:", &figures->total}, {"MemFree:", &figures->free}, {"MemAvailable:", &figures->available},
        {"Cached:", &figures->cached}, {"Dirty:", &figures->dirty}, {"Slab:", &figures->slab},
        {"KernelHeap:", &figures->heap},
    };

    while (piece_line(&text, &line)) {
        if (!piece_word(&line, &word))
            continue;
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
            if (piece_is(word, fields[i].name))
                *fields[i].to = next_number(&line);
    }
    return figures->total > 0;
}

/* ---- interrupts ------------------------------------------------------------------------------------ */
bool figures_interrupt(struct piece line, struct interrupt_line *interrupt)
{
    struct piece number, word;

    *interrupt = (struct interrupt_line){0};
    if (!piece_until(&line, ':', &number) || !piece_word(&line, &word)
        || !piece_number(word, 10, &interrupt->count))
        return false;
    piece_copy(piece_trimmed(number), interrupt->number, sizeof(interrupt->number));
    /* Controller and trigger come before the name, of a vector one word alone. */
    if (piece_word(&line, &word) && !piece_is(word, "vector"))
        (void)piece_word(&line, &word);
    piece_copy(piece_trimmed(line), interrupt->name, sizeof(interrupt->name));
    return true;
}

uint64_t figures_interrupts(struct piece text)
{
    struct interrupt_line interrupt;
    struct piece line;
    uint64_t count = 0;

    while (piece_line(&text, &line))
        if (figures_interrupt(line, &interrupt))
            count += interrupt.count;
    return count;
}

/* ---- processes ------------------------------------------------------------------------------------- */
static int small_number(struct piece word)
{
    bool negative = piece_begins(word, "-");
    struct piece digits = {word.at + negative, word.size - negative};
    uint64_t number;

    if (!piece_number(digits, 10, &number) || number > INT32_MAX)
        return 0;
    return negative ? -(int)number : (int)number;
}

/* proc(5): the fields behind the name, counted from the state, which is the third. */
static bool process_fields(struct piece rest, struct process_figures *figures)
{
    struct piece word;
    unsigned field = 3;

    for (; piece_word(&rest, &word); field++)
        switch (field) {
        case 3: figures->state = *word.at; break;
        case 4: figures->parent = small_number(word); break;
        case 14: case 15: figures->ticks += number_of(word); break;
        case 19: figures->nice = small_number(word); break;
        case 20: figures->threads = small_number(word); break;
        case 22: figures->started = number_of(word); break;
        case 23: figures->bytes = number_of(word); break;
        case 24: figures->resident_pages = number_of(word); break;
        default: break;
        }
    return field > 24;
}

bool figures_process(struct piece text, struct process_figures *figures)
{
    struct piece number, name = {0}, part;

    *figures = (struct process_figures){0};
    if (!piece_until(&text, '(', &number))
        return false;
    /* The name may have brackets of its own: up to the last one. */
    name.at = text.at;
    while (piece_until(&text, ')', &part))
        name.size = (size_t)(part.at - name.at) + part.size;
    figures->pid = small_number(piece_trimmed(number));
    piece_copy(name, figures->name, sizeof(figures->name));
    while (text.size > 0 && text.at[text.size - 1] == '\n')
        text.size--;
    return figures->pid > 0 && process_fields(text, figures);
}

/* ---- drivers --------------------------------------------------------------------------------------- */
/* Columns, of which the state may be two words ("built in"): up to the first number. */
bool figures_driver(struct piece line, struct driver_figures *figures)
{
    struct piece word, state = {0};
    uint64_t *const numbers[] = {&figures->failures, &figures->refused, &figures->interrupts,
                                 &figures->worst_us};

    *figures = (struct driver_figures){0};
    if (!piece_word(&line, &word) || *word.at == '#')
        return false;
    piece_copy(word, figures->name, sizeof(figures->name));
    if (!piece_word(&line, &word))
        return false;
    piece_copy(word, figures->class, sizeof(figures->class));
    if (!piece_word(&line, &word))
        return false;
    piece_copy(word, figures->placement, sizeof(figures->placement));
    while (piece_word(&line, &word) && !piece_number(word, 10, &figures->generation)) {
        state.at = state.at ? state.at : word.at;
        state.size = (size_t)(word.at - state.at) + word.size;
    }
    if (!state.at)
        return false;
    piece_copy(state, figures->state, sizeof(figures->state));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        *numbers[i] = next_number(&line);
    piece_copy(piece_trimmed(line), figures->reason, sizeof(figures->reason));
    if (strcmp(figures->reason, "-") == 0)
        figures->reason[0] = '\0';
    return true;
}

/* ---- disks ----------------------------------------------------------------------------------------- */
/* Blanks are octal numbers there, as in fstab(5). */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7'
            && from[3] >= '0' && from[3] <= '7') {
            unsigned value = (unsigned)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');

            *to = value < ' ' ? '?' : (char)value;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

bool figures_mount(struct piece line, struct mount_figures *figures)
{
    struct piece source, target, type, options;

    *figures = (struct mount_figures){0};
    if (!piece_word(&line, &source) || !piece_word(&line, &target) || !piece_word(&line, &type))
        return false;
    piece_copy(source, figures->source, sizeof(figures->source));
    piece_copy(target, figures->target, sizeof(figures->target));
    piece_copy(type, figures->type, sizeof(figures->type));
    unescape(figures->source);
    unescape(figures->target);
    if (piece_word(&line, &options))
        figures->read_only = piece_is(options, "ro") || piece_begins(options, "ro,");
    return true;
}

/* ---- the machine ----------------------------------------------------------------------------------- */
bool figures_boot(struct piece line, struct boot_figures *figures)
{
    struct piece word;

    *figures = (struct boot_figures){0};
    if (!piece_word(&line, &word) || !piece_number(word, 10, &figures->ticks))
        return false;
    piece_copy(piece_trimmed(line), figures->name, sizeof(figures->name));
    return figures->name[0] != '\0';
}

struct piece figures_cpuinfo(struct piece text, const char *name)
{
    struct piece line, before;

    while (piece_line(&text, &line))
        if (piece_until(&line, ':', &before) && piece_is(piece_trimmed(before), name))
            return piece_trimmed(line);
    return (struct piece){"", 0};
}

/* ---- the log --------------------------------------------------------------------------------------- */
static bool log_time(struct piece *line, uint64_t *micros)
{
    struct piece seconds, fraction;
    uint64_t whole, part;

    if (!piece_begins(*line, "[") || !piece_until(line, '.', &seconds) || !piece_until(line, ']', &fraction))
        return false;
    seconds = piece_trimmed((struct piece){seconds.at + 1, seconds.size - 1});
    if (!piece_number(seconds, 10, &whole) || !piece_number(fraction, 10, &part) || part > 999999
        || whole > UINT64_MAX / 1000000 - 1)
        return false;
    *micros = whole * 1000000 + part;
    return true;
}

bool figures_log(struct piece line, struct log_figures *figures)
{
    static const char *const marks[] = {"error: ", "warning: "};

    *figures = (struct log_figures){.level = LOG_LEVEL_INFO};
    if (!log_time(&line, &figures->micros) || !piece_until(&line, ':', &figures->area))
        return false;
    figures->area = piece_trimmed(figures->area);
    line = piece_trimmed(line);
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (piece_begins(line, marks[i])) {
            figures->level = (enum log_level)i;
            line.at += strlen(marks[i]);
            line.size -= strlen(marks[i]);
            break;
        }
    figures->text = line;
    return true;
}

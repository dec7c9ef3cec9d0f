/* irq: which interrupts came, and whose they were. */
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/monitor/command.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define NAMES_BYTES 48

/* "ata, sound" */
static void names_of(const struct irq_line *line, struct room to)
{
    size_t used = 0;

    strlcpy(to.chars, line->actions ? "" : "-", to.size);
    for (const struct irq_action *action = line->actions; action && used < to.size - 1;
         action = action->next) {
        struct room rest = room_from(to, used);
        snprintf(rest.chars, rest.size, "%s%s", used ? ", " : "", action->name);
        used = strlen(to.chars);
    }
}

static const char *state_of(unsigned number, const struct irq_line *line)
{
    if (line->held & IRQ_HELD_STORM)
        return "storm";
    if (line->held || !line->actions)
        return "masked";
    return irq_is_level(number) ? "level" : "edge";
}

static void print_line(unsigned number, const struct irq_line *line)
{
    char names[NAMES_BYTES];

    if (!line->actions && !line->unclaimed && !line->spurious)
        return;
    names_of(line, room_of(names, sizeof(names)));
    output_print("%4u %-14s %-7s %12llu %11llu %10llu %7llu\n", number, names,
                 state_of(number, line), (unsigned long long)line->count, (unsigned long long)line->unclaimed,
                 (unsigned long long)line->spurious, (unsigned long long)line->storms);
}

static void print_vectors(void)
{
    for (unsigned vector = 48; vector < 256; vector++) {
        struct vector_count v = vector_count(vector);

        if (v.name || v.count)
            output_print("%4u %-14s %-7s %12llu\n", vector, v.name ? v.name : "-", "vector",
                         (unsigned long long)v.count);
    }
}

static int irq(const struct words *words)
{
    const struct irq_line *line;

    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("controller: %s\n", irq_controller_name());
    output_print("%4s %-14s %-7s %12s %11s %10s %7s\n", "irq", "device", "state", "handled",
                 "unclaimed", "spurious", "storms");
    for (unsigned i = 0; (line = irq_line(i)); i++)
        print_line(i, line);
    print_vectors();
    output_print("%4s %-14s %-7s %12llu\n", "NMI", "-", "-", (unsigned long long)nmi_count());
    return COMMAND_OK;
}

MONITOR_COMMAND("irq", "irq", "count the interrupts of each line", irq);

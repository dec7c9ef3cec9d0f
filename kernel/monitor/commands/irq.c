/* irq: which interrupts came, and whose they were. */
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/monitor/command.h"

static int irq(int count, char **words)
{
    const struct irq_line *line;
    if (count > 1)
        return command_misused(words, "%s: it takes no words", words[1]);
    output_print("%3s %-12s %12s %12s %12s\n", "irq", "device", "handled", "unclaimed", "spurious");
    for (unsigned i = 0; (line = irq_line(i)); i++) {
        if (!line->name && !line->unclaimed && !line->spurious)
            continue;
        output_print("%3u %-12s %12llu %12llu %12llu\n", i, line->name ? line->name : "-",
                     (unsigned long long)line->count, (unsigned long long)line->unclaimed,
                     (unsigned long long)line->spurious);
    }
    return COMMAND_OK;
}

MONITOR_COMMAND("irq", "irq", "count the interrupts of each line", irq);

/* panic: the panic screen, asked for, or by a real fault. */
#include "kernel/monitor/command.h"
#include "kernel/panic.h"
#include "lib/string.h"

/* Nothing is ever mapped here. */
static int page_fault(void)
{
    *(volatile uint8_t *)0x1000 = 1;
    return COMMAND_FAILED;
}

/* Deeper than any stack is. */
static unsigned blow_stack(volatile unsigned *depth)
{
    volatile uint8_t room[512];

    room[0] = 1;
    return ++*depth == UINT32_MAX ? 0 : blow_stack(depth) + room[0];
}

static int panic_now(const struct words *words)
{
    static char text[256];
    volatile unsigned depth = 0;

    output_flush();
    if (words->count == 2 && strcmp(words->at[1], "fault") == 0)
        return page_fault();
    if (words->count == 2 && strcmp(words->at[1], "stack") == 0)
        return (int)blow_stack(&depth);
    for (int i = 1; i < words->count; i++) {
        strlcat(text, i > 1 ? " " : "", sizeof(text));
        strlcat(text, words->at[i], sizeof(text));
    }
    panic("%s", text[0] ? text : "asked for by the monitor");
}

MONITOR_COMMAND("panic", "panic [fault|stack|TEXT …]",
                "stop the kernel with the panic screen, a page fault or an overflowing stack", panic_now);

/*
 * panic: the panic screen, by its own call or by a fault that the CPU finds. To see what it looks
 * like, and for the tests: each fault must end there, with its cause in the first line.
 */
#include "kernel/panic.h"
#include "kernel/core/memory/heap.h"
#include "kernel/monitor/command.h"
#include "lib/compiler.h"
#include "lib/string.h"

#define NULL_PAGE    8 /* an address in the page that is never mapped */
#define BITE         1024
#define ENDLESS      (1u << 30)

/* Nothing is mapped there. */
static void fault_read(void)
{
    const volatile uint8_t *volatile nowhere = (const volatile uint8_t *)(uintptr_t)NULL_PAGE;

    (void)*nowhere; /* (a volatile pointer: else the compiler finds it out and warns) */
}

/* Code is not writable. */
static void fault_write(void)
{
    volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)fault_read;

    *code = *code;
}

/* Data is not executable. */
static void fault_execute(void)
{
    static uint8_t data[16] = { 0xc3 }; /* RET */
    void (*volatile function)(void) = (void (*)(void))(uintptr_t)data;

    function();
}

static unsigned descend(unsigned depth)
{
    volatile uint8_t bite[BITE];

    bite[0] = (uint8_t)depth;
    return depth == ENDLESS ? 0 : descend(depth + 1) + bite[0];
}

/* Down the stack until its guard page. The page fault finds no stack to run on: a double fault. */
static void fault_stack(void)
{
    (void)descend(0);
}

/* What the compiler's checks see (docs/86-debug-kernel.md). */
static void fault_bounds(void)
{
    static uint8_t array[8];
    volatile unsigned index = 8;

    array[index] = 1;
    index = array[0];
}

static void fault_overflow(void)
{
    volatile int large = INT32_MAX;

    large = large + 1;
}

static void fault_shift(void)
{
    volatile unsigned bits = 32;

    bits = 1u << bits;
}

#ifdef KASAN
static uint8_t *new_piece(void)
{
    uint8_t *piece = alloc(40, 8);

    if (!piece)
        panic("no memory for 40 bytes");
    return piece;
}

static void fault_heap(void)
{
    new_piece()[40] = 1;
}

static void fault_underflow(void)
{
    *(new_piece() - 1) = 1;
}

static void fault_use_after_free(void)
{
    uint8_t *piece = new_piece();

    dealloc(piece, 40, 8);
    piece[3] = 1;
}

static void fault_double_free(void)
{
    uint8_t *piece = new_piece();

    dealloc(piece, 40, 8);
    dealloc(piece, 40, 8);
}

static void fault_local(void)
{
    volatile uint8_t local[8] = {0}, *volatile at = local;

    at[8] = local[0];
}

static void fault_global(void)
{
    static uint8_t array[8];
    uint8_t *volatile at = array;

    at[8] = 1;
}
#endif

static const struct {
    const char *name;
    void (*start)(void);
} faults[] = {
    { "read", fault_read }, { "write", fault_write }, { "execute", fault_execute },
    { "stack", fault_stack }, { "bounds", fault_bounds }, { "overflow", fault_overflow },
    { "shift", fault_shift },
#ifdef KASAN /* without it these go unseen, or are seen much later */
    { "heap", fault_heap }, { "underflow", fault_underflow },
    { "use-after-free", fault_use_after_free }, { "double-free", fault_double_free },
    { "local", fault_local }, { "global", fault_global },
#endif
};

/* "read, write, execute": what there is. */
static void list_faults(char *to, size_t size)
{
    (void)strlcpy(to, faults[0].name, size);
    for (unsigned i = 1; i < array_length(faults); i++) {
        (void)strlcat(to, ", ", size);
        (void)strlcat(to, faults[i].name, size);
    }
}

static int panic_by_fault(const struct words *words)
{
    char names[160];

    for (unsigned i = 0; words->count == 3 && i < array_length(faults); i++) {
        if (strcmp(words->at[2], faults[i].name) == 0) {
            output_flush();
            faults[i].start();
            return command_fail(words, "the CPU let it pass: %s", words->at[2]);
        }
    }
    list_faults(names, sizeof(names));
    return command_misused(words, "-f: wants one of %s", names);
}

static int panic_command(const struct words *words)
{
    static char text[256];

    if (words->count > 1 && strcmp(words->at[1], "-f") == 0)
        return panic_by_fault(words);
    for (int i = 1; i < words->count; i++) {
        (void)strlcat(text, i > 1 ? " " : "", sizeof(text));
        (void)strlcat(text, words->at[i], sizeof(text));
    }
    output_flush();
    panic("%s", text[0] ? text : "asked for by the monitor");
}

MONITOR_COMMAND("panic", "panic [TEXT …] | panic -f FAULT",
                "stop the kernel with the panic screen (-f: by a fault)", panic_command);

/* What KASAN found, in one line: what, where, by whom, and whose memory it is or lies beside. */
#include "kernel/arch/x86_64/shadow.h"
#include "kernel/core/memory/heap_debug.h"
#include "kernel/sanitizer/kasan.h"
#include "kernel/sanitizer/kasan_private.h"
#include "kernel/sanitizer/report.h"
#include "kernel/symbols.h"
#include "lib/printf.h"
#include "lib/string.h"

static const char *name_of(const void *address, char name[64])
{
    /* The call lies before the return address. */
    if (!symbol_describe((uintptr_t)address - 1, name, 64))
        strlcpy(name, "code that is none of the kernel's", 64);
    return name;
}

/* The reason stands in the shadow of the byte, or in the next one's when that is used in part. */
static uint8_t reason_at(uint64_t bad)
{
    int8_t value = 0;

    if (shadow_read(bad, &value) && value > 0)
        (void)shadow_read(bad + SHADOW_SCALE, &value);
    return (uint8_t)value;
}

static const char *what_is(uint8_t reason)
{
    switch (reason) {
    case KASAN_HEAP_REDZONE:
        return "out of bounds (heap)";
    case KASAN_HEAP_FREED:
        return "use after free (heap)";
    case KASAN_FRAME_FREE:
        return "use after free (frame)";
    case KASAN_STACK_LEFT:
    case KASAN_STACK_MIDDLE:
    case KASAN_STACK_RIGHT:
        return "out of bounds (stack)";
    case KASAN_STACK_SCOPE:
        return "use after scope (stack)";
    case KASAN_GLOBAL_REDZONE:
        return "out of bounds (global)";
    default:
        return "not to be touched";
    }
}

/* ", 3 bytes behind" and the like. */
static void describe_distance(uint64_t bad, uint64_t start, uint64_t size, char *to, size_t bytes)
{
    if (bad < start)
        snprintf(to, bytes, ", %llu bytes in front of", (unsigned long long)(start - bad));
    else if (bad >= start + size)
        snprintf(to, bytes, ", %llu bytes behind", (unsigned long long)(bad - start - size));
    else
        snprintf(to, bytes, ", byte %llu of", (unsigned long long)(bad - start));
}

static void describe_piece(const struct heap_piece *piece, uint64_t bad, char *to, size_t bytes)
{
    char distance[40], name[64];

    describe_distance(bad, piece->at, piece->size, distance, sizeof(distance));
    snprintf(to, bytes, "%s the %llu bytes allocated by %s", distance,
             (unsigned long long)piece->size, name_of(piece->allocated_by, name));
    if (piece->freed_by) {
        strlcat(to, ", freed by ", bytes);
        strlcat(to, name_of(piece->freed_by, name), bytes);
    }
}

static void describe_global(const struct kasan_global *global, uint64_t bad, char *to, size_t bytes)
{
    char distance[40];

    describe_distance(bad, (uintptr_t)global->at, global->size, distance, sizeof(distance));
    snprintf(to, bytes, "%s the %llu bytes of %s, %s", distance, (unsigned long long)global->size,
             global->name, global->file);
}

/* Whose memory it is: of the heap and of globals that is known. */
static void describe_owner(uint8_t reason, uint64_t bad, char *to, size_t bytes)
{
    bool freed = reason == KASAN_HEAP_FREED || reason == KASAN_FRAME_FREE;
    const struct kasan_global *global = kasan_find_global(bad);
    struct heap_piece piece;

    to[0] = '\0';
    if (reason == KASAN_GLOBAL_REDZONE && global)
        describe_global(global, bad, to, bytes);
    else if ((freed || reason == KASAN_HEAP_REDZONE) && heap_debug_find(bad, freed, &piece))
        describe_piece(&piece, bad, to, bytes);
}

void kasan_report_access(uint64_t at, uint64_t size, uint64_t bad, bool write, const void *caller)
{
    uint8_t reason = reason_at(bad);
    char name[64], owner[160];

    sanitizer_reporting = true; /* what is called here is instrumented */
    describe_owner(reason, bad, owner, sizeof(owner));
    (void)name_of(caller, name);
    sanitizer_reporting = false;
    sanitizer_report("KASAN: %s: %s %s %llu bytes at 0x%llx%s", what_is(reason), name,
                     write ? "writes" : "reads", (unsigned long long)size, (unsigned long long)at,
                     owner);
}

void kasan_report_freed_twice(uint64_t at, const void *caller)
{
    char name[64], owner[160];

    sanitizer_reporting = true;
    describe_owner(KASAN_HEAP_FREED, at, owner, sizeof(owner));
    (void)name_of(caller, name);
    sanitizer_reporting = false;
    sanitizer_report("KASAN: freed twice (heap): %s frees 0x%llx%s", name, (unsigned long long)at,
                     owner);
}

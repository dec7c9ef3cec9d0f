/*
 * KASAN's checks, and what the compiler calls beside them: constructors that tell of globals,
 * scopes of locals. kasan.h says what a shadow byte means; kasan_report.c says what was found.
 * Names and structures are those of gcc 12 and clang 14.
 *
 * Nothing here is instrumented (kernel.mk).
 */
#include "kernel/sanitizer/kasan.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/shadow.h"
#include "kernel/sanitizer/kasan_private.h"
#include "kernel/sanitizer/report.h"
#include "lib/string.h"

/* ---- the shadow ------------------------------------------------------------------------------ */

/* Whoever says something of memory has it: when its first byte has a shadow, all have. */
static void fill(uint64_t from, uint64_t to, int8_t value)
{
    int8_t old;

    if (from < to && shadow_read(from, &old))
        memset(shadow_of(from), value, (to - from + 7) / SHADOW_SCALE);
}

void kasan_poison(const void *at, size_t size, enum kasan_reason reason)
{
    fill((uintptr_t)at, (uintptr_t)at + size, (int8_t)reason);
}

void kasan_unpoison(const void *at, size_t size)
{
    uint64_t start = (uintptr_t)at, end = start + size;
    int8_t old;

    fill(start, end & ~7ull, 0);
    if (end % SHADOW_SCALE && shadow_read(end, &old))
        *shadow_of(end) = (int8_t)(end % SHADOW_SCALE);
}

void kasan_frames_taken(uint64_t phys, uint64_t count)
{
    kasan_unpoison(phys_to_virt(phys), count * PAGE_SIZE);
}

void kasan_frames_given(uint64_t phys, uint64_t count)
{
    kasan_poison(phys_to_virt(phys), count * PAGE_SIZE, KASAN_FRAME_FREE);
}

void kasan_leave_stack(uint64_t low, uint64_t high)
{
    fill(low & ~7ull, high, 0);
}

/* ---- the check ------------------------------------------------------------------------------- */

/* Eight shadow bytes at a time, for large pieces. */
#define WORD_COVERS (8 * SHADOW_SCALE)

static bool all_usable(uint64_t at)
{
    int8_t first;

    return at % WORD_COVERS == 0 && shadow_read(at, &first)
           && *(const uint64_t *)shadow_of(at) == 0;
}

/* The first byte of them that must not be touched; 0: there is none. */
static uint64_t first_bad(uint64_t at, uint64_t end)
{
    int8_t usable;

    for (; at < end; at = (at | 7) + 1) {
        while (end - at >= WORD_COVERS && all_usable(at))
            at += WORD_COVERS;
        if (at == end)
            return 0;
        uint64_t last = (at | 7) < end ? at | 7 : end - 1;

        if (!shadow_read(at, &usable))
            return 0; /* where there is no shadow, page tables say what may be done */
        if (usable != 0 && (usable < 0 || (int8_t)(last & 7) >= usable))
            return usable < 0 || (int8_t)(at & 7) >= usable ? at : (at & ~7ull) + (uint64_t)usable;
    }
    return 0;
}

static never_inline void check(uint64_t at, uint64_t size, bool write, const void *caller)
{
    if (sanitizer_reporting || !shadow_covers(at) || size == 0)
        return;
    uint64_t bad = first_bad(at, at + size);

    if (bad)
        kasan_report_access(at, size, bad, write, caller);
}

void kasan_check(const void *at, size_t size, bool write, const void *caller)
{
    check((uintptr_t)at, size, write, caller);
}

bool kasan_freed_twice(const void *at, const void *caller)
{
    int8_t value;

    if (sanitizer_reporting || !shadow_covers((uintptr_t)at))
        return false;
    if (shadow_read((uintptr_t)at, &value) && (uint8_t)value != KASAN_HEAP_FREED)
        return false;
    kasan_report_freed_twice((uintptr_t)at, caller);
    return true;
}

/* ---- what the compiler calls ----------------------------------------------------------------- */

#define CALLER __builtin_return_address(0)

/* All but a few accesses: within eight bytes, or two aligned eights, of which all may be touched. */
static inline bool is_well(uint64_t at, uint64_t size)
{
    int8_t first, second = 0;

    if (size == 2 * SHADOW_SCALE ? at % SHADOW_SCALE != 0 : at % SHADOW_SCALE + size > SHADOW_SCALE)
        return false;
    if (size == 2 * SHADOW_SCALE && !shadow_read(at + SHADOW_SCALE, &second))
        return false;
    return shadow_read(at, &first) && (first | second) == 0;
}

static inline void check_small(uint64_t at, uint64_t size, bool write, const void *caller)
{
    if (!is_well(at, size))
        check(at, size, write, caller);
}

#define ACCESS(size)                                                                  \
    void __asan_load##size##_noabort(uint64_t at);                                    \
    void __asan_load##size##_noabort(uint64_t at)                                     \
    {                                                                                 \
        check_small(at, size, false, CALLER);                                         \
    }                                                                                 \
    void __asan_store##size##_noabort(uint64_t at);                                   \
    void __asan_store##size##_noabort(uint64_t at)                                    \
    {                                                                                 \
        check_small(at, size, true, CALLER);                                          \
    }

ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

/* What kasan_find_global looks for; 0: constructors register. */
static uint64_t wanted;
static const struct kasan_global *found;

void __asan_loadN_noabort(uint64_t at, uint64_t size);
void __asan_storeN_noabort(uint64_t at, uint64_t size);
void __asan_handle_no_return(void);
void __asan_register_globals(const struct kasan_global *globals, uint64_t count);
void __asan_unregister_globals(const struct kasan_global *globals, uint64_t count);
void __asan_poison_stack_memory(uint64_t at, uint64_t size);
void __asan_unpoison_stack_memory(uint64_t at, uint64_t size);

void __asan_loadN_noabort(uint64_t at, uint64_t size)
{
    check(at, size, false, CALLER);
}

void __asan_storeN_noabort(uint64_t at, uint64_t size)
{
    check(at, size, true, CALLER);
}

/* Those who do not return leave a stack that goes (thread_exit) or stays as it is (panic). */
void __asan_handle_no_return(void)
{
}

/* Guards a global; or compares it with an address that kasan_find_global asks for. */
static void visit(const struct kasan_global *global)
{
    uint64_t start = (uintptr_t)global->at, guarded = (start + global->size + 7) & ~7ull;

    if (wanted) {
        if (wanted - start < global->size_with_redzone)
            found = global;
        return;
    }
    kasan_unpoison(global->at, global->size);
    fill(guarded, start + global->size_with_redzone, (int8_t)KASAN_GLOBAL_REDZONE);
}

void __asan_register_globals(const struct kasan_global *globals, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        visit(&globals[i]);
}

void __asan_unregister_globals(const struct kasan_global *globals, uint64_t count)
{
    (void)globals, (void)count;
}

/* A local's scope ends, begins. */
void __asan_poison_stack_memory(uint64_t at, uint64_t size)
{
    fill(at, at + size, (int8_t)KASAN_STACK_SCOPE);
}

void __asan_unpoison_stack_memory(uint64_t at, uint64_t size)
{
    kasan_unpoison((const void *)(uintptr_t)at, size);
}

/* clang's, for large frames: `size` bytes of the shadow itself. */
#define SET_SHADOW(name, value)                                                       \
    void __asan_set_shadow_##name(int8_t *shadow, uint64_t size);                     \
    void __asan_set_shadow_##name(int8_t *shadow, uint64_t size)                      \
    {                                                                                 \
        while (size-- > 0)                                                            \
            *shadow++ = (int8_t)(value);                                              \
    }

SET_SHADOW(00, 0)
SET_SHADOW(f1, 0xf1)
SET_SHADOW(f2, 0xf2)
SET_SHADOW(f3, 0xf3)
SET_SHADOW(f5, 0xf5)
SET_SHADOW(f8, 0xf8)

/* The constructors of all files, from kernel.ld: one call of __asan_register_globals each. */
extern void (*const constructors_start[])(void), (*const constructors_end[])(void);
extern void (*const tests_constructors_start[])(void), (*const tests_constructors_end[])(void);

static void run_constructors(void (*const *run)(void), void (*const *end)(void))
{
    for (; run < end; run++)
        (*run)();
}

void kasan_guard_globals(void)
{
    run_constructors(constructors_start, constructors_end);
}

static bool have_tests; /* they are loaded */

void kasan_guard_globals_of_tests(void)
{
    have_tests = true;
    run_constructors(tests_constructors_start, tests_constructors_end);
}

const struct kasan_global *kasan_find_global(uint64_t at)
{
    wanted = at;
    found = NULL;
    kasan_guard_globals();
    if (have_tests)
        kasan_guard_globals_of_tests();
    wanted = 0;
    return found;
}

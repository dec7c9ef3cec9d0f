/*
 * Vectors 48–255: software interrupts and the local APIC's own. Those of the local APIC are
 * acknowledged here, but for the spurious one, which must not be (Intel SDM vol. 3, 10.9).
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

#define FIRST (32 + IRQ_LINES)
#define COUNT (256 - FIRST)

static struct {
    const char *name;
    vector_handler *handler;
    void *context;
    uint64_t count;
} vectors[COUNT];

int vector_bind(unsigned vector, const char *name, vector_handler *handler, void *context)
{
    uint64_t saved;

    if (vector < FIRST || vector >= FIRST + COUNT)
        return -EINVAL;
    if (vectors[vector - FIRST].name)
        return -EBUSY;
    saved = cpu_save_interrupts();
    vectors[vector - FIRST].handler = handler;
    vectors[vector - FIRST].context = context;
    vectors[vector - FIRST].name = name;
    cpu_restore_interrupts(saved);
    return 0;
}

int vector_unbind(unsigned vector)
{
    if (vector < FIRST || vector >= FIRST + COUNT || !vectors[vector - FIRST].name)
        return -ENOENT;
    vectors[vector - FIRST].name = NULL;
    return 0;
}

struct vector_count vector_count(unsigned vector)
{
    if (vector < FIRST || vector >= FIRST + COUNT)
        return (struct vector_count){NULL, 0};
    return (struct vector_count){vectors[vector - FIRST].name, vectors[vector - FIRST].count};
}

void vector_dispatch(unsigned vector)
{
    unsigned at = vector - FIRST;

    vectors[at].count++;
    if (vectors[at].name)
        vectors[at].handler(vectors[at].context);
    else if (vectors[at].count == 1) /* said once: it could come without end */
        log_warn("interrupts", "vector %u came, which nobody handles", vector);
    if (vector >= VECTOR_APIC_FIRST && vector != VECTOR_SPURIOUS && apic_in_use())
        apic_acknowledge();
    deferred_wake();
}

/* Interrupt programs: see steps.h. Locks: none. */
#include "kernel/core/driver/steps.h"

struct steps_kept steps_run(const struct ddi_manifest *manifest, const struct steps_access *access,
                            size_t room)
{
    struct steps_kept kept = {.count = 0};
    uint8_t last = 0;

    for (unsigned i = 0; i < DDI_STEPS_MAX; i++) {
        const struct ddi_step *step = &manifest->steps[i];

        switch (step->does) {
        case DDI_STEP_READ:
            last = access->in(step->port);
            break;
        case DDI_STEP_KEEP:
            if (kept.count == room)
                return kept;
            last = access->in(step->port);
            kept.at[kept.count++] = last;
            break;
        case DDI_STEP_WRITE:
            access->out(step->port, step->value);
            break;
        case DDI_STEP_NEEDS:
            if ((last & step->value) != step->value)
                return kept;
            break;
        case DDI_STEP_LACKS:
            if (last & step->value)
                return kept;
            break;
        default:
            return kept;
        }
    }
    return kept;
}

/* Interrupt programs (ddi.h): what is done in the handler, for drivers that run later, or elsewhere. */
#pragma once

#include "drivers/ddi.h"

struct steps_access {
    uint8_t (*in)(uint16_t port);
    void (*out)(uint16_t port, uint8_t value);
};

struct steps_kept {
    uint8_t at[DDI_STEPS_MAX];
    unsigned count;
};

/* To its end, or to a byte that there is no room for, which stays in the device. The manifest has been
   checked (manifest_check). */
struct steps_kept steps_run(const struct ddi_manifest *manifest, const struct steps_access *access,
                            size_t room);

/* See magnifier.h. One thread. */
#include "user/desktop/magnifier.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/desktop/compose.h"
#include "user/desktop/magnify.h"
#include "user/desktop/protocol.h"
#include "user/desktop/settings.h"
#include "user/desktop/system.h"

#define FOLLOW_NS 500000000u /* what changes so soon after a key is the key's */

static const int steps[] = MAGNIFY_STEPS;
#define STEPS ((int)(sizeof(steps) / sizeof(steps[0])))

static uint64_t typed_ns;

void magnifier_use(int percent)
{
    compose_magnify(percent);
}

/* ---- how large --------------------------------------------------------------------------------- */

void magnifier_step(int by)
{
    char line[24];
    int at = 0;

    while (at < STEPS - 1 && steps[at] < settings.magnifier)
        at++;
    at = by == 0 ? 0 : at + by;
    at = at < 0 ? 0 : at < STEPS ? at : STEPS - 1;
    snprintf(line, sizeof(line), "magnifier=%d", steps[at]);
    settings_set(line);
}

/* By what a key types: + and - are not at the same place of all layouts. */
static int step_of(const struct key *key)
{
    bool plain = (key->modifiers & MODIFIERS_HELD) == MODIFIER_SUPER;

    if (strcmp(key->text, "+") == 0 || (plain && strcmp(key->text, "=") == 0))
        return 1;
    if (plain && strcmp(key->text, "-") == 0)
        return -1;
    return plain && (key->code == KEY_0 || key->code == KEY_KP0) ? 0 : 2;
}

bool magnifier_key(const struct key *key)
{
    unsigned held = key->modifiers & MODIFIERS_HELD & ~MODIFIER_SHIFT;
    int by = held == MODIFIER_SUPER && key->value != INPUT_RELEASED ? step_of(key) : 2;

    if (by != 2)
        magnifier_step(by);
    return by != 2;
}

/* ---- where it is ------------------------------------------------------------------------------- */

void magnifier_typed(uint64_t now_ns)
{
    typed_ns = now_ns;
}

void magnifier_show(struct rect box)
{
    if (typed_ns && system_now_ns() - typed_ns < FOLLOW_NS)
        compose_show(box);
}

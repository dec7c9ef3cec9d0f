/* The layout in use. Lock: `lock`; key handlers take it, and hold no other for it. */
#include "kernel/core/input/layout.h"

#include "kernel/core/sync/spinlock.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct spinlock lock = SPINLOCK("layout", LOCK_RANK_CONSOLE);
/* Under it. */
static struct abi_layout given;
static const struct abi_layout *layout = &layout_us;
static bool has_altgr; /* of the layout */

static bool is_dead(uint16_t c)
{
    return c >= DEAD_FIRST && c < DEAD_FIRST + DEAD_KINDS;
}

static bool is_character(uint16_t c)
{
    return c >= 0x20 && (c < 0x7f || c >= 0xa0) && (c < 0xd800 || c >= 0xe000);
}

static bool is_valid(const struct abi_layout *new)
{
    for (unsigned code = 0; code < LAYOUT_KEYS; code++) {
        for (unsigned level = 0; level < LAYOUT_LEVELS; level++) {
            uint16_t c = new->characters[code][level];

            if (c != 0 && !is_character(c) && !is_dead(c))
                return false;
        }
    }
    return strnlen(new->name, sizeof(new->name)) < sizeof(new->name);
}

static bool key_has_altgr(const struct abi_layout *of, unsigned code)
{
    return of->characters[code][LAYOUT_ALTGR] || of->characters[code][LAYOUT_ALTGR_SHIFT];
}

static bool any_has_altgr(const struct abi_layout *of)
{
    unsigned code = 0;

    while (code < LAYOUT_KEYS && !key_has_altgr(of, code))
        code++;
    return code < LAYOUT_KEYS;
}

uint16_t layout_character(uint8_t code, enum layout_level level)
{
    uint64_t saved = spin_lock_irq(&lock);
    uint16_t c;

    if (level >= LAYOUT_ALTGR && !key_has_altgr(layout, code))
        level -= LAYOUT_ALTGR;
    c = layout->characters[code][level];
    spin_unlock_irq(&lock, saved);
    return c;
}

bool layout_has_altgr(void)
{
    return __atomic_load_n(&has_altgr, __ATOMIC_RELAXED);
}

int layout_set(const struct abi_layout *new)
{
    uint64_t saved;

    if (!is_valid(new))
        return -EINVAL;
    saved = spin_lock_irq(&lock);
    given = *new;
    layout = &given;
    __atomic_store_n(&has_altgr, any_has_altgr(&given), __ATOMIC_RELAXED);
    spin_unlock_irq(&lock, saved);
    return 0;
}

void layout_get(struct abi_layout *to)
{
    uint64_t saved = spin_lock_irq(&lock);

    *to = *layout;
    spin_unlock_irq(&lock, saved);
}

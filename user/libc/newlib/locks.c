/*
 * The locks inside newlib (sys/lock.h, retargetable): stdio's, malloc's, the environment's. Word: 0
 * free, 1 taken, 2 taken and somebody may wait.
 *
 * fork() takes those that its child will need, so that none is held by a thread that the child has
 * not; the child frees the files' locks that others had.
 */
#include <stdlib.h>
#include <sys/lock.h>

#include "user/libc/libc.h"

struct __lock {
    unsigned word;
    unsigned depth; /* of a recursive one */
    unsigned used;
    struct __fastos_thread *owner;
};

struct __lock __lock___sinit_recursive_mutex;
struct __lock __lock___sfp_recursive_mutex;
struct __lock __lock___atexit_recursive_mutex;
struct __lock __lock___at_quick_exit_mutex;
struct __lock __lock___malloc_recursive_mutex;
struct __lock __lock___env_recursive_mutex;
struct __lock __lock___tz_mutex;

/* Files come and go, and their locks with them: places that are never given back. */
#define PLACES 16
static struct places {
    struct places *next;
    struct __lock locks[PLACES];
} first_places;
static unsigned places_lock;

static struct __lock *find_place(void)
{
    for (struct places *at = &first_places; at; at = at->next)
        for (size_t i = 0; i < PLACES; i++)
            if (!at->locks[i].used)
                return &at->locks[i];
    struct places *more = calloc(1, sizeof(*more));

    if (!more)
        return NULL;
    more->next = first_places.next;
    first_places.next = more;
    return more->locks;
}

void __retarget_lock_init(_LOCK_T *lock)
{
    word_lock(&places_lock);
    *lock = find_place();
    if (*lock)
        **lock = (struct __lock){.used = 1};
    word_unlock(&places_lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
    if (lock)
        __atomic_store_n(&lock->used, 0, __ATOMIC_RELEASE);
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
    __retarget_lock_init(lock);
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
    __retarget_lock_close(lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
    if (lock)
        word_lock(&lock->word);
}

void __retarget_lock_release(_LOCK_T lock)
{
    if (lock)
        word_unlock(&lock->word);
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
    unsigned zero = 0;

    return !lock || __atomic_compare_exchange_n(&lock->word, &zero, 1, false, __ATOMIC_ACQUIRE,
                                                __ATOMIC_RELAXED);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
    struct __fastos_thread *self = thread_self();

    if (!lock)
        return;
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == self) {
        lock->depth++;
        return;
    }
    word_lock(&lock->word);
    __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
    struct __fastos_thread *self = thread_self();

    if (lock && __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == self) {
        lock->depth++;
        return 1;
    }
    if (!__retarget_lock_try_acquire(lock))
        return 0;
    if (lock)
        __atomic_store_n(&lock->owner, self, __ATOMIC_RELAXED);
    return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
    if (!lock)
        return;
    if (lock->depth) {
        lock->depth--;
        return;
    }
    __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
    word_unlock(&lock->word);
}

/* ---- fork ------------------------------------------------------------------------------------ */

static _LOCK_T const all[] = {&__lock___sinit_recursive_mutex, &__lock___sfp_recursive_mutex,
                              &__lock___atexit_recursive_mutex, &__lock___env_recursive_mutex,
                              &__lock___malloc_recursive_mutex};

void locks_take_all(void)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        __retarget_lock_acquire_recursive(all[i]);
}

void locks_give_all(void)
{
    for (size_t i = sizeof(all) / sizeof(*all); i-- > 0;)
        __retarget_lock_release_recursive(all[i]);
}

void locks_free_others(void)
{
    struct __fastos_thread *self = thread_self();

    places_lock = 0;
    for (struct places *at = &first_places; at; at = at->next)
        for (size_t i = 0; i < PLACES; i++)
            if (at->locks[i].owner != self) {
                at->locks[i].word = at->locks[i].depth = 0;
                at->locks[i].owner = NULL;
            }
}

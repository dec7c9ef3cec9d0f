/* Keys: a value a thread each, with something to be done when the thread ends. */
#include <limits.h>
#include <pthread.h>

#include "user/libc/libc.h"

_Static_assert(KEYS == PTHREAD_KEYS_MAX, "keys");

static struct key {
    bool used;
    void (*end)(void *);
} keys[KEYS];
static unsigned keys_lock;

int pthread_key_create(pthread_key_t *key, void (*end)(void *))
{
    int error = EAGAIN;

    word_lock(&keys_lock);
    for (unsigned i = 0; i < KEYS && error; i++)
        if (!keys[i].used) {
            keys[i] = (struct key){true, end};
            *key = i;
            error = 0;
        }
    word_unlock(&keys_lock);
    if (!error)
        thread_self()->specific[*key] = NULL;
    return error;
}

int pthread_key_delete(pthread_key_t key)
{
    if (key >= KEYS)
        return EINVAL;
    word_lock(&keys_lock);
    keys[key] = (struct key){0};
    word_unlock(&keys_lock);
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return key < KEYS ? thread_self()->specific[key] : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= KEYS || !keys[key].used)
        return EINVAL;
    thread_self()->specific[key] = (void *)value;
    return 0;
}

static bool end_all_once(struct __fastos_thread *thread)
{
    bool any = false;

    for (unsigned i = 0; i < KEYS; i++) {
        void *value = thread->specific[i];
        void (*end)(void *) = keys[i].used ? keys[i].end : NULL;

        thread->specific[i] = NULL;
        if (!value || !end)
            continue;
        end(value);
        any = true;
    }
    return any;
}

/* What is done may set values anew: a few rounds. */
void keys_end(struct __fastos_thread *thread)
{
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && end_all_once(thread); round++)
        continue;
}

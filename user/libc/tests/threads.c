/* Threads and what they wait with. */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <threads.h>
#include <time.h>

#include "user/libc/tests/test.h"

#define THREADS 8
#define ROUNDS 2000

static _Thread_local int own = 5;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *count_up(void *argument)
{
    EXPECT_IS(own, 5);
    own += (int)(long)argument;
    errno = own;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        long seen = counter;

        if (i % 100 == 0)
            sched_yield();
        counter = seen + 1;
        pthread_mutex_unlock(&mutex);
        free(malloc((size_t)(i % 700)));
    }
    EXPECT_IS(errno, own);
    return (void *)(long)own;
}

static void test_threads(void)
{
    pthread_t threads[THREADS];

    for (long i = 0; i < THREADS; i++)
        EXPECT_IS(pthread_create(&threads[i], NULL, count_up, (void *)i), 0);
    for (long i = 0; i < THREADS; i++) {
        void *value;

        EXPECT_IS(pthread_join(threads[i], &value), 0);
        EXPECT_IS(value, 5 + i);
    }
    EXPECT_IS(counter, THREADS * ROUNDS);
    EXPECT_IS(own, 5);
}

/* ---- many, one after another, detached or not: nothing of them stays ------------------------- */

static sem_t ended;

static void *post(void *argument)
{
    char room[8192];

    memset(room, 1, sizeof(room));
    __asm__ volatile("" ::"r"(room) : "memory");
    sem_post(&ended);
    return argument;
}

static void test_detached(void)
{
    pthread_attr_t attributes;
    pthread_t thread;

    sem_init(&ended, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 65536);
    for (int i = 0; i < 300; i++) {
        int error;

        while ((error = pthread_create(&thread, i % 2 ? &attributes : NULL, post, NULL)) == EAGAIN)
            usleep(1000);
        EXPECT_IS(error, 0);
        EXPECT_IS(sem_wait(&ended), 0);
        if (i % 2 == 0)
            EXPECT_IS(pthread_join(thread, NULL), 0);
    }
}

/* ---- kinds of mutexes ------------------------------------------------------------------------ */

static void *try_it(void *mutex_)
{
    return (void *)(long)pthread_mutex_trylock(mutex_);
}

static void test_mutexes(void)
{
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER, checked;
    pthread_mutexattr_t attributes;
    struct timespec moment;
    pthread_t thread;
    void *value;

    EXPECT(pthread_mutex_lock(&recursive) == 0 && pthread_mutex_lock(&recursive) == 0);
    pthread_create(&thread, NULL, try_it, &recursive);
    pthread_join(thread, &value);
    EXPECT_IS(value, EBUSY);
    EXPECT(pthread_mutex_unlock(&recursive) == 0 && pthread_mutex_unlock(&recursive) == 0);
    EXPECT_IS(pthread_mutex_unlock(&recursive), EPERM);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attributes);
    EXPECT(pthread_mutex_lock(&checked) == 0);
    EXPECT_IS(pthread_mutex_lock(&checked), EDEADLK);
    EXPECT_IS(pthread_mutex_trylock(&checked), EBUSY);
    EXPECT_IS(pthread_mutex_destroy(&checked), EBUSY);
    EXPECT_IS(pthread_mutex_unlock(&checked), 0);
    pthread_mutex_lock(&mutex);
    clock_gettime(CLOCK_REALTIME, &moment);
    moment.tv_nsec += 20000000;
    if (moment.tv_nsec >= 1000000000)
        moment.tv_nsec -= 1000000000, moment.tv_sec++;
    EXPECT_IS(pthread_mutex_timedlock(&mutex, &moment), ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

/* ---- a queue of one place between two -------------------------------------------------------- */

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int place;

static void *consume(void *argument)
{
    long sum = 0;

    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        while (!place)
            pthread_cond_wait(&changed, &mutex);
        sum += place;
        place = 0;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    (void)argument;
    return (void *)sum;
}

static void test_conditions(void)
{
    struct timespec moment;
    pthread_t thread;
    void *sum;

    pthread_create(&thread, NULL, consume, NULL);
    for (int i = 1; i <= ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        while (place)
            pthread_cond_wait(&changed, &mutex);
        place = i;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_join(thread, &sum);
    EXPECT_IS(sum, (long)ROUNDS * (ROUNDS + 1) / 2);
    pthread_mutex_lock(&mutex);
    clock_gettime(CLOCK_REALTIME, &moment);
    EXPECT_IS(pthread_cond_timedwait(&changed, &mutex, &moment), ETIMEDOUT);
    EXPECT_IS(pthread_mutex_trylock(&mutex), EBUSY);
    pthread_mutex_unlock(&mutex);
}

/* ---- readers and writers --------------------------------------------------------------------- */

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile long left_half, right_half;

static void *read_both(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_rwlock_rdlock(&lock);
        EXPECT(left_half == right_half);
        pthread_rwlock_unlock(&lock);
    }
    return argument;
}

static void *write_both(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_rwlock_wrlock(&lock);
        left_half++;
        if (i % 50 == 0)
            sched_yield();
        right_half++;
        pthread_rwlock_unlock(&lock);
    }
    return argument;
}

static void test_rwlock(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, i < 2 ? read_both : write_both, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    EXPECT_IS(left_half, 2 * ROUNDS);
    EXPECT(pthread_rwlock_rdlock(&lock) == 0 && pthread_rwlock_trywrlock(&lock) == EBUSY
           && pthread_rwlock_tryrdlock(&lock) == 0);
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_unlock(&lock);
}

/* ---- once, keys, barrier --------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static pthread_barrier_t barrier;
static int times_done, keys_ended, serial, passed;

static void do_once(void)
{
    usleep(1000);
    times_done++;
}

static void end_key(void *value)
{
    __atomic_add_fetch(&keys_ended, (int)(long)value, __ATOMIC_RELAXED);
}

static void *meet(void *argument)
{
    pthread_once(&once, do_once);
    EXPECT_IS(times_done, 1);
    EXPECT(!pthread_getspecific(key) && pthread_setspecific(key, argument) == 0);
    for (int i = 0; i < 50; i++) {
        __atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
        EXPECT(__atomic_load_n(&passed, __ATOMIC_SEQ_CST) >= (i + 1) * 3);
    }
    EXPECT(pthread_getspecific(key) == argument);
    return NULL;
}

static void test_meeting(void)
{
    pthread_t threads[3];

    pthread_key_create(&key, end_key);
    pthread_barrier_init(&barrier, NULL, 3);
    for (long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, meet, (void *)(i + 1));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    EXPECT_IS(keys_ended, 6);
    EXPECT_IS(serial, 50);
    EXPECT_IS(pthread_key_delete(key), 0);
}

/* ---- ending others --------------------------------------------------------------------------- */

static int cleaned;

static void clean(void *argument)
{
    cleaned += (int)(long)argument;
}

static void *wait_in_read(void *argument)
{
    char byte;

    pthread_cleanup_push(clean, (void *)1);
    (void)!read(*(int *)argument, &byte, 1);
    pthread_cleanup_pop(0);
    return NULL;
}

static void unlock(void *argument)
{
    clean((void *)10);
    pthread_mutex_unlock(argument);
}

static void *wait_for_condition(void *argument)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    for (;;)
        pthread_cond_wait(&changed, &mutex);
    pthread_cleanup_pop(1);
    return argument;
}

static void test_cancel(void)
{
    pthread_t threads[2];
    int fds[2];
    void *value;

    EXPECT_IS(pipe(fds), 0);
    pthread_create(&threads[0], NULL, wait_in_read, &fds[0]);
    pthread_create(&threads[1], NULL, wait_for_condition, NULL);
    usleep(20000);
    for (int i = 0; i < 2; i++) {
        EXPECT_IS(pthread_cancel(threads[i]), 0);
        EXPECT_IS(pthread_join(threads[i], &value), 0);
        EXPECT(value == PTHREAD_CANCELED);
    }
    EXPECT_IS(cleaned, 11);
    EXPECT(pthread_mutex_trylock(&mutex) == 0);
    pthread_mutex_unlock(&mutex);
    close(fds[0]);
    close(fds[1]);
}

/* ---- fork, and stdio, among threads ---------------------------------------------------------- */

static volatile int stop;

static void *keep_allocating(void *file)
{
    while (!stop) {
        free(malloc(100));
        fprintf(file, "line of one thread\n");
    }
    return NULL;
}

static void allocate_and_print(void)
{
    char text[32];
    char *memory = malloc(1000);

    if (!memory || snprintf(text, sizeof(text), "%d", 12) != 2)
        _exit(1);
    free(memory);
    fflush(NULL);
    _exit(5);
}

static void test_fork(void)
{
    FILE *file = fopen("/dev/null", "w");
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, keep_allocating, file);
    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0)
            allocate_and_print();
        EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 5);
    }
    stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    fclose(file);
}

static int c11_work(void *argument)
{
    return *(int *)argument + 1;
}

static void test_c11(void)
{
    thrd_t thread;
    int number = 41, result = 0;

    EXPECT(thrd_create(&thread, c11_work, &number) == thrd_success
           && thrd_join(thread, &result) == thrd_success);
    EXPECT_IS(result, 42);
}

static void *exit_process(void *argument)
{
    usleep(10000);
    exit(*(int *)argument);
}

static void leave_the_others(void)
{
    pthread_t thread;
    static int status = 17;

    pthread_create(&thread, NULL, exit_process, &status);
    pthread_exit(NULL);
}

int main(void)
{
    test_threads();
    test_detached();
    test_mutexes();
    test_conditions();
    test_rwlock();
    test_meeting();
    test_cancel();
    test_fork();
    test_c11();
    EXPECT_IS(status_of(leave_the_others), 17);
    return done("threads");
}

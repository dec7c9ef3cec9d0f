/* Locks: the driver's queue, for `program`; who waits there is the driver's thread and its program. */
#include "kernel/core/driver/program.h"

#include "kernel/arch/arch.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"
#include "lib/span.h"

static const struct driver_programs *programs; /* NULL until step 14 */

bool driver_programs_there(void)
{
    return __atomic_load_n(&programs, __ATOMIC_ACQUIRE) != NULL;
}

/* A disk's driver that runs in the kernel so far keeps its program in memory. */
static void move_to_program(struct driver *driver)
{
    bool is_disk = driver->code->manifest.class == DDI_DISK;

    if (is_disk && driver->state == DRIVER_ABSENT)
        return; /* it was looked for already */
    int error = is_disk ? programs->keep(driver) : 0;

    if (!error)
        error = driver_order(driver, driver->state == DRIVER_RUNNING ? DRIVER_RESTART : DRIVER_START);
    if (error)
        log_error(driver->code->manifest.name, "stays in the kernel: %s", error_text(error));
}

int driver_program_keep(struct driver *driver, enum driver_order order)
{
    bool begins = order == DRIVER_START || order == DRIVER_RESTART;
    bool there = order == DRIVER_PLACE_USER || (begins && driver->wanted == DDI_PLACED_USER);

    return programs && there ? programs->keep(driver) : 0;
}

void driver_programs_begin(const struct driver_programs *operations)
{
    __atomic_store_n(&programs, operations, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < DRIVERS_MAX; i++) {
        struct driver *driver = driver_get_at(i);

        if (!driver)
            continue;
        if (driver->thread && driver->wanted == DDI_PLACED_USER)
            move_to_program(driver);
        driver_put(driver);
    }
}

/* But for those that are the kernel's, four by four. */
static void reach(struct driver *driver, unsigned bar, uint16_t first, uint16_t last)
{
    enum ddi_dma dma = driver->code->manifest.dma;

    if (!dma_keeps_port(dma, bar, 4, 1)) {
        port_rights_add(&driver->ports, first, last);
        return;
    }
    for (unsigned offset = 0; first + offset + 3 <= last; offset += 4)
        if (!dma_keeps_port(dma, bar, offset, 4))
            port_rights_add(&driver->ports, (uint16_t)(first + offset), (uint16_t)(first + offset + 3));
}

uint16_t driver_program_reaches(struct driver *driver, uint16_t first)
{
    for (unsigned i = 0; i < DRIVER_GRANTS; i++) {
        if (driver->grants[i].last == 0 || driver->grants[i].first != first)
            continue;
        uint64_t saved = cpu_save_interrupts();

        reach(driver, driver->grants[i].bar, first, driver->grants[i].last);
        cpu_restore_interrupts(saved);
        return driver->grants[i].last;
    }
    return first;
}

/* Ports that the program reaches itself: those that may be read, and written with any value. */
static void grant_ports(struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;

    uint64_t saved = cpu_save_interrupts();

    port_rights_clear(&driver->ports);
    cpu_restore_interrupts(saved);
    for (unsigned i = 0; i < DDI_RANGES_MAX && driver->ports.count < PORT_RANGES_MAX; i++) {
        const struct ddi_ports *ports = &manifest->ports[i];

        if (ports->last == 0 || !ports->values || ports->values_size > 0
            || manifest->steps_only >> i & 1)
            continue;
        driver->ports.ranges[driver->ports.count].first = ports->first;
        driver->ports.ranges[driver->ports.count++].last = ports->last;
    }
}

int driver_program_start(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_STARTS;
    wait_unlock(&driver->queue, saved);
    grant_ports(driver);
    int error = programs ? programs->start(driver, &driver->program.pid) : -ENOSYS;

    if (error) {
        saved = wait_lock(&driver->queue);
        driver->program.state = PROGRAM_NONE;
        wait_unlock(&driver->queue, saved);
    }
    return error;
}

int driver_program_call(struct driver *driver, struct abi_driver_call *call, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    call->sequence = driver->program.call.sequence + 1;
    driver->program.call = *call;
    driver->program.asked = true;
    driver->program.deadline_ns = deadline_ns;
    wait_wake_all(&driver->queue);
    while (driver->program.asked && driver->program.state != PROGRAM_GONE && !error) {
        error = wait_locked(&driver->queue, &saved, driver->program.deadline_ns);
        if (error != -ETIMEDOUT || !driver->program.asked)
            continue;
        if (time_now_ns() < driver->program.deadline_ns) { /* it has waited meanwhile */
            error = 0;
            continue;
        }
        wait_unlock(&driver->queue, saved);
        uint64_t more = driver_more_time(driver);

        saved = wait_lock(&driver->queue);
        if (more) {
            driver->program.deadline_ns = more;
            error = 0;
        }
    }
    if (!driver->program.asked)
        error = 0;
    else if (driver->program.state == PROGRAM_GONE)
        error = -EPIPE;
    call->result = driver->program.call.result;
    driver->program.asked = false;
    wait_unlock(&driver->queue, saved);
    return error;
}

void driver_program_end(struct driver *driver)
{
    if (driver->program.state == PROGRAM_NONE)
        return;
    programs->end(driver->program.pid);
    programs->bury(driver->program.pid);
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_NONE;
    wait_unlock(&driver->queue, saved);
}

int driver_program_next(struct driver *driver, struct abi_driver_call *call)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    bool answers = driver->program.state == PROGRAM_RUNS && driver->program.asked;

    if (answers && call->sequence != driver->program.call.sequence) {
        wait_unlock(&driver->queue, saved);
        driver_violates(driver->code, "answers call", (unsigned)call->sequence,
                        driver->program.call.sequence);
        return -EPERM;
    }
    if (answers) {
        driver->program.call.result = call->result;
        driver->program.asked = false;
        wait_wake_all(&driver->queue);
    }
    driver->program.state = PROGRAM_WAITS;
    while (!driver->program.asked && !error)
        error = wait_interruptible(&driver->queue, &saved, WAIT_FOREVER);
    if (!error) {
        *call = driver->program.call;
        call->memory = NULL; /* where ours is, is not theirs to know */
        driver->program.state = PROGRAM_RUNS;
    }
    wait_unlock(&driver->queue, saved);
    return error;
}

void driver_program_kill(uint64_t pid)
{
    programs->end(pid);
}

void *driver_program_memory(struct driver *driver, uint64_t at, uint64_t bytes, bool write)
{
    uint64_t number = (at - DRIVER_MEMORY) >> DRIVER_MEMORY_SHIFT;

    if (at < DRIVER_MEMORY || number >= DRIVER_REQUESTS || !driver->transfers.taken[number]
        || driver->program.state != PROGRAM_RUNS)
        return NULL;
    const struct abi_driver_call *call = &driver->transfers.taken[number]->call;
    uint64_t offset = at - DRIVER_MEMORY - (number << DRIVER_MEMORY_SHIFT);
    uint64_t size = (uint64_t)call->count * 512;
    bool fits = offset <= size && bytes <= size - offset
                && (call->what == DRIVER_CALL_DISK_READ
                    || (call->what == DRIVER_CALL_DISK_WRITE && !write));

    return fits ? room_from(room_of(call->memory, size), offset).chars : NULL;
}

void driver_program_gone(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_GONE;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}

/* /proc's own files: the machine, its memory, its interrupts, what is mounted. Their form is
   Linux's (proc(5)), so that tools know it. */
#include "kernel/fs/proc_files.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/fs/page_cache.h"
#include "kernel/fs/proc.h"

typedef unsigned long long ull;

/* ---- mounts ---------------------------------------------------------------------------------- */

/* Blanks in names as octal numbers, as fstab(5) has them. */
static void put_escaped(struct proc_text *text, const char *name)
{
    struct text chars = text_of(name, strlen(name));

    for (size_t i = 0; i < chars.size; i++) {
        char c = text_at(chars, i);

        if (c == ' ' || c == '\t' || c == '\n' || c == '\\')
            proc_print(text, "\\%03o", (unsigned)(uint8_t)c);
        else
            proc_put(text, text_part(chars, i, 1));
    }
}

static int make_mounts(struct proc_text *text, void *context)
{
    struct mount_info info;

    (void)context;
    for (unsigned i = 0; vfs_mount_info(i, &info) == 0; i++) {
        put_escaped(text, info.source);
        proc_print(text, " ");
        put_escaped(text, info.target);
        proc_print(text, " %s %s%s%s%s 0 0\n", info.type, info.flags & MS_RDONLY ? "ro" : "rw",
                   info.flags & MS_NOSUID ? ",nosuid" : "", info.flags & MS_NODEV ? ",nodev" : "",
                   info.flags & MS_NOEXEC ? ",noexec" : "");
    }
    return 0;
}

static int make_filesystems(struct proc_text *text, void *context)
{
    const struct filesystem_operations *type;

    (void)context;
    for (unsigned i = 0; (type = filesystem_at(i)); i++)
        proc_print(text, "%s\t%s\n", type->needs_disk ? "" : "nodev", type->name);
    return 0;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void put_kib(struct proc_text *text, const char *name, uint64_t kib)
{
    proc_print(text, "%-15s %8llu kB\n", name, (ull)kib);
}

static uint64_t slab_kib(void)
{
    struct slab_info info;
    uint64_t bytes = 0;

    for (unsigned i = 0; slab_info(i, &info); i++)
        bytes += info.slabs * info.slab_bytes;
    return bytes / 1024;
}

static int make_meminfo(struct proc_text *text, void *context)
{
    const uint64_t frame_kib = FRAME_SIZE / 1024;
    struct page_cache_info cache;
    uint64_t free = frames_free();

    (void)context;
    page_cache_info(&cache);
    put_kib(text, "MemTotal:", frames_total() * frame_kib);
    put_kib(text, "MemFree:", free * frame_kib);
    put_kib(text, "MemAvailable:", (free + cache.pages - cache.dirty) * frame_kib);
    put_kib(text, "Buffers:", 0);
    put_kib(text, "Cached:", cache.pages * frame_kib);
    put_kib(text, "Dirty:", cache.dirty * frame_kib);
    put_kib(text, "Slab:", slab_kib());
    put_kib(text, "KernelHeap:", heap_used() / 1024);
    put_kib(text, "SwapTotal:", 0);
    put_kib(text, "SwapFree:", 0);
    return 0;
}

static int make_slabs(struct proc_text *text, void *context)
{
    struct slab_info info;

    (void)context;
    proc_print(text, "%-20s %8s %8s %8s %8s\n", "# name", "used", "objects", "bytes", "slabs");
    for (unsigned i = 0; slab_info(i, &info); i++)
        proc_print(text, "%-20s %8llu %8llu %8u %8llu\n", info.name, (ull)info.used,
                   (ull)info.objects, info.size, (ull)info.slabs);
    return 0;
}

/* ---- time and interrupts --------------------------------------------------------------------- */

static uint64_t idle_ns(void)
{
    struct thread_info idle;

    return thread_info(0, &idle) ? 0 : idle.cpu_ns;
}

static void put_seconds(struct proc_text *text, uint64_t ns, const char *behind)
{
    proc_print(text, "%llu.%02llu%s", (ull)(ns / NS_PER_SECOND),
               (ull)(ns % NS_PER_SECOND / (NS_PER_SECOND / 100)), behind);
}

static int make_uptime(struct proc_text *text, void *context)
{
    (void)context;
    put_seconds(text, time_now_ns(), " ");
    put_seconds(text, idle_ns(), "\n");
    return 0;
}

static uint64_t interrupt_count(void)
{
    const struct irq_line *line;
    uint64_t count = nmi_count();

    for (unsigned i = 0; (line = irq_line(i)); i++)
        count += line->count;
    for (unsigned i = 48; i < 256; i++)
        count += vector_count(i).count;
    return count;
}

/* cpu: user nice system idle, in hundredths of a second. User and system time are not told apart.
   Processes: threads, too. */
static int make_stat(struct proc_text *text, void *context)
{
    const uint64_t tick = NS_PER_SECOND / 100;
    uint64_t idle = idle_ns(), busy = time_now_ns() - idle, wall_ns;

    const struct threads_load load = threads_load();

    (void)context;
    for (unsigned i = 0; i < 2; i++)
        proc_print(text, "%s %llu 0 0 %llu 0 0 0 0 0 0\n", i ? "cpu0" : "cpu ", (ull)(busy / tick),
                   (ull)(idle / tick));
    proc_print(text, "intr %llu\nctxt %llu\nprocesses %llu\nprocs_running %u\n", (ull)interrupt_count(),
               (ull)load.switches, (ull)load.made, load.running);
    if (time_wall_ns(&wall_ns) == 0)
        proc_print(text, "btime %llu\n", (ull)((wall_ns - time_now_ns()) / NS_PER_SECOND));
    return 0;
}

/* How many ran or could, on average over 1, 5 and 15 minutes, of which those longest past count least: each
   5 s a share of it becomes what is so now. Of 2048: e to the power of minus 5 s over the time. */
static struct {
    struct timer timer;
    uint64_t of_2048[3];
} load;

static void sample_load(void *context)
{
    static const uint16_t keeps[] = {1884, 2014, 2037};
    const uint64_t now = threads_load().running;

    (void)context;
    for (unsigned i = 0; i < array_length(keeps); i++)
        load.of_2048[i] = (load.of_2048[i] * keeps[i] + now * 2048 * (2048u - keeps[i]) + 1024) / 2048;
}

static int make_loadavg(struct proc_text *text, void *context)
{
    const struct threads_load now = threads_load();

    (void)context;
    for (unsigned i = 0; i < array_length(load.of_2048); i++)
        proc_print(text, "%llu.%02llu ", (ull)(load.of_2048[i] / 2048),
                   (ull)(load.of_2048[i] % 2048 * 100 / 2048));
    proc_print(text, "%u/%u %llu\n", now.running, now.all, (ull)now.made);
    return 0;
}

static void put_line(struct proc_text *text, unsigned number, const struct irq_line *line)
{
    proc_print(text, "%4u: %12llu  %s %s ", number, (ull)line->count, irq_controller_name(),
               irq_is_level(number) ? "level" : "edge");
    for (const struct irq_action *action = line->actions; action; action = action->next)
        proc_print(text, " %s%s", action->name, action->next ? "," : "");
    proc_print(text, "%s\n", line->held ? " (masked)" : "");
}

static int make_interrupts(struct proc_text *text, void *context)
{
    const struct irq_line *line;

    (void)context;
    proc_print(text, "%5s %12s\n", "", "CPU0");
    for (unsigned i = 0; (line = irq_line(i)); i++)
        if (line->actions || line->count || line->unclaimed)
            put_line(text, i, line);
    for (unsigned i = 48; i < 256; i++) {
        struct vector_count vector = vector_count(i);

        if (vector.name)
            proc_print(text, "%4u: %12llu  vector  %s\n", i, (ull)vector.count, vector.name);
    }
    proc_print(text, " NMI: %12llu\n", (ull)nmi_count());
    return 0;
}

/* ---- the system ------------------------------------------------------------------------------ */

static int make_version(struct proc_text *text, void *context)
{
    (void)context;
    proc_print(text, "FastOS, %s\n", boot_info()->bootloader);
    return 0;
}

static int make_cmdline(struct proc_text *text, void *context)
{
    (void)context;
    proc_put(text, text_of(boot_info()->cmdline, strnlen(boot_info()->cmdline, BOOT_CMDLINE_MAX)));
    proc_print(text, "\n");
    return 0;
}

/* When each step of the boot was over, in ticks of the time-stamp counter since power-on. */
static int make_boot(struct proc_text *text, void *context)
{
    const struct boot_info *info = boot_info();

    (void)context;
    for (uint32_t i = 0; i < info->stamp_count; i++)
        proc_print(text, "%llu %s\n", (ull)info->stamps[i].tsc, info->stamps[i].name);
    return 0;
}

static int make_cpuinfo(struct proc_text *text, void *context)
{
    char cpu[160];

    (void)context;
    cpu_describe(cpu, sizeof(cpu));
    proc_print(text, "processor\t: 0\nmodel name\t: %s\ncpu MHz\t\t: %llu.%03llu\n", cpu,
               (ull)(time_tsc_hz() / 1000000), (ull)(time_tsc_hz() / 1000 % 1000));
    return 0;
}

/* The log so far; what is said meanwhile comes with the next reading. */
static int make_log(struct proc_text *text, void *context)
{
    char piece[256];
    size_t at = 0, now, all = log_size();

    (void)context;
    while (at < all && (now = log_peek(at, piece, sizeof(piece))) > 0) {
        proc_put(text, text_of(piece, now));
        at += now;
    }
    return 0;
}

int proc_files_register(void)
{
    static const struct {
        const char *name;
        proc_generator *make;
    } files[] = {
        {"mounts", make_mounts},   {"filesystems", make_filesystems}, {"meminfo", make_meminfo},
        {"slabinfo", make_slabs},  {"uptime", make_uptime},           {"stat", make_stat},
        {"version", make_version}, {"interrupts", make_interrupts},   {"cmdline", make_cmdline},
        {"cpuinfo", make_cpuinfo}, {"kmsg", make_log},                   {"boot", make_boot},
        {"loadavg", make_loadavg},
    };
    int error = 0;

    timer_init(&load.timer, sample_load, NULL);
    timer_start_periodic(&load.timer, time_now_ns() + 5 * NS_PER_SECOND, 5 * NS_PER_SECOND);
    for (unsigned i = 0; i < array_length(files) && !error; i++)
        error = proc_register(files[i].name, files[i].make, NULL);
    return error;
}

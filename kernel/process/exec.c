/*
 * Programs loaded. Nothing of a file is read but its headers: its segments are mapped, and come
 * page by page through the cache when they are touched. What is written here into the new map (the
 * stack, zeros behind the data) goes through its pages' frames, as the map is not loaded yet;
 * relocate.c does the same.
 */
#include "kernel/process/exec.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/random/random.h"
#include "kernel/core/time/clock_page.h"
#include "kernel/fs/descriptors.h"
#include "kernel/process/private.h"
#include "kernel/process/relocate.h"
#include "kernel/process/signals.h"
#include "kernel/process/trace.h"
#include "lib/errno.h"
#include "lib/program.h"
#include "lib/span.h"
#include "lib/string.h"

#define SCRIPTS_MAX   4u   /* scripts whose interpreter is a script */
#define SCRIPT_LINE   256u
#define PIE_LOWEST    0x0000100000000000ull /* a static PIE lies here, at a random page */
#define PIE_SPREAD    (1ull << 28)          /* pages */
#define STACK_TOP     (USER_END - PAGE_SIZE)
#define STACK_SPREAD  (1ull << 12) /* pages */
#define STACK_LEAST   (256ull << 10)
#define STACK_MOST    (256ull << 20)
#define HEAP_GAP      (1ull << 12) /* pages between the program and its heap, at most */

/* ---- the new map, from outside --------------------------------------------------------------- */

/* bytes.bytes NULL: zeros. */
static int poke(struct memory_map *map, uint64_t at, struct span bytes)
{
    for (size_t done = 0; done < bytes.size;) {
        size_t in_page = (at + done) % PAGE_SIZE, now = PAGE_SIZE - in_page;
        struct room page;
        int error = memory_map_page(map, at + done, FAULT_WRITE, &page);

        if (error)
            return error;
        if (now > bytes.size - done)
            now = bytes.size - done;
        if (bytes.bytes)
            memcpy(room_from(page, in_page).chars, span_part(bytes, done, now).bytes, now);
        else
            memset(room_from(page, in_page).chars, 0, now);
        done += now;
    }
    return 0;
}

/* ---- segments -------------------------------------------------------------------------------- */

static unsigned protection_of(const struct program_segment *segment)
{
    return (segment->flags & PROGRAM_READ ? PROT_READ : 0)
           | (segment->flags & PROGRAM_WRITE ? PROT_WRITE : 0)
           | (segment->flags & PROGRAM_EXECUTE ? PROT_EXEC : 0);
}

static int map_part(struct memory_map *map, uint64_t from, uint64_t to, unsigned protection,
                    struct file *file, uint64_t offset)
{
    struct mapping mapping = {
        .at = from,
        .size = to - from,
        .protection = protection,
        .flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE,
        .file = file,
        .offset = offset,
    };

    return to > from ? memory_map_add(map, &mapping) : 0;
}

static uint64_t page_down(uint64_t at)
{
    return at & ~(PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t at)
{
    return page_down(at + PAGE_SIZE - 1);
}

/* The file's pages, then zeros: those of the last page of the file's by hand. */
static int map_segment(struct memory_map *map, const struct program_segment *segment,
                       struct file *file, uint64_t slide)
{
    uint64_t start = segment->virt + slide, filled = start + segment->file_bytes;
    uint64_t end = start + segment->memory_bytes, of_file = page_up(filled);
    unsigned protection = protection_of(segment);
    int error;

    if (segment->file_bytes == 0)
        return map_part(map, page_down(start), page_up(end), protection, NULL, 0);
    error = map_part(map, page_down(start), of_file, protection, file,
                     page_down(segment->file_offset));
    if (!error)
        error = map_part(map, of_file, page_up(end), protection, NULL, 0);
    if (!error && segment->flags & PROGRAM_WRITE && filled < of_file && end > filled)
        error = poke(map, filled,
                     (struct span){NULL, (end < of_file ? end : of_file) - filled});
    return error;
}

/* ---- the stack ------------------------------------------------------------------------------- */

static uint64_t random_below(uint64_t limit)
{
    uint64_t value;

    random_bytes(&value, sizeof(value));
    return value % limit;
}

static int map_stack(struct memory_map *map, const struct process *process, uint64_t *top)
{
    uint64_t size = process->limits[RLIMIT_STACK].now;

    size = size < STACK_LEAST ? STACK_LEAST : size > STACK_MOST ? STACK_MOST : size;
    *top = STACK_TOP - random_below(STACK_SPREAD) * PAGE_SIZE;
    return map_part(map, *top - page_down(size), *top, PROT_READ | PROT_WRITE, NULL, 0);
}

/* The page with the clock, where the stack's page table reaches: behind it. 0: there is none. */
static int map_clock(struct memory_map *map, uint64_t at, uint64_t *clock)
{
    uint64_t frame = clock_page_frame();
    int error = frame ? map_part(map, at, at + PAGE_SIZE, PROT_READ, NULL, 0) : 0;

    if (!error && frame)
        error = memory_map_lend(map, at, frame);
    *clock = frame ? at : 0;
    return error;
}

/* The words at the bottom of the stack's contents, gathered in memory of our own. */
struct vector {
    struct room room;
    size_t size;
};

static void put(struct vector *vector, uint64_t word)
{
    room_put(vector->room, vector->size, text_of((const char *)&word, sizeof(word)));
    vector->size += sizeof(word);
}

static void put_pair(struct vector *vector, uint64_t type, uint64_t value)
{
    put(vector, type);
    put(vector, value);
}

/* Addresses of `count` strings from *at on, and 0. */
static void put_strings(struct vector *vector, const struct program_strings *strings,
                        uint32_t count, uint64_t base, size_t *at)
{
    struct text all = text_of(strings->bytes, strings->size);

    for (uint32_t i = 0; i < count; i++) {
        put(vector, base + *at);
        *at += strlen(text_from(all, *at).chars) + 1;
    }
    put(vector, 0);
}

#define AUXILIARY_PAIRS 15u

struct stack_plan {
    const struct program *program;
    const struct process *process;
    uint64_t slide, strings, random, name, clock;
};

static void put_auxiliary(struct vector *vector, const struct stack_plan *plan)
{
    const struct program *program = plan->program;

    put_pair(vector, AT_PHDR, program->headers_virt ? program->headers_virt + plan->slide : 0);
    put_pair(vector, AT_PHENT, 56);
    put_pair(vector, AT_PHNUM, program->header_count);
    put_pair(vector, AT_PAGESZ, PAGE_SIZE);
    put_pair(vector, AT_BASE, plan->slide);
    put_pair(vector, AT_ENTRY, program->entry + plan->slide);
    put_pair(vector, AT_UID, plan->process->real_uid);
    put_pair(vector, AT_EUID, plan->process->fs.uid);
    put_pair(vector, AT_GID, plan->process->real_gid);
    put_pair(vector, AT_EGID, plan->process->fs.gid);
    put_pair(vector, AT_SECURE, 0);
    put_pair(vector, AT_RANDOM, plan->random);
    put_pair(vector, AT_EXECFN, plan->name);
    put_pair(vector, AT_FASTOS_CLOCK, plan->clock);
    put_pair(vector, AT_NULL, 0);
}

static int fill_stack(struct memory_map *map, const struct stack_plan *plan,
                      const struct program_strings *strings, uint64_t *stack)
{
    size_t words = 1 + strings->arguments + 1 + strings->environment + 1 + 2 * AUXILIARY_PAIRS;
    size_t bytes = words * sizeof(uint64_t), at = 0;
    char *memory = alloc(bytes, sizeof(uint64_t));
    struct vector vector = {room_of(memory, bytes), 0};

    if (!memory)
        return -ENOMEM;
    put(&vector, strings->arguments);
    put_strings(&vector, strings, strings->arguments, plan->strings, &at);
    put_strings(&vector, strings, strings->environment, plan->strings, &at);
    put_auxiliary(&vector, plan);
    *stack = (plan->strings - bytes) & ~15ull;
    int error = poke(map, *stack, span_of(memory, bytes));

    dealloc(memory, bytes, sizeof(uint64_t));
    return error;
}

static int build_stack(struct memory_map *map, struct stack_plan *plan, const char *path,
                       const struct program_strings *strings, uint64_t *stack)
{
    uint8_t seed[16];
    uint64_t top;
    int error = map_stack(map, plan->process, &top);

    if (!error)
        error = map_clock(map, top, &plan->clock);
    if (error)
        return error;
    random_bytes(seed, sizeof(seed));
    plan->random = top - sizeof(seed);
    plan->name = plan->random - (strlen(path) + 1);
    plan->strings = plan->name - strings->size;
    error = poke(map, plan->random, span_of(seed, sizeof(seed)));
    if (!error)
        error = poke(map, plan->name, span_of(path, strlen(path) + 1));
    if (!error)
        error = poke(map, plan->strings, span_of(strings->bytes, strings->size));
    return error ? error : fill_stack(map, plan, strings, stack);
}

/* ---- programs -------------------------------------------------------------------------------- */

struct image {
    const char *path;
    struct file *file;
    struct room head; /* its first bytes */
    size_t head_size;
    struct program program;
};

static int build_map(struct process *process, struct image *image,
                     const struct program_strings *strings, struct program_start *start)
{
    const struct program *program = &image->program;
    struct memory_map *map = start->map;
    uint64_t slide = program->relocatable ? PIE_LOWEST + random_below(PIE_SPREAD) * PAGE_SIZE : 0;
    struct stack_plan plan = {.program = program, .process = process, .slide = slide};
    int error = 0;

    map->limit = process->limits[RLIMIT_AS].now;
    for (uint32_t i = 0; i < program->segment_count && !error; i++)
        error = map_segment(map, &program->segments[i], image->file, slide);
    if (!error)
        error = program_relocate(map, program, slide);
    if (!error)
        error = build_stack(map, &plan, image->path, strings, &start->stack);
    map->heap_start = map->heap_end =
        program->end + slide + (1 + random_below(HEAP_GAP)) * PAGE_SIZE;
    program_strings_begin(strings, &start->words);
    start->entry = program->entry + slide;
    start->slide = slide;
    return error;
}

static bool is_native(struct image *image)
{
    const struct program *program = &image->program;
    uint8_t note[64];
    uint64_t offset = program->note_offset;
    struct io io = io_of_kernel(note, program->note_bytes < sizeof(note) ? program->note_bytes
                                                                         : sizeof(note));
    int64_t got = io.size ? file_read(image->file, &io, &offset) : 0;

    return got > 0 && program_has_note(span_of(note, (size_t)got));
}

static int load_elf(struct process *process, struct image *image,
                    const struct program_strings *strings, struct program_start *start,
                    const char **why)
{
    int error = program_check(span_of(image->head.chars, image->head_size),
                              image->file->inode->size, USER_START, STACK_TOP - STACK_MOST,
                              &image->program, why);

    if (error)
        return error;
    if (!is_native(image)) {
        *why = "PT_NOTE: no note of FastOS: made for another system";
        return -ENOEXEC;
    }
    error = memory_map_create(&start->map);
    if (!error) {
        error = build_map(process, image, strings, start);
        if (error)
            memory_map_put(start->map);
    }
    *why = error_text(error);
    return error;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int open_image(struct process *process, struct image *image)
{
    uint64_t start = 0;
    struct io io = io_of_kernel(image->head.chars, image->head.size);
    int error = image->file ? 0 : vfs_open(&process->fs, NULL, image->path, O_RDONLY, 0, &image->file);

    if (error)
        return error;
    if ((image->file->inode->mode & S_IFMT) != S_IFREG || !file_may_run(image->file))
        error = -EACCES;
    else
        error = vfs_access(&process->fs, image->file->inode, X_OK);
    int64_t got = error ? error : file_read(image->file, &io, &start);

    image->head_size = got > 0 ? (size_t)got : 0;
    if (got < 0)
        file_put(image->file);
    return got < 0 ? (int)got : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "#! INTERPRETER [ARGUMENT]", cut into `line`. */
static int read_script_line(const struct image *image, char line[SCRIPT_LINE],
                            struct program_words *words)
{
    struct text head = text_of(image->head.chars, image->head_size);
    size_t end = 2, at = 2;

    while (end < head.size && end < SCRIPT_LINE && text_at(head, end) != '\n')
        end++;
    if (end == head.size || end == SCRIPT_LINE)
        return -ENOEXEC;
    while (end > at && (is_blank(text_at(head, end - 1)) || text_at(head, end - 1) == '\r'))
        end--;
    memcpy(line, text_part(head, 0, end).chars, end);
    line[end] = '\0';
    while (at < end && is_blank(line[at]))
        at++;
    if (at == end)
        return -ENOEXEC;
    words->at[words->count++] = &line[at];
    while (at < end && !is_blank(line[at]))
        at++;
    while (at < end && is_blank(line[at]))
        line[at++] = '\0';
    if (at < end)
        words->at[words->count++] = &line[at];
    return 0;
}

static int load(struct process *process, const char *path, struct file *file,
                const struct program_strings *strings, unsigned depth, struct program_start *start,
                const char **why);

static int load_script(struct process *process, const struct image *image,
                       const struct program_strings *strings, unsigned depth,
                       struct program_start *start, const char **why)
{
    char line[SCRIPT_LINE];
    struct program_words words = {.count = 0};
    struct program_strings with;
    int error = depth == SCRIPTS_MAX ? -ELOOP : read_script_line(image, line, &words);

    if (!error) {
        words.at[words.count++] = image->path;
        error = program_strings_of_script(&with, &words, strings);
    }
    *why = error_text(error);
    if (error)
        return error;
    error = load(process, words.at[0], NULL, &with, depth + 1, start, why);
    program_strings_free(&with);
    return error;
}

static int load(struct process *process, const char *path, struct file *file,
                const struct program_strings *strings, unsigned depth, struct program_start *start,
                const char **why)
{
    char *head = alloc(PROGRAM_HEAD_BYTES, 1);
    struct image image = {.path = path, .file = file ? file_get(file) : NULL,
                          .head = room_of(head, PROGRAM_HEAD_BYTES)};
    int error = head ? open_image(process, &image) : -ENOMEM;

    *why = error_text(error);
    if (!head && file)
        file_put(file);
    if (!error) {
        if (image.head_size > 2 && memcmp(head, "#!", 2) == 0)
            error = load_script(process, &image, strings, depth, start, why);
        else
            error = load_elf(process, &image, strings, start, why);
        file_put(image.file);
    }
    dealloc(head, PROGRAM_HEAD_BYTES, 1);
    return error;
}

static const char *base_name(const char *path)
{
    struct text text = text_of_string(path);
    size_t begin = 0;

    for (size_t i = 0; i + 1 < text.size; i++)
        if (text_at(text, i) == '/' && text_at(text, i + 1) != '\0')
            begin = i + 1;
    return text_from(text, begin).chars;
}

int program_load(struct process *process, const char *path, struct file *file,
                 const struct program_strings *strings, struct program_start *start, const char **why)
{
    strlcpy(start->name, base_name(path), sizeof(start->name));
    return load(process, path, file, strings, 0, start, why);
}

/* ---- beginning ------------------------------------------------------------------------------- */

void program_begin(struct process *process, const struct program_start *start)
{
    uint64_t saved = spin_lock_irq(&process_lock); /* others look at the name and the map */

    process->map = start->map;
    process->user_stack = start->stack;
    process->slide = start->slide;
    memcpy(process->name, start->name, sizeof(process->name));
    process->words = start->words;
    spin_unlock_irq(&process_lock, saved);
}

static void become(const struct program_start *start)
{
    struct process *process = process_current();
    struct memory_map *old = process->map;
    struct interrupt_frame *frame = user_frame();

    if (process->trace)
        trace_record_last(process->trace, frame); /* while the strings that it names are there */
    program_begin(process, start);
    thread_set_process(process, &start->map->space);
    memory_map_put(old);
    descriptors_close_on_exec(process->descriptors);
    signals_reset_for_exec(process);
    user_thread_renew();
    cpu_start_user(frame, start->entry, start->stack);
    __atomic_or_fetch(&thread_current()->attention, ATTENTION_FRAME, __ATOMIC_RELAXED);
}

int process_exec(const char *path, struct user arguments, struct user environment)
{
    struct process *process = process_current();
    struct program_strings strings;
    struct program_start start;
    const char *why;
    int error = program_strings_of_user(&strings, arguments, environment);

    if (error)
        return error;
    error = program_load(process, path, NULL, &strings, &start, &why);
    program_strings_free(&strings);
    if (error)
        return error;
    error = process_alone();
    if (error) {
        memory_map_put(start.map);
        return error;
    }
    become(&start);
    return 0;
}

int program_open_console(struct descriptors *descriptors)
{
    struct fs_context context;
    struct file *file;
    int error, fd;

    fs_context_init(&context);
    error = vfs_open(&context, NULL, "/dev/console", O_RDWR, 0, &file);
    fs_context_release(&context);
    if (error)
        return error == -ENOMEM ? error : 0;
    for (unsigned i = 0; i < 3 && !error; i++)
        error = descriptors_install(descriptors, file, 0, 0, 3, &fd);
    file_put(file);
    return error;
}

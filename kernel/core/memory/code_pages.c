/* Pages for code. Locks: none of its own; each range has one user. */
#include "kernel/core/memory/code_pages.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "lib/string.h"

static int map_page(uint64_t virt)
{
    uint64_t phys;
    int error = alloc_frame(&phys);

    if (error)
        return error;
    memset(phys_to_virt(phys), 0, PAGE_SIZE);
    error = page_map(virt, phys, PAGE_WRITE);
    if (error)
        (void)!free_frame(phys);
    return error;
}

int code_pages_map(uint64_t virt, uint64_t bytes)
{
    for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
        int error = map_page(virt + done);

        if (error) {
            code_pages_unmap(virt, done);
            return error;
        }
    }
    return 0;
}

/* In the map of all physical memory. */
static int protect_frame(uint64_t virt, unsigned flags)
{
    uint64_t phys;
    int error = page_translate(virt, &phys);

    return error ? error : pages_protect((uintptr_t)phys_to_virt(phys), PAGE_SIZE, flags);
}

int code_pages_close(uint64_t virt, uint64_t bytes, unsigned flags)
{
    int error = bytes ? pages_protect(virt, bytes, flags) : 0;

    for (uint64_t done = 0; !error && done < bytes; done += PAGE_SIZE)
        error = protect_frame(virt + done, 0);
    return error;
}

/* To write a frame again needs no memory: the large page that it belongs to is split already. */
void code_pages_unmap(uint64_t virt, uint64_t bytes)
{
    for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
        uint64_t phys;

        if (page_translate(virt + done, &phys))
            continue;
        (void)!protect_frame(virt + done, PAGE_WRITE);
        if (page_unmap(virt + done) == 0)
            (void)!free_frame(phys);
    }
}

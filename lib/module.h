/*
 * A driver as a file of its own (docs/drivers.md): a shared object that drivers/module.ld linked, checked
 * before anything of it is believed. Use: module_check → copy the segments into one piece of memory →
 * module_link on the copy → module_holds for whatever it points to.
 *
 * Its segments are code (read, execute), constants (read), variables (read, write; may be missing). The
 * constants begin with what to link by, link addresses all:
 *
 *     0 "FASTOSKO"   8 symbols   16 bytes of them   24 their names   32 bytes   40 relocations   48 bytes
 *     56 the driver: a struct ddi_driver among the constants, relocated as any pointer
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/program.h"
#include "lib/span.h"

#define MODULE_IMAGE_MAX (1u << 20) /* bytes of memory */
#define MODULE_WHY       80u        /* room for a reason */

/* `file` is a module, whose memory goes from link address 0 to program->end. -ENOEXEC with *why: it is none,
   or damaged. */
int module_check(struct span file, struct program *program, const char **why) must_check;

/* The address of what the module wants by that name; false: nobody has it. */
typedef bool module_resolver(const char *name, uint64_t *address);
/* Apply all relocations to the copy, program->end bytes long, of a module that will run at virt_base.
   *driver: where in the copy its driver begins, a multiple of 8. -ENOEXEC and why: a table, a symbol or a
   relocation outside of the module, one of another type, a name that nobody has; the copy is then good for
   nothing. */
int module_link(const struct program *program, struct room loaded, uint64_t virt_base,
                module_resolver *resolve, size_t *driver, char why[MODULE_WHY]) must_check;

/* All of [at, at + bytes), an address behind module_link, lies in a segment with exactly these rights
   (PROGRAM_READ | …). bytes 0: nowhere. */
bool module_holds(const struct program *program, uint64_t virt_base, uint64_t at, uint64_t bytes,
                  unsigned rights);
/* A text of at most `longest` characters, all of them printable, terminated inside the constants. */
bool module_holds_text(const struct program *program, struct span loaded, uint64_t virt_base, uint64_t at,
                       size_t longest);

# The C library of user space, and the sysroot in which programs find it: newlib (C, and what of POSIX
# needs no kernel) and our own files over the system calls, in one libc.a.
#
#   build/sysroot/usr/include          ours, found first
#                    .../fastos        the system calls, and what crosses their line (lib/abi)
#                    .../newlib        newlib's
#   build/sysroot/usr/lib              crt0.o, libc.a, libm.a; libpthread.a and its like are empty
#
# newlib is compiled once, in build/newlib, for all kernels (DEBUG=1 has a sysroot of its own).

NEWLIB_TAR := $(wildcard /usr/src/newlib/newlib-*.tar.xz)
NEWLIB     := build/newlib
SYSROOT    := $(SHARED)/sysroot
NEWLIB_SRC := $(NEWLIB)/src/newlib

# How code for FastOS is compiled; tools/fastos-cc has the same list.
FASTOS_CFLAGS := -nostdinc -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/newlib \
    -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -D__fastos__=1 -D__unix__=1 -U__linux__ -U__linux -Ulinux -U__gnu_linux__ \
    -fPIE -march=x86-64 -fcf-protection=none -fno-asynchronous-unwind-tables \
    -ffunction-sections -fdata-sections

# ---- headers -------------------------------------------------------------------------------------
LIBC_HEADERS := $(patsubst user/libc/include/%,%,$(shell find user/libc/include -name '*.h'))
ABI_HEADERS  := channel files memory process signals terminal time

# One make at a time: those that share it may run beside each other.
NEWLIB_LOCK := flock build/newlib.lock

# Its one mistake that matters here: where va_list is an array, as a parameter it is an address already,
# and numbered arguments (%2$$s) need that, not the address of it.
MEND_NEWLIB := sed -i "s/&ap, &numargs/(va_list *) ap, \&numargs/" \
    $(addprefix $(NEWLIB_SRC)/libc/stdio/,vfprintf.c vfwprintf.c vfscanf.c vfwscanf.c)

$(NEWLIB)/unpacked: $(NEWLIB_TAR)
	@mkdir -p build && $(NEWLIB_LOCK) bash -euc '\
	    if [ $@ -nt $< ]; then exit; fi; \
	    rm -rf $(NEWLIB); mkdir -p $(NEWLIB)/src; \
	    tar -xJf $< -C $(NEWLIB)/src --strip-components=1 --no-same-owner --wildcards \
	        "*/newlib/libc" "*/newlib/libm" "*/COPYING.NEWLIB"; \
	    cp -a $(NEWLIB_SRC)/libc/include $(NEWLIB); \
	    cp -a $(NEWLIB_SRC)/libc/machine/x86_64/sys/. $(NEWLIB)/include/sys; \
	    $(MEND_NEWLIB); touch $@'

$(NEWLIB)/src/COPYING.NEWLIB: $(NEWLIB)/unpacked

$(SYSROOT)/headers: $(NEWLIB)/unpacked $(LIBC_HEADERS:%=user/libc/include/%) \
    $(ABI_HEADERS:%=lib/abi/%.h) lib/errno.h $(SHARED)/gen/fastos/syscalls.h \
    $(SHARED)/gen/fastos/syscall_names.h user/libc/libc.mk
	@mkdir -p $(SYSROOT)/usr/include/fastos/abi $(SYSROOT)/usr/include/newlib
	@cp -au $(NEWLIB)/include/. $(SYSROOT)/usr/include/newlib
	@rm -f $(SYSROOT)/usr/include/newlib/stdatomic.h # the compiler has one that knows _Atomic
	@cp -au user/libc/include/. $(SYSROOT)/usr/include
	@cp -pu $(ABI_HEADERS:%=lib/abi/%.h) $(SYSROOT)/usr/include/fastos/abi
	@cp -pu $(SHARED)/gen/fastos/{syscalls,syscall_names}.h $(SYSROOT)/usr/include/fastos
	@grep '^#' lib/errno.h > $(SYSROOT)/errno.h
	@cmp -s $(SYSROOT)/errno.h $(SYSROOT)/usr/include/fastos/abi/errno.h || \
	    cp $(SYSROOT)/errno.h $(SYSROOT)/usr/include/fastos/abi/errno.h
	@touch $@

# ---- newlib --------------------------------------------------------------------------------------
NEWLIB_LIBC := $(NEWLIB)/libc.a
NEWLIB_LIBM := $(NEWLIB)/libm.a

$(SYSROOT)/newlib: $(SYSROOT)/headers user/libc/newlib.mk
	@[ -e $(NEWLIB_LIBM) ] || echo "Building newlib, once."
	@+$(NEWLIB_LOCK) $(MAKE) -f user/libc/newlib.mk --no-print-directory SOURCES=$(NEWLIB_SRC) \
	    OBJECTS=$(NEWLIB)/obj CC="$(CC)" AR="$(AR)" CFLAGS="$(FASTOS_CFLAGS)" LIBC=$(NEWLIB_LIBC) \
	    LIBM=$(NEWLIB_LIBM)
	@touch $@

# ---- ours ----------------------------------------------------------------------------------------
LIBC_FOLDERS := start newlib files directories process signals memory terminal time users threads misc math
LIBC_SOURCES := $(filter-out user/libc/start/crt0.asm,$(wildcard $(LIBC_FOLDERS:%=user/libc/%/*.c) \
    $(LIBC_FOLDERS:%=user/libc/%/*.asm)))
LIBC_OBJECTS := $(patsubst user/%,$(SHARED)/user/%.o,$(basename $(LIBC_SOURCES))) $(SHARED)/user/stubs.o
LIBC_CFLAGS  := $(FASTOS_CFLAGS) -std=gnu17 -D_GNU_SOURCE -I. -O2 -g -fno-builtin -fstack-protector-strong \
    -fno-strict-aliasing -MMD -MP $(WARNINGS)

$(SHARED)/user/libc/start/start.o $(SHARED)/user/libc/start/area.o: LIBC_CFLAGS += -fno-stack-protector

$(SHARED)/user/libc/%.o: user/libc/%.c user/libc/libc.mk $(SYSROOT)/headers
	@mkdir -p $(@D)
	$(CC) $(LIBC_CFLAGS) -c $< -o $@

$(SHARED)/user/libc/%.o: user/libc/%.asm
	@mkdir -p $(@D)
	$(NASM) -f elf64 $(NASMFLAGS) $< -o $@

-include $(wildcard $(LIBC_OBJECTS:.o=.d))

# ---- what programs are linked with ----------------------------------------------------------------
EMPTY_LIBRARIES := pthread rt util dl

$(SYSROOT)/usr/lib/crt0.o: $(SHARED)/user/libc/start/crt0.o $(SHARED)/user/start/note.o
	@mkdir -p $(@D)
	$(LD) -r -z noexecstack $^ -o $@

# q: files of different folders may have the same name.
$(SYSROOT)/usr/lib/libc.a: $(LIBC_OBJECTS) $(SYSROOT)/newlib
	@mkdir -p $(@D) && cp $(NEWLIB_LIBC) $@
	@$(AR) qsD $@ $(LIBC_OBJECTS)

$(SYSROOT)/usr/lib/libm.a: $(SYSROOT)/newlib
	@mkdir -p $(@D) && cp $(NEWLIB_LIBM) $@

# What tools/fastos-cc needs to know.
$(SYSROOT)/cc: user/libc/libc.mk Makefile $(SHARED)/deps/build
	@mkdir -p $(@D) && echo "$(CC)" > $@

$(SYSROOT)/ready: $(SYSROOT)/headers $(SYSROOT)/cc $(addprefix $(SYSROOT)/usr/lib/,crt0.o libc.a libm.a)
	@for l in $(EMPTY_LIBRARIES:%=$(SYSROOT)/usr/lib/lib%.a); do [ -e $$l ] || $(AR) rcs $$l; done
	@touch $@

.PHONY: sysroot
sysroot: $(SYSROOT)/ready ## build the C library and headers that tools/fastos-cc compiles with

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
SYSROOT    := $(B)/sysroot
NEWLIB_SRC := $(NEWLIB)/src/newlib

# How code for FastOS is compiled; tools/fastos-cc has the same list from $(SYSROOT)/flags.
FASTOS_CFLAGS := -nostdinc -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/newlib \
    -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -D__fastos__=1 -D__unix__=1 -U__linux__ -U__linux -Ulinux -U__gnu_linux__ \
    -fPIE -march=x86-64 -fcf-protection=none -fno-asynchronous-unwind-tables \
    -ffunction-sections -fdata-sections

# ---- headers -------------------------------------------------------------------------------------
LIBC_HEADERS := $(patsubst user/libc/include/%,%,$(shell find user/libc/include -name '*.h'))
ABI_HEADERS  := files memory process signals terminal time

$(NEWLIB)/unpacked: $(NEWLIB_TAR)
	@echo "Unpacking newlib."
	@rm -rf $(NEWLIB) && mkdir -p $(NEWLIB)/src
	@tar -xJf $(NEWLIB_TAR) -C $(NEWLIB)/src --strip-components=1 --no-same-owner --wildcards \
	    '*/newlib/libc' '*/newlib/libm' '*/COPYING.NEWLIB'
	@cp -a $(NEWLIB_SRC)/libc/include $(NEWLIB)
	@cp -a $(NEWLIB_SRC)/libc/machine/x86_64/sys/. $(NEWLIB)/include/sys
	@touch $@

$(SYSROOT)/headers: $(NEWLIB)/unpacked $(LIBC_HEADERS:%=user/libc/include/%) \
    $(ABI_HEADERS:%=lib/abi/%.h) lib/errno.h $(B)/gen/fastos/syscalls.h user/libc/libc.mk
	@mkdir -p $(SYSROOT)/usr/include/fastos/abi $(SYSROOT)/usr/include/newlib
	@cp -au $(NEWLIB)/include/. $(SYSROOT)/usr/include/newlib
	@cp -au user/libc/include/. $(SYSROOT)/usr/include
	@cp -pu $(ABI_HEADERS:%=lib/abi/%.h) $(SYSROOT)/usr/include/fastos/abi
	@cp -pu $(B)/gen/fastos/syscalls.h $(SYSROOT)/usr/include/fastos
	@grep '^#' lib/errno.h > $(SYSROOT)/errno.h
	@cmp -s $(SYSROOT)/errno.h $(SYSROOT)/usr/include/fastos/abi/errno.h || \
	    cp $(SYSROOT)/errno.h $(SYSROOT)/usr/include/fastos/abi/errno.h
	@touch $@

# ---- newlib --------------------------------------------------------------------------------------
NEWLIB_LIBC := $(NEWLIB)/libc.a
NEWLIB_LIBM := $(NEWLIB)/libm.a

$(NEWLIB_LIBC) $(NEWLIB_LIBM) &: $(SYSROOT)/headers user/libc/newlib.mk
	@[ -e $(NEWLIB_LIBC) ] || echo "Building newlib, once."
	@+$(MAKE) -f user/libc/newlib.mk --no-print-directory SOURCES=$(NEWLIB_SRC) OBJECTS=$(NEWLIB)/obj \
	    CC="$(CC)" AR="$(AR)" CFLAGS="$(FASTOS_CFLAGS)" LIBC=$(NEWLIB_LIBC) LIBM=$(NEWLIB_LIBM)
	@touch $(NEWLIB_LIBC) $(NEWLIB_LIBM)

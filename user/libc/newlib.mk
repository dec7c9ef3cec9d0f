# newlib, from the sources of Debian's newlib-source: run by libc.mk, after it has unpacked them, as
#
#   make -f user/libc/newlib.mk SOURCES=… OBJECTS=… CC=… AR=… CFLAGS=… LIBC=… LIBM=…
#
# Not by newlib's own configure, which takes longer than the compiler does: what it would find out is
# in include/newlib.h, and the list of files is here. All of C and what of POSIX does not touch the
# kernel; what does is ours (user/libc).

.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

S := $(SOURCES)
O := $(OBJECTS)

# How newlib calls what is below it, and what it leaves to us.
DEFINES := -D_COMPILING_NEWLIB -D_LIBC -DMISSING_SYSCALL_NAMES -DHAVE_OPENDIR -DHAVE_RENAME \
    -DHAVE_FCNTL -DHAVE_BLKSIZE -DHAVE_NANOSLEEP -DHAVE_SYSTEM -DGETREENT_PROVIDED -DSIGNAL_PROVIDED \
    -DCLOCK_PROVIDED -D_DEFAULT_SOURCE -DINTERNAL_NEWLIB -DEFTYPE=EINVAL
COMPILE = $(CC) $(CFLAGS) -std=gnu17 -O2 -w -fno-builtin $(DEFINES) -MD -MP

all: $(LIBC) $(LIBM)

# ---- which files ---------------------------------------------------------------------------------
FOLDERS := argz ctype errno locale misc reent search ssp stdio stdlib string time
# Those of POSIX and Unix that are worth having.
POSIX := collate collcmp fnmatch glob regcomp regerror regexec regfree
UNIX  := basename dirname
SIGNAL := psignal

# ours: what touches the kernel, or waits for other threads
OURS := misc/lock reent/getreent reent/execr reent/signalr reent/open64r \
    reent/lseek64r reent/fstat64r reent/stat64r stdlib/system stdlib/arc4random \
    stdlib/arc4random_uniform stdlib/aligned_alloc time/clock string/u_strerr string/strsep \
    string/memcpy string/memset
# another way to do what is done, or a part of another file
NOT := stdio/nano-% stdlib/nano-% stdlib/mallocr misc/__dprintf ssp/stack_protector ssp/chk_fail \
    ssp/gets_chk stdio/mktemp stdlib/environ stdio/rename stdio/remove
ALL := $(patsubst $S/libc/%.c,%,$(wildcard $(FOLDERS:%=$S/libc/%/*.c)))
NAMES := $(filter-out $(OURS) $(NOT),$(ALL)) \
    $(POSIX:%=posix/%) $(UNIX:%=unix/%) $(SIGNAL:%=signal/%)

# One file, several functions: OBJECT:FILE:DEFINES.
PRINTF := svfiprintf:vfprintf:-DINTEGER_ONLY,-DSTRING_ONLY svfprintf:vfprintf:-DSTRING_ONLY \
    vfiprintf:vfprintf:-DINTEGER_ONLY svfiscanf:vfscanf:-DINTEGER_ONLY,-DSTRING_ONLY \
    svfscanf:vfscanf:-DSTRING_ONLY vfiscanf:vfscanf:-DINTEGER_ONLY \
    svfiwprintf:vfwprintf:-DINTEGER_ONLY,-DSTRING_ONLY svfwprintf:vfwprintf:-DSTRING_ONLY \
    vfiwprintf:vfwprintf:-DINTEGER_ONLY svfiwscanf:vfwscanf:-DINTEGER_ONLY,-DSTRING_ONLY \
    svfwscanf:vfwscanf:-DSTRING_ONLY vfiwscanf:vfwscanf:-DINTEGER_ONLY
MALLOC := mallocr:MALLOC freer:FREE reallocr:REALLOC callocr:CALLOC cfreer:CFREE malignr:MEMALIGN \
    vallocr:VALLOC pvallocr:PVALLOC mallinfor:MALLINFO mallstatsr:MALLOC_STATS \
    msizer:MALLOC_USABLE_SIZE malloptr:MALLOPT

MATH := $(patsubst $S/libm/%.c,%,$(wildcard $S/libm/math/*.c $S/libm/common/*.c $S/libm/complex/*.c \
    $S/libm/machine/x86_64/*.c)) fenv/fe_dfl_env

LIBC_OBJECTS := $(NAMES:%=$O/libc/%.o) $O/libc/machine/x86_64/setjmp.o $O/libc/machine/x86_64/memcpy.o \
    $O/libc/machine/x86_64/memset.o \
    $(foreach p,$(PRINTF),$O/libc/stdio/$(firstword $(subst :, ,$p)).o) \
    $(foreach m,$(MALLOC),$O/libc/stdlib/$(firstword $(subst :, ,$m)).o)
LIBM_OBJECTS := $(MATH:%=$O/libm/%.o)

# ---- how -----------------------------------------------------------------------------------------
$O/libc/%.o: $S/libc/%.c
	@mkdir -p $(@D)
	$(COMPILE) -I$S/libc/posix -I$S/libc/locale -I$S/libc/stdio -I$S/libc/stdlib -c $< -o $@

$O/libc/posix/%.o: DEFINES += -D_GNU_SOURCE

$O/libc/%.o: $S/libc/%.S
	@mkdir -p $(@D)
	$(COMPILE) -D__USER_LABEL_PREFIX__= -c $< -o $@

$O/libm/%.o: $S/libm/%.c
	@mkdir -p $(@D)
	$(COMPILE) -I$S/libm/common -I$S/libm/math -fno-math-errno -c $< -o $@

comma := ,
define variant
$O/libc/stdio/$(word 1,$1).o: $S/libc/stdio/$(word 2,$1).c
	@mkdir -p $$(@D)
	$$(COMPILE) $(subst $(comma), ,$(word 3,$1)) -c $$< -o $$@
endef
$(foreach p,$(PRINTF),$(eval $(call variant,$(subst :, ,$p))))

define allocator
$O/libc/stdlib/$(word 1,$1).o: $S/libc/stdlib/mallocr.c
	@mkdir -p $$(@D)
	$$(COMPILE) -DDEFINE_$(word 2,$1) -c $$< -o $$@
endef
$(foreach m,$(MALLOC),$(eval $(call allocator,$(subst :, ,$m))))

$(LIBC): $(LIBC_OBJECTS)
$(LIBM): $(LIBM_OBJECTS)
$(LIBC) $(LIBM): $(MAKEFILE_LIST)
	@mkdir -p $(@D) && rm -f $@
	$(AR) qcsD $@ $(filter %.o,$^)

$O/%.o: $(MAKEFILE_LIST)

-include $(LIBC_OBJECTS:.o=.d) $(LIBM_OBJECTS:.o=.d)

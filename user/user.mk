# user/: programs for ring 3, static PIEs that the kernel relocates.

USER_CFLAGS := -std=c17 -I. -I$(SHARED)/gen -O2 -fPIE -ffreestanding -fno-builtin -march=x86-64 \
    -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
    -fno-strict-aliasing $(WARNINGS)
USER_LDFLAGS := -pie --no-dynamic-linker -z text -z max-page-size=4096 -z noexecstack --build-id=none \
    --gc-sections -Bsymbolic

# Programs that make test runs inside, by name. They have no C library: a mistake in one is seen.
USER_TESTS := $(basename $(notdir $(wildcard user/tests/*.c)))

$(SHARED)/user/start/%.o: user/start/%.asm
	@mkdir -p $(@D)
	$(NASM) -f elf64 $(NASMFLAGS) $< -o $@

$(SHARED)/user/stubs.o: $(SHARED)/gen/fastos/syscall_stubs.asm
	@mkdir -p $(@D)
	$(NASM) -f elf64 $(NASMFLAGS) $< -o $@

USER_START := $(SHARED)/user/start/note.o $(SHARED)/user/stubs.o

$(SHARED)/user/tests/lib/test.o: user/tests/lib/test.c user/tests/lib/test.h user/user.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c $< -o $@

$(SHARED)/user/tests/%: user/tests/%.c $(SHARED)/user/tests/lib/test.o user/tests/lib/test.h \
    $(wildcard lib/abi/*.h) user/user.mk $(USER_START)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c $< -o $@.o
	$(LD) $(USER_LDFLAGS) $@.o $(SHARED)/user/tests/lib/test.o $(USER_START) -o $@

$(SHARED)/user/%: user/%.c $(wildcard lib/abi/*.h) user/user.mk $(USER_START) | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c $< -o $@.o
	$(LD) $(USER_LDFLAGS) $@.o $(USER_START) -o $@

# The benchmark that runs on Linux as well (tests/bench/compare.py).
USER_BENCH := operations disks screen nothing
$(SHARED)/user/bench/%: user/bench/%.c user/bench/os_fastos.h $(wildcard lib/abi/*.h) user/user.mk \
    $(USER_START) | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -DFASTOS -c $< -o $@.o
	$(LD) $(USER_LDFLAGS) $@.o $(USER_START) -o $@

# Drivers as programs: the source that the kernel has too, and the interface as system calls.
USER_DRIVERS := $(notdir $(patsubst %/,%,$(dir \
    $(shell grep -ls '^    \.init = ' drivers/*/*.c drivers/*/*/*.c))))
USER_DRIVER_LIB := $(addprefix $(SHARED)/user/drivers/,runtime.o \
    $(addprefix lib/,string.o printf.o copy.o ata_identity.o font.o))
driver_objects = $(patsubst %.c,$(SHARED)/user/drivers/%.o,\
    $(filter-out %_test.c,$(wildcard drivers/$1/*.c drivers/*/$1/*.c)))

$(SHARED)/user/drivers/runtime.o: user/drivers/runtime.c drivers/ddi.h lib/abi/driver.h user/user.mk \
    | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c $< -o $@

$(SHARED)/user/drivers/%.o: %.c drivers/ddi.h user/user.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -DDDI_RING3 -c $< -o $@

define user_driver
$(SHARED)/user/drivers/$1: $(call driver_objects,$1) $(USER_DRIVER_LIB) $(USER_START)
	$$(LD) $(USER_LDFLAGS) $$^ -o $$@
endef
$(foreach d,$(USER_DRIVERS),$(eval $(call user_driver,$d)))

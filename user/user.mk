# user/: programs for ring 3, static PIEs that the kernel relocates.

USER_CFLAGS := -std=c17 -I. -O2 -fPIE -ffreestanding -fno-builtin -march=x86-64 -mgeneral-regs-only \
    -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none $(WARNINGS)
USER_LDFLAGS := -pie --no-dynamic-linker -z text -z max-page-size=4096 -z noexecstack --build-id=none \
    --gc-sections -Bsymbolic

# Programs that make test runs inside, by name.
USER_TESTS := $(basename $(notdir $(wildcard user/tests/*.c)))

$(B)/user/%: user/%.c $(wildcard user/tests/*.h) user/user.mk
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c $< -o $@.o
	$(LD) $(USER_LDFLAGS) $@.o -o $@

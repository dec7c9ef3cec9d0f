# Programs with the C library, for the image.
#
#   $(eval $(call program,PATH,SOURCES,LIBRARIES))    a program of ours: bin/ls, user/tools/ls.c, lib*.a
#   make USER=dir                           yours: each dir/NAME.c, and each folder dir/NAME/ with .c
#                                           files in it, becomes /usr/bin/NAME; remembered like EXTRA
#
# build/programs/PATH.elf has symbols, for gdb; PATH goes into the image.

PROGRAMS :=
PROGRAM_OBJECTS :=
COMPILE_PROGRAM = FASTOS_SYSROOT=$(SYSROOT) FASTOS_CC="$(CC)" tools/fastos-cc -O2 -g -MMD -MP

define program
PROGRAMS += $1:$(SHARED)/programs/$1
$(call link_program,$1,$(2:%.c=$(SHARED)/programs/tree/%.o),$3)
endef

define link_program
PROGRAM_OBJECTS += $2
$(SHARED)/programs/$1.elf: $2 $3
	@mkdir -p $$(@D)
	$$(COMPILE_PROGRAM) $$^ -o $$@
$(SHARED)/programs/$1: $(SHARED)/programs/$1.elf
	$$(OBJCOPY) --strip-all $$< $$@
endef

$(SHARED)/programs/tree/%.o: %.c user/programs.mk tools/fastos-cc $(SYSROOT)/ready
	@mkdir -p $(@D)
	$(COMPILE_PROGRAM) -std=gnu17 -D_GNU_SOURCE -I. $(WARNINGS) -c $< -o $@

$(SHARED)/programs/yours/%.o: /%.c tools/fastos-cc $(SYSROOT)/ready
	@mkdir -p $(@D)
	$(COMPILE_PROGRAM) -Wall -c $< -o $@

# ---- yours ---------------------------------------------------------------------------------------
# The environment's USER is a person.
USER_IS_GIVEN := $(filter command,$(firstword $(origin USER)))
USER_FOLDER := $(if $(USER_IS_GIVEN),$(USER),$(shell cat $(B)/user.folder 2>/dev/null))
ifneq ($(USER_FOLDER),)
ifeq ($(wildcard $(USER_FOLDER)/.),)
$(error USER=$(USER_FOLDER): no such directory)
endif
YOURS := $(realpath $(USER_FOLDER))
define your_program
PROGRAMS += usr/bin/$1:$(SHARED)/programs/usr/bin/$1
$(call link_program,usr/bin/$1,$(2:%.c=$(SHARED)/programs/yours%.o))
endef
$(foreach f,$(wildcard $(YOURS)/*.c),$(eval $(call your_program,$(basename $(notdir $f)),$f)))
$(foreach d,$(patsubst %/,%,$(sort $(dir $(wildcard $(YOURS)/*/*.c)))),\
    $(eval $(call your_program,$(notdir $d),$(wildcard $d/*.c))))
endif

# ---- the library's own tests -----------------------------------------------------------------------
LIBC_TESTS := $(basename $(notdir $(wildcard user/libc/tests/*.c)))
$(foreach t,$(LIBC_TESTS),$(eval $(call program,usr/tests/libc/$t,user/libc/tests/$t.c)))

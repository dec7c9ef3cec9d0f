# user/apps/system/: the texts of /proc as figures, for the programs that show them. LIBSYSTEM is in apps.mk.

LIBSYSTEM_SOURCES := $(filter-out %_test.c,$(wildcard user/apps/system/*.c)) user/tools/common/pci_names.c
LIBSYSTEM_OBJECTS := $(LIBSYSTEM_SOURCES:%.c=$(SHARED)/programs/tree/%.o)

$(LIBSYSTEM): $(LIBSYSTEM_OBJECTS)
	@mkdir -p $(@D) && rm -f $@
	@$(AR) qcsD $@ $^

-include $(LIBSYSTEM_OBJECTS:.o=.d)

# For tests on the host: /* links: user/apps/system/system.a */
$(B)/host/user/apps/system/system.a: $(LIBSYSTEM_SOURCES:%.c=$(B)/host/%.o)
	@rm -f $@
	@ar qcsD $@ $^

# The tools: one program with a hard link for each (user/tools/tool.h). Also compiled for this machine,
# under the address and undefined-behaviour sanitizers, for tests/user.

TOOL_SOURCES := $(sort $(wildcard user/tools/*.c user/tools/*/*.c)) \
    lib/utf8.c lib/keyboard_layout.c
TOOL_NAMES := $(sort $(shell sed -n 's/^TOOL.[a-z_]*, "\([a-z]*\)".*/\1/p' user/tools/*.c user/tools/*/*.c))
$(eval $(call program,bin/tools,$(TOOL_SOURCES)))
$(SHARED)/programs/tree/user/tools/trace.o: $(SHARED)/gen/fastos/syscall_names.h
$(SHARED)/programs/tree/user/tools/trace.o: WARNINGS += -I$(SHARED)/gen

# Those that speak to FastOS's kernel alone.
TOOLS_FASTOS_ONLY := $(addprefix user/tools/,mount.c umount.c reboot.c trace.c)

HOST_TOOLS := $(B)/host/user/tools/tools
HOST_TOOL_OBJECTS := $(patsubst %.c,$(B)/host/programs/%.o,$(filter-out $(TOOLS_FASTOS_ONLY),$(TOOL_SOURCES)))
HOST_PROGRAM_CFLAGS := -std=gnu17 -D_GNU_SOURCE -I. -I$(SHARED)/gen -MMD -MP -g -O1 -fno-omit-frame-pointer \
    -Wall -Wextra -Wshadow -Wstrict-prototypes $(if $(WERROR),-Werror) $(HOST_SANITIZE)

$(B)/host/programs/%.o: %.c user/tools/tools.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_PROGRAM_CFLAGS) -c $< -o $@

$(HOST_TOOLS): $(HOST_TOOL_OBJECTS)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_SANITIZE) $^ -lm -o $@

-include $(shell find $(B)/host/programs -name '*.d' 2>/dev/null)

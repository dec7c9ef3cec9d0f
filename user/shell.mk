# The programs of a first prompt: init, the shell, the tools (one program of many names), the editor.
#
# The same sources are programs of this machine under build/host/user, with sanitizers, for the tests.

TOOL_NAMES   := $(sort $(basename $(notdir $(wildcard user/tools/*.c))))
TOOL_ALIASES := [ more egrep fgrep halt
TOOL_SOURCES := $(wildcard user/tools/*.c user/tools/lib/*.c)
TOOLS_TABLE  := $(B)/gen/tools_table.h

# The table of tools, rewritten only when a name comes or goes.
$(TOOLS_TABLE): FORCE
	@mkdir -p $(@D); printf 'TOOL_NAME(%s)\n' $(TOOL_NAMES) > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(B)/programs/tree/user/tools/lib/main.o: COMPILE_PROGRAM += -I$(B)/gen
$(B)/programs/tree/user/tools/lib/main.o: $(TOOLS_TABLE)
$(B)/programs/tree/user/tools/trace.o: COMPILE_PROGRAM += -I$(B)/gen

$(eval $(call program,bin/sh,$(wildcard user/sh/*.c)))
$(eval $(call program,bin/tools,$(TOOL_SOURCES)))
$(eval $(call program,bin/init,user/init/init.c user/init/machine.c))
$(eval $(call program,bin/edit,$(wildcard user/edit/*.c)))

# What stands in /etc; hard links in the image: the tools' names, which are all /bin/tools.
ETC_FILES  := $(foreach f,$(sort $(notdir $(wildcard user/etc/*))),etc/$f:user/etc/$f)
TOOL_LINKS := $(foreach t,$(TOOL_NAMES) $(TOOL_ALIASES),bin/$t)
link_tools  = $(foreach l,$(TOOL_LINKS),&& ln $(ROOT)/bin/tools '$(ROOT)/$l')

# ---- on this machine -----------------------------------------------------------------------------
HOST_USER_CFLAGS = -std=gnu17 -D_GNU_SOURCE -I. -I$(B)/gen -MMD -MP -g -O1 -fno-omit-frame-pointer \
    $(WARNINGS) $(HOST_SANITIZE)

# host_program: NAME, SOURCES
define host_user_program
HOST_USER_OBJECTS += $(2:%.c=$(B)/host/%.o)
$(2:%.c=$(B)/host/%.o): $(B)/host/%.o: %.c user/shell.mk | $(GENERATED) $(TOOLS_TABLE)
	@mkdir -p $$(@D)
	$$(HOST_CC) $$(HOST_USER_CFLAGS) -c $$< -o $$@
$(B)/host/user/bin/$1: $(2:%.c=$(B)/host/%.o)
	@mkdir -p $$(@D)
	$$(HOST_CC) $$(HOST_SANITIZE) $$^ -o $$@
HOST_USER_PROGRAMS += $(B)/host/user/bin/$1
endef
$(eval $(call host_user_program,sh,$(wildcard user/sh/*.c)))
$(eval $(call host_user_program,tools,$(TOOL_SOURCES)))
$(eval $(call host_user_program,edit,$(wildcard user/edit/*.c)))
$(eval $(call host_user_program,init,user/init/init.c user/init/machine_host.c))

-include $(HOST_USER_OBJECTS:.o=.d)

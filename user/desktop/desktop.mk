# The display server, and the texts of the programs that its launcher offers.
DESKTOP_SOURCES := $(filter-out %_test.c,$(wildcard user/desktop/*.c))
$(eval $(call program,bin/desktop,$(DESKTOP_SOURCES) lib/accents.c lib/cmdline.c lib/keyboard_layout.c,\
    $(LIBDRAW)))

# No SSE, as user/draw: neither is there anything to compute with it, nor registers to be saved then.
$(DESKTOP_SOURCES:%.c=$(SHARED)/programs/tree/%.o): COMPILE_PROGRAM += -mgeneral-regs-only

# For disk.img.mk.
DESKTOP_FILES := $(foreach f,$(wildcard user/desktop/applications/*.app),\
    usr/share/applications/$(notdir $f):$f)

# A client without a toolkit, which can also be a bad one: tests/system/test_desktop.py.
$(eval $(call program,usr/tests/desktop_client,user/desktop/test/client.c user/desktop/protocol.c))

# ---- for tests on the host -------------------------------------------------------------------------
# /* links: user/desktop/desktop_host.a */   all of the server, with a system in memory (test/system_host.h)
HOST_DESKTOP_SOURCES := $(filter-out %/system.c %/main.c,$(DESKTOP_SOURCES)) lib/accents.c \
    lib/keyboard_layout.c $(addprefix user/desktop/test/,system_host.c peer.c) $(LIBDRAW_SOURCES)
$(B)/host/user/desktop/desktop_host.a: $(HOST_DESKTOP_SOURCES:%.c=$(B)/host/%.o) | $(FONT_FILES)
	@rm -f $@
	@ar qcsD $@ $^

$(B)/fuzz/user/desktop/desktop_host.a: $(HOST_DESKTOP_SOURCES:%.c=$(B)/fuzz/%.o) | $(FONT_FILES)
	@rm -f $@
	@ar qcsD $@ $^
$(B)/fuzz/lib/font.o: FUZZ_CFLAGS += -I$(SHARED)/gen

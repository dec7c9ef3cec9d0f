# user/libui/: windows and widgets for programs of the desktop.
#
#   $(eval $(call program,bin/calculator,user/apps/calculator/calculator.c …,$(LIBUI)))
#   /* links: user/libui/libui.a */        in a host test: the toolkit, drawing, and the tests' server

LIBUI := $(SHARED)/programs/libui.a $(LIBDRAW)
# What only tests on the host have.
LIBUI_HOST_ONLY := user/libui/headless.c user/libui/picture.c
LIBUI_SOURCES := $(filter-out %_test.c $(LIBUI_HOST_ONLY),$(wildcard user/libui/*.c)) user/desktop/protocol.c
LIBUI_OBJECTS := $(LIBUI_SOURCES:%.c=$(SHARED)/programs/tree/%.o)

$(SHARED)/programs/libui.a: $(LIBUI_OBJECTS)
	@mkdir -p $(@D) && rm -f $@
	@$(AR) qcsD $@ $^

-include $(LIBUI_OBJECTS:.o=.d)

# ---- for tests on the host -------------------------------------------------------------------------
HOST_LIBUI_SOURCES := $(LIBUI_SOURCES) $(LIBUI_HOST_ONLY) $(LIBDRAW_SOURCES)
$(B)/host/lib/font.o: HOST_CFLAGS += -I$(SHARED)/gen
$(B)/host/lib/font.o: | $(GENERATED)

$(B)/host/user/libui/libui.a: $(HOST_LIBUI_SOURCES:%.c=$(B)/host/%.o) | $(FONT_FILES)
	@rm -f $@
	@ar qcsD $@ $^

# user/draw/: drawing, text, icons, themes, for the desktop's server, the toolkit and programs.
#
#   $(eval $(call program,bin/clock,user/apps/clock/clock.c,$(LIBDRAW)))
#
# No SSE: it is slower than plain words in an emulator, and a program that only draws then has no such
# registers to be saved when threads change.

LIBDRAW := $(SHARED)/programs/libdraw.a
LIBDRAW_SOURCES := $(filter-out %_test.c,$(wildcard user/draw/*.c)) lib/font.c lib/utf8.c
LIBDRAW_OBJECTS := $(LIBDRAW_SOURCES:%.c=$(SHARED)/programs/tree/%.o)

$(filter-out %/contrast.o,$(filter %.o,$(LIBDRAW_OBJECTS))): COMPILE_PROGRAM += -mgeneral-regs-only
$(SHARED)/programs/tree/lib/font.o: COMPILE_PROGRAM += -I$(SHARED)/gen
$(SHARED)/programs/tree/lib/font.o: | $(GENERATED)

$(LIBDRAW): $(LIBDRAW_OBJECTS)
	@mkdir -p $(@D) && rm -f $@
	@$(AR) qcsD $@ $^

-include $(LIBDRAW_OBJECTS:.o=.d)

# ---- fonts -----------------------------------------------------------------------------------------
# From Debian's packages, rasterised here; the sizes are those of text at 100 to 200 %.
FONT_TOOL  := $(SHARED)/tools/fonts
FONT_FOLDER := $(SHARED)/fonts
INTER      := /usr/share/fonts/opentype/inter
JETBRAINS  := /usr/share/fonts/truetype/jetbrains-mono
DEJAVU     := /usr/share/fonts/truetype/dejavu
FONT_FILES := $(addprefix $(FONT_FOLDER)/,ui.font ui-bold.font mono.font mono-bold.font)
FONT_LICENCES := fonts-inter fonts-jetbrains-mono fonts-dejavu-core

$(FONT_TOOL): $(wildcard tools/fonts/*.[ch]) user/draw/font.h user/draw/draw.h $(SHARED)/deps/build
	@mkdir -p $(@D)
	$(BUILD_CC) -std=gnu17 -O2 $(WARNINGS) -I. -I/usr/include/freetype2 $(filter %.c,$^) -lfreetype -lm -o $@

$(FONT_FOLDER)/ui.font: MAKES := ui "11 12 13 15 16 18 20 23 26 30" $(INTER)/Inter-Regular.otf \
    $(JETBRAINS)/JetBrainsMono-Regular.ttf $(DEJAVU)/DejaVuSans.ttf
$(FONT_FOLDER)/ui-bold.font: MAKES := ui "12 13 15 16 18 20 23 26 30" $(INTER)/Inter-SemiBold.otf \
    $(JETBRAINS)/JetBrainsMono-Bold.ttf $(DEJAVU)/DejaVuSans-Bold.ttf
$(FONT_FOLDER)/mono.font: MAKES := mono "12 13 14 16 18 21 24 28" $(JETBRAINS)/JetBrainsMono-Regular.ttf \
    $(DEJAVU)/DejaVuSansMono.ttf
$(FONT_FOLDER)/mono-bold.font: MAKES := mono "13 14 16 18 21 24 28" $(JETBRAINS)/JetBrainsMono-Bold.ttf \
    $(DEJAVU)/DejaVuSansMono-Bold.ttf
$(FONT_FOLDER)/%.font: $(FONT_TOOL) user/draw/draw.mk
	@mkdir -p $(@D)
	$(FONT_TOOL) $(firstword $(MAKES)) $@ $(wordlist 2,99,$(MAKES))

# For disk.img.mk.
DRAW_FILES := $(foreach f,$(FONT_FILES),usr/share/fonts/fastos/$(notdir $f):$f) \
              $(foreach f,$(wildcard user/draw/themes/*.theme),usr/share/themes/$(notdir $f):$f) \
              $(foreach p,$(FONT_LICENCES),usr/share/licences/$p.txt:$(SHARED)/licences/$p.txt)

# ---- sheets ----------------------------------------------------------------------------------------
# What there is to look at, drawn by this machine (tests/screen/test_sheets.py) and by FastOS
# (tests/system/test_draw.py).
$(eval $(call program,usr/tests/sheets,user/draw/test/sheets.c,$(LIBDRAW)))
SHEETS := $(B)/host/user/draw/test/sheets
$(SHEETS): $(patsubst %.c,$(B)/host/%.o,user/draw/test/sheets.c $(LIBDRAW_SOURCES) lib/copy.c lib/string.c)
	$(HOST_CC) $(HOST_SANITIZE) $^ -lm -o $@
SYSTEM_TEST_PARTS += $(SHEETS) $(FONT_FILES)

.PHONY: sheets
sheets: $(SHEETS) $(FONT_FILES) ## draw everything that user/draw can into build/sheets
	@mkdir -p $(B)/sheets && $(SHEETS) $(FONT_FOLDER) user/draw/themes $(B)/sheets

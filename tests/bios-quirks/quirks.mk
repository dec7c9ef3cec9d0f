# One option ROM for each way in which a BIOS misbehaves (quirk.asm says what each does), for QEMU's
# -option-rom and Bochs's optromimage1.

QUIRKS := none noext extnob0 extlie no48 max63 max1 flaky1 flaky3 flaky2of3 trash13 if13 \
          nogeometry heads256 dl00 dl81 dlff cs7c0 if0 a20off a20off2 e820loop e820mess e820cy \
          noe820 e801cxdx noe801 no88 novbe noedid setfail1 setfail trash10
QUIRK_ROMS := $(QUIRKS:%=$(B)/quirks/%.rom)

$(QUIRK_ROMS): $(B)/quirks/%.rom: tests/bios-quirks/quirk.asm tests/bios-quirks/seal_rom.py \
        tests/bios-quirks/quirks.mk
	@mkdir -p $(@D)
	$(NASM) $(NASMFLAGS) -D QUIRK_$* -f bin $< -o $(@:.rom=.raw)
	$(PYTHON) tests/bios-quirks/seal_rom.py $(@:.rom=.raw) $@

# Boot sectors that report what a BIOS does, to see that each ROM does what its name says.
QUIRK_PROBES := $(foreach p,disk memory video,$(B)/quirks/probe-$p.bin)

$(QUIRK_PROBES): $(B)/quirks/probe-%.bin: tests/bios-quirks/probe.asm tests/bios-quirks/quirks.mk
	@mkdir -p $(@D)
	$(NASM) $(NASMFLAGS) -D PROBE_$* -f bin $< -o $@

.PHONY: quirks
quirks: $(QUIRK_ROMS) ## build the option ROMs that make a BIOS misbehave, build/quirks/*.rom
SYSTEM_TEST_PARTS += $(QUIRK_ROMS) $(QUIRK_PROBES)

# tests/: `make test` and its parts. Everything runs on the host; the machines are QEMU and Bochs.
include tests/bios-quirks/quirks.mk
include tests/bootsector/bootsector_test.mk
include tests/stage2/stage2_test.mk
include tests/host/host.mk
-include tests/fuzz/fuzz.mk
include tests/proofs/proofs.mk

# A test that calls make has a make of its own.
PYTEST := env -u MAKEFLAGS -u MAKELEVEL \
    $(PYTHON) -B -m pytest -q -p no:cacheprovider -o faulthandler_timeout=900

.PHONY: test test-hybrid test-placed test-system mutate smoke bench crash
include tests/user/user_test.mk
TEST_PARTS := test-host test-user $(if $(wildcard tests/fuzz/fuzz.mk),fuzz-short) crash test-system \
    test-placed
test: ## run all tests: units and fuzzers on this machine, the image in QEMU and Bochs
	$(call in_turn,$(TEST_PARTS))

# What the tests take out of build/ beside the image; fragments above may have added theirs.
SYSTEM_TEST_PARTS += $(B)/mbr.elf debug-image

# The debug kernel, for tests/system/test_sanitizers.py; a build of its own beside this one, which has made
# what both share.
.PHONY: debug-image
debug-image: $(IMAGE)
	+$(MAKE) DEBUG=1 B=$(B)/debug EXTRA= $(B)/debug/fastos.img

# ONLY='-k memory' runs some of them; any pytest arguments will do.
test-system: $(IMAGE) $(SYSTEM_TEST_PARTS) ## boot the image in QEMU and Bochs, in every way we know
	$(PYTEST) -n $(JOBS) tests/system tests/screen $(ONLY)

test-hybrid: $(IMAGE) debug-image test-placed ## drivers that fail or reach too far, in both placements
	$(PYTEST) -n $(JOBS) tests/system/test_hybrid.py tests/system/test_disk_drivers.py $(ONLY)

# What a driver does is the same wherever it is: test-system has them in the kernel.
PLACED_TESTS := $(addprefix tests/system/,test_ahci.py test_disk.py test_disks.py)
test-placed: $(IMAGE)
	FASTOS_PLACED="drv.ata=user drv.ahci=user" $(PYTEST) -n $(JOBS) $(PLACED_TESTS) $(ONLY)

# COUNT=10000 SEED=7: more of them, and others; PLACEMENT=kernel or user: there alone; ONLY='-k ata'.
mutate: $(IMAGE) ## change drivers' own instructions, a change a life, and see who suffers
	FASTOS_MUTATIONS=$(or $(COUNT),1000) FASTOS_SEED=$(or $(SEED),1) FASTOS_PLACEMENT=$(PLACEMENT) \
	    $(PYTEST) -s -n 0 tests/system/test_mutations.py $(ONLY)

# STATES=20000 SEED=7: more of them, and others.
crash: $(IMAGE) ## cut the machine off at every write, and see what is left of its files
	FASTOS_IMAGE=$(IMAGE) $(PYTHON) -B tests/crash/crash.py --states $(or $(STATES),2000) \
	    --seed $(or $(SEED),1) --jobs $(JOBS)

smoke: $(IMAGE) ## boot the image once
	tests/smoke $(IMAGE)

bench: $(IMAGE) ## measure the start, the kernel's operations, and those of Linux beside ours
	FASTOS_IMAGE=$(IMAGE) $(PYTHON) -B tests/bench/bench.py
	$(PYTHON) -B tests/bench/compare.py
	$(PYTHON) -B tests/bench/disks.py
	FASTOS_IMAGE=$(IMAGE) $(PYTHON) -B tests/bench/desktop.py

# tests/: `make test` and its parts.
include tests/stage2/stage2_test.mk
include tests/host/host.mk

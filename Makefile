# FastOS: the front door. `make help` lists what there is.
#
# One fragment a folder (bootsector/bootsector.mk, stage2/stage2.mk, …) says how that folder is
# built; this file chooses the tools and includes the fragments.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# V=1 shows the commands.
ifndef V
MAKEFLAGS += --silent
endif

# DEBUG=1 builds another kernel (docs/86-debug-kernel.md), in a folder of its own.
B := build$(if $(DEBUG),/debug)
# What is the same beside every kernel is built once: C library, programs, fonts, generated headers.
SHARED := build
IMAGE := $(B)/fastos.img

# ---- packages ----------------------------------------------------------------------------------
# What a goal needs from the host, as groups of tools/packages.txt. The stamp of what is there is an
# included makefile: make remakes it (which installs what is missing) and then starts afresh, so
# that everything below sees the machine as it then is.
NEEDS_run := build run $(if $(DISPLAY)$(WAYLAND_DISPLAY),window)
NEEDS_screenshot := build run
NEEDS_debug := build run debug
NEEDS_debug-boot := build run debug
NEEDS_bochs := build bochs
NEEDS_bochs-debug := build bochs
NEEDS_install := build install
NEEDS_toolchain := build toolchain
NEEDS_test := build run test
NEEDS_prove := build prove
NEEDS_tiers := build test
NEEDS_deps := build run test prove bochs debug install
NEEDS_nothing := help clean

GOALS := $(or $(MAKECMDGOALS),help)
NEEDS := $(sort $(foreach g,$(filter-out $(NEEDS_nothing),$(GOALS)),$(or $(NEEDS_$g),\
             $(if $(filter test% bench% check% fuzz% crash,$g),$(NEEDS_test),build))))
ifneq ($(NEEDS),)
include $(NEEDS:%=$(SHARED)/deps/%)
$(NEEDS:%=$(SHARED)/deps/%) &: tools/packages.txt tools/deps
	@tools/deps $(NEEDS)
	@mkdir -p $(SHARED)/deps && touch $(NEEDS:%=$(SHARED)/deps/%)
	$(if $(filter-out deps,$(GOALS)),@echo "Building FastOS (V=1 shows how).")
endif

# ---- all CPUs -----------------------------------------------------------------------------------
# Building takes all of them, unless -j says something else. Goals, and what is run in turn, do not run
# beside each other: a test has the machine to itself.
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
ifneq ($(word 2,$(GOALS)),)
.NOTPARALLEL:
endif
KEEPS_GOING := $(findstring k,$(firstword -$(MAKEFLAGS)))
# in_turn: makes each of $1 with the variables $2; with -k all of them, whatever fails.
in_turn = +@failed=; for goal in $1; do \
    $(MAKE) $$goal $2 || { failed=yes; [ "$(KEEPS_GOING)" ] || break; }; done; [ ! "$$failed" ]

# ---- tools -------------------------------------------------------------------------------------
# CROSS is the one variable that chooses the compiler: its prefix. An x86_64-elf-gcc (the one that
# `make toolchain` built, or yours) is preferred to Debian's own. `make CC=clang` works as well.
TOOLCHAIN ?= $(CURDIR)/build/toolchain
CROSS     ?= $(firstword $(patsubst %gcc,%,$(wildcard $(TOOLCHAIN)/bin/x86_64-elf-gcc) \
                 $(notdir $(shell command -v x86_64-elf-gcc))) x86_64-linux-gnu-)
ifeq ($(origin CC),default)
CC      := $(CROSS)gcc
endif
LD      := $(CROSS)ld
OBJCOPY := $(CROSS)objcopy
NM      := $(CROSS)nm
AR      := $(CROSS)ar
NASM    ?= nasm
HOST_CC ?= clang
BUILD_CC ?= cc
PYTHON  ?= /usr/bin/python3

# ---- flags shared by everything that runs on the target ------------------------------------------
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            $(if $(WERROR),-Werror)
# Locals start at zero; clang 14 knows the option but will not have it used.
AUTO_ZERO := $(shell echo | $(CC) -ftrivial-auto-var-init=zero -fsyntax-only -x c - 2>/dev/null && \
    echo -ftrivial-auto-var-init=zero)
TARGET_CFLAGS := -std=c17 -I. -I$(SHARED)/gen -MMD -MP -g $(WARNINGS) \
    -ffreestanding -fno-builtin -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -march=x86-64 -mno-red-zone -mgeneral-regs-only -fno-strict-aliasing -fwrapv \
    -fno-asynchronous-unwind-tables -fcf-protection=none -fno-common \
    -ffunction-sections -fdata-sections $(AUTO_ZERO)
NASMFLAGS := -I. -I$(SHARED)/gen -Wall $(if $(WERROR),-Werror)

include tools/tools.mk
include lib/lib.mk
include bootsector/bootsector.mk
include stage2/stage2.mk
include kernel/kernel.mk
include user/libc/libc.mk
include user/user.mk
include user/programs.mk
include user/packages/packages.mk
include user/draw/draw.mk
include user/desktop/desktop.mk
include user/libui/libui.mk
include user/apps/apps.mk
include user/tools/tools.mk
include user/init/init.mk
include user/session/session.mk
include user/sh/sh.mk
include disk.img.mk
include tests/tests.mk

# ---- the front door ------------------------------------------------------------------------------
.PHONY: help deps clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9_-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install the packages that building, running and testing need
	@echo "All packages are there."

clean: ## remove everything that was built, except build/toolchain
	rm -rf $(filter-out %/toolchain,$(wildcard $(B)/*))

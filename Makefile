# SPDX-License-Identifier: Apache-2.0
# The short way in: Meson does the work. `make` installs what is missing, then builds.
BUILD ?= build
MESON_FLAGS ?=

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

deps:
	@test -n "$(NO_INSTALL)" || tools/install-deps

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) $(MESON_FLAGS)

.PHONY: all deps

# SPDX-License-Identifier: Apache-2.0
# The short way in: Meson does the work. `make` installs what is missing (tools/install-deps; NO_INSTALL=1 skips it),
# then builds. Nothing here needs a network once the packages of packages.txt are there.
BUILD ?= build
MESON_FLAGS ?=
FUZZ_SECONDS ?= 60
ifdef DESTDIR
export DESTDIR
endif

SANITIZE = -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
           -Dc_args=-fno-sanitize-recover=all

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

# Runs before anything is configured, and again each time (it is quick), because packages.txt may have grown.
deps:
	@test -n "$(NO_INSTALL)" || tools/install-deps

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) $(MESON_FLAGS)

# Ends with "N passed, N failed".
test: all
	@tools/run-tests $(BUILD) --no-rebuild

bench: all
	@meson test -C $(BUILD) --benchmark --no-rebuild --verbose

# Layers, headers, sizes, heads, words, globals, symbols, formatting; ends with "N passed, N failed".
check: all
	@tools/check $(BUILD)

# The tests once more under AddressSanitizer and UndefinedBehaviorSanitizer. Not with detect_stack_use_after_return: gcc
# 12 aligns its fake frames to 32 bytes, and AVX-512 code spills whole registers to 64.
asan: | deps
	@test -f $(BUILD)-asan/build.ninja || meson setup $(BUILD)-asan $(SANITIZE) $(MESON_FLAGS)
	@ninja -C $(BUILD)-asan
	@ASAN_OPTIONS=strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
	    LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0 \
	    tools/run-tests $(BUILD)-asan --no-rebuild --timeout-multiplier 5

# Each libFuzzer target for FUZZ_SECONDS, from its corpus and its old finds.
fuzz: | deps
	@test -f $(BUILD)-fuzz/build.ninja || CC=clang meson setup $(BUILD)-fuzz -Dfuzz=true -Dbench=false $(SANITIZE)
	@ninja -C $(BUILD)-fuzz
	@tools/run-fuzz $(BUILD)-fuzz $(FUZZ_SECONDS)

# What `passerby model bench --peers` measures against; nothing else needs them. (288 MB, from npm and Debian.)
peers:
	@tools/install-peers $(BUILD)

format: | deps
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	@rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz

.PHONY: all deps test bench check asan fuzz peers format install clean

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

# A drawn scene (docs/scenes.md; nobody was filmed), tracked and redacted by the network that is built in.
DEMO_SCENE = synth://plaza?people=12&seed=1&duration=10s
demo: all
	@$(BUILD)/passerby track '$(DEMO_SCENE)' -o $(BUILD)/demo
	@echo "the redacted video: $(BUILD)/demo/redacted.mp4"

# A real one: OpenCV's vtest.avi (PETS 2009 S2.L1) out of Debian's opencv-doc, 96 MB, unpacked under $(BUILD): that
# needs no root, and works where dpkg leaves documentation out. To be shown; it is never trained on or reported.
VTEST = $(BUILD)/opencv-doc/usr/share/doc/opencv-doc/examples/data/vtest.avi
demo-real: all $(VTEST)
	@$(BUILD)/passerby track $(VTEST) --allow-codec msmpeg4v3 -o $(BUILD)/demo-real
	@echo "the redacted video: $(BUILD)/demo-real/redacted.mp4"

$(VTEST):
	@mkdir -p $(BUILD)/opencv-doc
	@cd $(BUILD)/opencv-doc && apt-get download opencv-doc && dpkg-deb -x opencv-doc_*.deb . && rm opencv-doc_*.deb

format: | deps
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	@rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz

.PHONY: all deps test bench check asan fuzz peers demo demo-real format install clean

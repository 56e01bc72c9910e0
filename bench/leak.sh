#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures of docs/redaction.md: every sequence of SHARED/data/mot, redacted by fill with each --every given, and
# measured by bench/leak. Usage: bench/leak.sh BUILD SHARED [EVERY]...   (EVERY: 1 2 5 unless given)
# MODEL names another model than yolox_nano_448x256; LEAK_FLAGS=--list lists what is left.
set -eu
build=$1
shared=$2
shift 2
[ $# -gt 0 ] || set -- 1 2 5
model=$shared/models/${MODEL:-yolox_nano_448x256}.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

for every in "$@"; do
    pairs=
    for sequence in "$shared"/data/mot/*/; do
        out=$work/$every/$(basename "$sequence")
        "$build"/passerby track "$sequence/video.mp4" --model "$model" --redact fill --every "$every" --quiet -o "$out"
        pairs="$pairs ${sequence%/} $out"
    done
    echo "--every $every"
    # shellcheck disable=SC2086 -- a list of paths without blanks
    "$build"/bench/leak ${LEAK_FLAGS:-} $pairs
done

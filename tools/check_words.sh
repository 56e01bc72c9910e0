#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Words and calls that the style refuses: ownership in other words than its seven (R7), printing and leaving below app
# (R5), type names with _t (R1), a shell, compiler extensions outside base/compiler.h (R23); and the form of commit
# subjects, "room: what changed".
# Usage: tools/check_words.sh [ROOT]
root=${1:-$(dirname "$0")/..}
cd "$root" || exit 1
faults=0

# Each fault on a line of its own, with what was expected.
refuse() { # EXPECTED; lines on standard input
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        echo "$line: $1"
        faults=$((faults + 1))
    done
    return 0
}

# grep over our C sources, comments left out (a line that begins with a comment's star or slashes).
search() { # PATTERN FOLDER ...
    pattern=$1
    shift
    grep -rnE --include='*.c' --include='*.h' "$pattern" "$@" 2>/dev/null | grep -vE '^[^:]+:[0-9]+: *(/?\*|//)'
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT

# Definitions and declarations begin in the first column; calls do not.
search '^[a-z].*\b(free|delete|dispose)_[a-z0-9_]*\(' src include >"$list"
search '^[a-z].*\bpsb_[a-z0-9_]*_(free|delete|dispose|release|cleanup|teardown|new)\(' src include >>"$list"
refuse 'expected one of init/fini create/destroy open/close ref/unref reset' <"$list"

search '\b(f?printf|f?puts|putchar|perror|v?fprintf|exit|_exit|_Exit|quick_exit)\(' src include |
    grep -vE '^src/(app/|base/log\.c|base/outfile\.c)' >"$list"
refuse 'only app prints and leaves: return a status' <"$list"

search '\b(popen|setlocale|alloca|longjmp|signal)\(' src include | grep -vE '^src/app/interrupt' >"$list"
refuse 'a call that the tree does without' <"$list"

search '^(typedef .*|\} *)psb_[a-z0-9_]*_t;' src include >"$list"
refuse 'names that end in _t are POSIX'"'"'s' <"$list"

search '__attribute__|__builtin_|\b__asm|\btypeof\(|\b__extension__|#pragma|_Pragma' src |
    grep -vE '^src/base/(compiler|banned)\.h' >"$list"
refuse 'compiler extensions stand in base/compiler.h' <"$list"

search '__attribute__|__builtin_' include | grep -vE '^include/passerby/status\.h:.*PSB_API' >"$list"
refuse 'compiler extensions stand behind PSB_API' <"$list"

if [ -d .git ] && command -v git >/dev/null; then
    git log --no-merges --format=%s 2>/dev/null |
        grep -vE '^[a-z0-9_/.+-]+(, [a-z0-9_/.+-]+)*: [^ ].*[^.]$' | sed 's/^/commit "/; s/$/"/' >"$list"
    refuse 'expected "room: what changed", no full stop' <"$list"
fi

echo "check_words: $faults faults"
[ "$faults" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each function that base/banned.h names must stop the compiler, and a clean file must not be stopped.
# Arguments: path of banned.h, then the compiler with its arguments.
header=$1
shift
refuse=0
try() { # NAME: does a file that mentions it compile?
    name=$1
    shift
    printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' '#include <string.h>' '#include <time.h>' \
        'void *use(void);' "void *use(void) { return (void *)$name; }" |
        "$@" -D_XOPEN_SOURCE=700 -include "$header" -O2 -x c -fsyntax-only - >/dev/null 2>&1
}
if ! try memcpy "$@"; then
    echo "memcpy: refused, but it is not banned"
    exit 1
fi
count=0
for name in $(sed -n 's/^[a-z].*[ *]\([a-z0-9]*\)(.*PSB_BANNED("[^"]*");$/\1/p' "$header"); do
    count=$((count + 1))
    if try "$name" "$@"; then
        echo "$name: compiles, but it is banned"
        refuse=1
    fi
done
echo "$count banned functions tried"
[ "$count" -ge 20 ] || refuse=1
exit $refuse

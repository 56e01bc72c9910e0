#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may use whom: holds every include of the tree against src/layers.txt, which is both the table and the rule.

Faults: a room that the table does not know; a right to a room that does not stand above (so there can be no circle);
an include of a room without the right; another room's private header (*_int.h); an outside library's header outside
its room, or one that no room declares; in app anything outside but libc's, and a file over 400 lines; a public header
or an example that includes what an integrator does not have; a room without its README and the six headings.
Usage: tools/check_layers.py [ROOT]
"""
import os
import re

from source import c_files, read, report, root_from_arguments

HEADINGS = ["What it is", "What it may include", "Front door", "Lifetimes and threads", "Where to begin reading",
            "What is not here"]
APP_MAX_LINES = 400
LIBC = set("""assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h
signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h
threads.h time.h uchar.h wchar.h wctype.h dirent.h fcntl.h fnmatch.h ftw.h getopt.h glob.h langinfo.h libgen.h poll.h
pthread.h regex.h sched.h semaphore.h spawn.h strings.h sys/mman.h sys/prctl.h sys/resource.h sys/select.h sys/stat.h
sys/statvfs.h sys/sysinfo.h sys/time.h sys/types.h sys/uio.h sys/utsname.h sys/wait.h sys/ioctl.h termios.h
unistd.h""".split())
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def read_table(text):
    """{room: (rooms it may include, outside headers of its own)} in the file's order, and the faults found in it."""
    table, faults = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        place = f"src/layers.txt:{number}"
        if ":" not in line:
            faults.append(f"{place}: found \"{line}\", expected \"room: rooms | headers\"")
            continue
        room, rest = (part.strip() for part in line.split(":", 1))
        rooms, _, headers = rest.partition("|")
        rights = rooms.split()
        if room in table:
            faults.append(f"{place}: room {room} stands here twice")
        for right in rights:
            if right != "*" and right not in table:
                faults.append(f"{place}: {room} may include {right}, which does not stand above it")
        table[room] = (set(table) if "*" in rights else set(rights), headers.split())
    return table, faults


def owner_of(header, table):
    """The room that declares this outside header, or None. A name that ends in .h is whole, any other a beginning."""
    for room, (_, patterns) in table.items():
        for pattern in patterns:
            if header == pattern or (not pattern.endswith(".h") and header.startswith(pattern)):
                return room
    return None


def check_quoted(header, room, table):
    other, _, name = header.partition("/")
    if header.endswith(".pb-c.h"):  # made by protoc-c while building, in the room's own build folder
        return None if room == "nn" else "a generated header of nn, expected it in nn only"
    if header.startswith("passerby/"):
        return None
    if not name or other not in table or ".." in header:
        return 'expected "room/file.h" with a room of src/layers.txt'
    if other == room:
        return None
    if other not in table[room][0]:
        return f"src/layers.txt gives {room} no right to {other}"
    if name.endswith("_int.h"):
        return f"a private header of {other}"
    return None


def check_angled(header, room, table):
    if header.startswith("passerby/") or header in LIBC:
        return None
    if room == "app":
        return "app may include no outside header but libc's"
    owner = owner_of(header, table)
    if owner is None:
        return "an outside header that no room of src/layers.txt declares"
    return None if owner == room else f"only {owner} may include it"


def includes(root, path):
    """(line, whether quoted, header); strings are not blanked here, an include's name looks like one."""
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)), read(root, path), flags=re.S)
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)


def check_file(root, path, room, table):
    faults = []
    for line, is_quoted, header in includes(root, path):
        fault = (check_quoted if is_quoted else check_angled)(header, room, table)
        if fault:
            faults.append(f"{path}:{line}: found {header}: {fault}")
    return faults


def check_public(root, path):
    """What an integrator has: <passerby/...> and libc."""
    return [f"{path}:{line}: found {header}: expected only libc and passerby/ here"
            for line, _, header in includes(root, path)
            if header not in LIBC and not header.startswith("passerby/")]


def check_room(root, room):
    path = f"src/{room}/README.md"
    if not os.path.exists(os.path.join(root, path)):
        return [f"{path}: not found, expected one page with the six headings"]
    found = [line.lstrip("#* ").lower() for line in read(root, path).splitlines() if line.startswith(("#", "**"))]
    return [f"{path}: heading \"{heading}\" not found" for heading in HEADINGS
            if not any(line.startswith(heading.lower()) for line in found)]


def check(root):
    """All faults of the tree, and how many files were looked at."""
    table, faults = read_table(read(root, "src/layers.txt"))
    folders = sorted(name for name in os.listdir(os.path.join(root, "src"))
                     if os.path.isdir(os.path.join(root, "src", name)))
    count = 0
    for room in folders:
        if room not in table:
            faults.append(f"src/{room}: a room that src/layers.txt does not know")
            continue
        faults += check_room(root, room)
        for path in c_files(root, f"src/{room}"):
            count += 1
            faults += check_file(root, path, room, table)
            lines = read(root, path).count("\n")
            if room == "app" and lines > APP_MAX_LINES:
                faults.append(f"{path}: {lines} lines, expected at most {APP_MAX_LINES} in app")
    for path in c_files(root, "include", "examples"):
        count += 1
        faults += check_public(root, path)
    return faults, count


if __name__ == "__main__":
    report("check_layers", *check(root_from_arguments()))

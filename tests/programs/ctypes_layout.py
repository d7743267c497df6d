"""ctypes_layout.py - the structs of examples/python/inlay.py as far as they go, in the form of
tests/abi/layout: what differs from it is printed, and exits 1."""

import ctypes
import re
import sys

import inlay

TYPES = {
    "size_t": ctypes.c_size_t,
    "uint32_t": ctypes.c_uint32,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "const char *": ctypes.c_char_p,
}


def read(path):
    structs, members = {}, []
    for line in open(path):
        if line.startswith("struct"):
            name, size = re.fullmatch(r"struct (\w+), (\d+) bytes\n", line).groups()
            members = []
            structs[name] = (int(size), members)
        else:
            offset, member_type, name = re.fullmatch(r" *(\d+) (.*?)(\w+)\n", line).groups()
            members.append((name, int(offset), member_type.strip()))
    return structs


def type_of(text):
    array = re.fullmatch(r"char\[(\d+)\]", text)
    if array:
        return ctypes.c_char * int(array[1])
    if text.startswith("enum"):
        return ctypes.c_int
    return TYPES.get(text)


problems = 0
structs = read(sys.argv[1])
for ours, name, whole in (
    (inlay._Error, "inlay_error", True),
    (inlay._Set, "inlay_set", True),
    (inlay._Event, "inlay_event", False),
    (inlay._Options, "inlay_options", False),
):
    size, members = structs[name]
    if whole and (ctypes.sizeof(ours), len(ours._fields_)) != (size, len(members)):
        print(f"{name}: {ctypes.sizeof(ours)} bytes, {len(ours._fields_)} members")
        problems += 1
    for (our_name, our_type), (member, offset, text) in zip(ours._fields_, members):
        expected = type_of(text)
        is_same = our_type is expected if expected else ctypes.sizeof(our_type) == 8
        if (our_name, getattr(ours, our_name).offset) != (member, offset) or not is_same:
            print(f"{name}: {our_name} for {offset} {text} {member}")
            problems += 1

for ours, prefix in ((inlay.Result, "INLAY_"), (inlay.EventKind, "INLAY_EVENT_")):
    header = open(sys.argv[2]).read()
    for member in ours:
        if not re.search(rf"^\t{prefix}{member.name} = {member.value}\b", header, re.M):
            print(f"{prefix}{member.name} is not {member.value}")
            problems += 1
sys.exit(problems != 0)

"""Becomes another program inside the box: run by ``python -I -S launcher.py``, never imported by filmkit.

Arguments: level, parent's process id, folder the program may write, CPU seconds, bytes of address space, bytes a file,
the paths it may read (separated by ``:``), then the program and its arguments. It dies with its parent, limits itself,
closes the file system (Landlock) and the network (seccomp), and executes the program with a minimal environment.
Only the standard library, no filmkit module: every tool call pays for what is imported here.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_READ = 1 << 2 | 1 << 3 | 1 << 0
_FILE_BITS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
_WRITE = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
_FS_BITS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}

# socket connect bind ptrace mount umount2 unshare setns bpf keyctl add_key request_key process_vm_readv
# process_vm_writev perf_event_open userfaultfd io_uring_setup init_module finit_module kexec_load fork vfork
# setpgid setsid: nobody leaves the group that is stopped together
_DENIED = {
    "x86_64": (
        41, 42, 49, 101, 165, 166, 272, 308, 321, 250, 248, 249, 310, 311, 298, 323, 425, 175, 313, 246, 57, 58,
        109, 112,
    ),
    "aarch64": (
        198, 203, 200, 117, 40, 39, 97, 268, 280, 219, 217, 218, 270, 271, 241, 282, 425, 105, 273, 104, 154, 157,
    ),
}  # fmt: skip
_CLONE = {"x86_64": (56, 435), "aarch64": (220, 435)}
_CLONE_THREAD = 0x10000
_LOAD, _RETURN, _EQUAL, _AT_LEAST, _HAS = 0x20, 0x06, 0x15, 0x35, 0x45
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def limit(cpu_s: int, space_bytes: int, file_bytes: int) -> None:
    """CPU seconds, address space, file size, open files; no core dumps. 0 leaves a limit as it is."""
    wanted = {
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_AS: space_bytes,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 256,
    }
    for what, value in wanted.items():
        if value:
            hard = resource.getrlimit(what)[1]
            lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(what, (lowered, lowered))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_files(folder: str, readable: "list[str]") -> None:
    """Landlock: only ``folder`` may be written, only ``readable`` read and executed, no TCP. Raises OSError."""
    abi = _checked(_libc.syscall(444, None, 0, 1), "landlock")
    handled = _FS_BITS[min(abi, 5)]
    attributes = (ctypes.c_uint64 * 3)(handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = _checked(_libc.syscall(444, attributes, size, 0), "landlock_create_ruleset")
    for path in readable:
        _allow(rules, path, _READ & handled)
    for device in ("/dev/null", "/dev/urandom"):
        _allow(rules, device, _FILE_BITS & handled)
    if folder:
        _allow(rules, folder, _WRITE & handled)
    _checked(_libc.syscall(446, rules, 0), "landlock_restrict_self")
    os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib would cost every tool call its import
        access &= _FILE_BITS
    rule = access.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
    _checked(_libc.syscall(445, rules, 1, ctypes.create_string_buffer(rule, 12), 0), "landlock_add_rule")
    os.close(place)


def close_network() -> None:
    """seccomp: sockets, other processes, tracing, mounts, namespaces, keys and kernel modules fail. Raises OSError."""
    code = _filter(os.uname().machine)
    blob = b"".join(
        op.to_bytes(2, sys.byteorder) + bytes((jt, jf)) + k.to_bytes(4, sys.byteorder) for op, jt, jf, k in code
    )
    lines = ctypes.create_string_buffer(blob, len(blob))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))

    program = Program(len(code), ctypes.addressof(lines))
    _checked(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0), "seccomp")


def _filter(machine: str) -> "list[tuple[int, int, int, int]]":
    """The lines of the filter: operation, how many lines to jump over if true and if false, number.

    Threads may be started, processes not: they would not die with our parent. ``clone3`` hides its flags in memory;
    told that it is not there, the C library takes ``clone``.
    """
    denied, (clone, clone3) = _DENIED[machine], _CLONE[machine]
    allow = 6 + len(denied)
    flags, eperm, enosys = allow + 1, allow + 4, allow + 5
    lines = [(_LOAD, 0, 0, 4), (_EQUAL, 0, eperm - 2, _ARCH[machine]), (_LOAD, 0, 0, 0)]
    lines.append((_AT_LEAST, eperm - 4, 0, 0x40000000))  # x32 calls have numbers of their own
    lines += [(_EQUAL, enosys - 5, 0, clone3), (_EQUAL, flags - 6, 0, clone)]
    lines += [(_EQUAL, eperm - 7 - at, 0, number) for at, number in enumerate(denied)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 16), (_HAS, 0, 1, _CLONE_THREAD)]
    return [*lines, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ENOSYS)]


def main() -> None:
    """Everything above, then the program."""
    level, parent, folder, cpu_s, space_bytes, file_bytes, readable, *program = sys.argv[1:]
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        os._exit(1)  # the parent died before we could ask to die with it
    limit(int(cpu_s), int(space_bytes), int(file_bytes))
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if level in ("landlock", "landlock+seccomp"):
        close_files(folder, [path for path in readable.split(":") if path])
    if level == "landlock+seccomp":
        close_network()
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder or "/", "TMPDIR": folder or "/"}
    os.execve(program[0], program, environment)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.stderr.write(f"launcher: {error}\n")
        os._exit(126)

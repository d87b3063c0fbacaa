"""The cores and the memory of this machine."""

import os
from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


def cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    """Bytes of memory this process may use: the machine's, or its container's if less."""
    everything = psutil.virtual_memory().total
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            said = Path(limit).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if said.isdigit():
            return min(everything, int(said))
    return everything


def postgres_memory(scratch: bool) -> dict[str, str]:
    """PostgreSQL's memory settings, for a machine that also runs the web processes and perhaps a desktop."""
    total = memory() // MEGABYTE
    shared = 256 if scratch else max(128, min(total // 5, 8192))
    settings = {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, total // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(total // 16, 1024))}MB",
        "work_mem": "16MB" if total >= 4000 else "8MB",
    }
    if not _roomy_shared_memory():
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _roomy_shared_memory() -> bool:
    """False where /dev/shm is a container's usual 64 MB, in which parallel queries would fail."""
    try:
        shm = os.statvfs("/dev/shm")
    except FileNotFoundError:
        return True  # not Linux: nothing is kept there
    return shm.f_frsize * shm.f_blocks >= 512 * MEGABYTE

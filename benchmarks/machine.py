"""Which machine is this? A figure says little without the processor and the kernels that made it."""

import importlib.metadata
import os
import platform
from pathlib import Path

import numpy as np
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

PACKAGES = ("numpy", "scikit-learn", "torch", "jax")


def processor() -> str:
    """Return the processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine() or "unknown processor"


def blas_core() -> str:
    """Return NumPy's BLAS and the kernels it chose; call it before PyTorch is loaded."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    name = f"{blas.get('name', 'BLAS')} {blas.get('version', '')}"
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return f"{name}, core unknown: threadpoolctl is not installed"
    cores = [each.get("architecture") for each in threadpool_info() if each["user_api"] == "blas"]
    told = " (as OPENBLAS_CORETYPE says)" * ("OPENBLAS_CORETYPE" in os.environ)
    return f"{name}, core {cores[0]}{told}" if cores and cores[0] else f"{name}, core unknown"


def wide_vectors() -> list[str]:
    """Return the kinds of vector unit that NumPy has code for and uses here, the narrowest first."""
    return [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]


def print_machine() -> None:
    """Print what a figure depends on."""
    print(
        f"{processor()}, one core   {blas_core()}   NumPy with {' '.join(wide_vectors()) or 'no more'}"
    )
    print(f"Python {platform.python_version()}", end="   ")
    for package in PACKAGES:
        try:
            print(f"{package} {importlib.metadata.version(package)}", end="   ")
        except importlib.metadata.PackageNotFoundError:
            print(f"{package} is not installed", end="   ")
    print("\n")

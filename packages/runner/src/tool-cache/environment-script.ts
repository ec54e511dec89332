/**
 * Python: makes a virtual environment with pip at argv[1], a copy of which works wherever it is put.
 * Python's own `venv` needs seconds to install pip, and on Debian a package that is often missing; here the wheels that it
 * would install are only unpacked. Where there are none, pip is copied from where this interpreter has it.
 */
export const ENVIRONMENT_SCRIPT = `
import glob
import importlib.util
import os
import shutil
import sys
import venv
import zipfile

target = sys.argv[1]
venv.EnvBuilder(symlinks=True, with_pip=False).create(target)
packages = glob.glob(os.path.join(target, "lib", "python3*", "site-packages"))[0]


def bundled_wheels():
    spec = importlib.util.find_spec("ensurepip")
    folders = [os.path.join(os.path.dirname(spec.origin), "_bundled")] if spec and spec.origin else []
    for folder in folders + ["/usr/share/python-wheels"]:
        wheels = [w for w in glob.glob(os.path.join(folder, "*.whl")) if os.path.basename(w).startswith(("pip-", "setuptools-"))]
        if wheels:
            return wheels
    return []


def copy_installed_pip():
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        return
    source = os.path.dirname(spec.origin)
    shutil.copytree(source, os.path.join(packages, "pip"))
    for info in glob.glob(os.path.join(os.path.dirname(source), "pip-*.dist-info")):
        shutil.copytree(info, os.path.join(packages, os.path.basename(info)))


wheels = bundled_wheels()
for wheel in wheels:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
if not wheels:
    copy_installed_pip()

if os.path.isdir(os.path.join(packages, "pip")):
    for name in ("pip", "pip3", "pip%d.%d" % sys.version_info[:2]):
        script = os.path.join(target, "bin", name)
        with open(script, "w") as file:
            # Finds the interpreter beside itself, wherever the copy is.
            file.write('#!/bin/sh\\nexec "$(dirname -- "$0")/python3" -m pip "$@"\\n')
        os.chmod(script, 0o755)
`;

"""tools/toolchain: its steps and how it goes on after an interruption, with sources that build at once.

The real thing takes a quarter of an hour (`make toolchain`); what it does is the same.
"""
import os
import subprocess

from harness import TOP

# A package whose `make install` puts a tool in place, as binutils and gcc do.
CONFIGURE = """#!/bin/sh
for word; do case $word in --prefix=*) prefix=${word#--prefix=} ;; esac; done
cat > Makefile <<END
all all-gcc:
\t@echo compiled
install install-common:
\tmkdir -p $prefix/bin
\tprintf '#!/bin/sh\\necho %s\\n' TOOL > $prefix/bin/x86_64-elf-TOOL
\tchmod +x $prefix/bin/x86_64-elf-TOOL
install-headers install-cpp install-driver:
END
mkdir gcc && cp Makefile gcc/
"""


def package(sources, folder, name, tool, configure=CONFIGURE):
    tree = sources / folder / name
    tree.mkdir(parents=True)
    (tree / "configure").write_text(configure.replace("TOOL", tool))
    (tree / "configure").chmod(0o755)
    subprocess.run(["tar", "-cJf", f"{name}.tar.xz", name], cwd=tree.parent, check=True)


def toolchain(tmp_path):
    return subprocess.run([TOP / "tools/toolchain", tmp_path / "out"], text=True, timeout=60,
                          env={**os.environ, "TOOLCHAIN_SOURCES": str(tmp_path / "src")},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_builds_both_and_nothing_twice(tmp_path):
    package(tmp_path / "src", "binutils", "binutils-2", "ld")
    package(tmp_path / "src", "gcc-12", "gcc-12", "gcc")
    first = toolchain(tmp_path)
    assert first.returncode == 0, first.stdout
    assert (tmp_path / "out/bin/x86_64-elf-ld").exists()
    assert "is ready in" in first.stdout and not (tmp_path / "out/work").exists()
    assert "unpacking" not in toolchain(tmp_path).stdout


def test_goes_on_after_an_interruption(tmp_path):
    package(tmp_path / "src", "binutils", "binutils-2", "ld")
    package(tmp_path / "src", "gcc-12", "gcc-12", "gcc")
    half = tmp_path / "out/work/binutils.new"  # it ended while unpacking
    half.mkdir(parents=True)
    (half / "configure").write_text("exit 1\n")
    result = toolchain(tmp_path)
    assert result.returncode == 0, result.stdout


def test_a_failed_step_is_named_with_its_log(tmp_path):
    package(tmp_path / "src", "binutils", "binutils-2", "ld", "#!/bin/sh\necho no compiler; exit 1\n")
    package(tmp_path / "src", "gcc-12", "gcc-12", "gcc")
    result = toolchain(tmp_path)
    assert result.returncode == 1
    assert "no compiler" in result.stdout and "binutils-configure failed" in result.stdout


def test_an_absent_source_package_is_named(tmp_path):
    result = toolchain(tmp_path)
    assert result.returncode == 1 and "binutils-*.tar.xz: not there" in result.stdout


def test_the_build_takes_it(tmp_path):
    """Not by PATH alone: what make asks the shell for does not see a PATH that make exports."""
    package(tmp_path / "src", "binutils", "binutils-2", "ld")
    package(tmp_path / "src", "gcc-12", "gcc-12", "gcc")
    assert toolchain(tmp_path).returncode == 0

    def compiler(folder):
        database = subprocess.run(["make", "-pn", "help", f"TOOLCHAIN={folder}"], cwd=TOP, text=True,
                                  capture_output=True, check=True).stdout
        return next(line for line in database.splitlines() if line.startswith("CC := "))

    assert compiler(tmp_path / "out") == f"CC := {tmp_path}/out/bin/x86_64-elf-gcc"
    assert str(tmp_path) not in compiler(tmp_path / "none")

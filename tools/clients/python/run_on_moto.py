"""Runs Pinferry on moto, which takes the place of the embedded DynamoDB, SQS, Secrets Manager and KMS.

The tests of our adapters, the demo and the demo of writes each get a moto of their own, at the same time. Usage: run_on_moto.py SCENE.json
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

TESTS = "tools/local/src/test"
FAKES = "shared/src/test"
ADAPTERS = "io.pinferry.aws"
RUNNER = "io.pinferry.local.clients.SuiteRun"
LINES_SHOWN = 25


class Failed(Exception):
    """A program ended with a code other than 0."""


def failures_of(check):
    """Runs a check with an empty moto; returns its differences."""
    try:
        with moto() as address:
            return check(address)
    except Failed as failure:
        return [str(failure)]


@contextmanager
def moto():
    """Gives the address of an empty moto."""
    command = [sys.executable, "-B", str(Path(__file__).with_name("moto_server.py"))]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=30)


class Pinferry:
    """The checkout, and the version of it that was built."""

    def __init__(self, scene):
        self.home = Path(scene["home"])
        self.java = Path(scene["java"]) / "bin"
        built = Path(scene["version"]) / "tools/local/target"
        self.libraries = [str(built / "*"), str(built / "lib/*")]
        self.junit = str(built / "junit/*")
        self.tests = 0
        self.options = [
            # Optimizing takes longer than running.
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            f"-Dpinferry.home={scene['home']}",
            f"-Dpinferry.version={scene['version']}",
        ]

    def run(self, name, command):
        print(f"{name}: {' '.join(command)}", file=sys.stderr, flush=True)
        ended = subprocess.run(command, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        print(ended.stdout, file=sys.stderr, flush=True)
        if ended.returncode:
            raise Failed("\n".join([f"{name} ended with {ended.returncode}", *ended.stdout.splitlines()[-LINES_SHOWN:]]))
        return ended.stdout

    def demo(self, address, *options):
        command = [str(self.java / "java"), *self.options, "-cp", os.pathsep.join(self.libraries)]
        self.run(" ".join(["demo", *options]), [*command, "io.pinferry.local.cli.Main", "demo", *options, "--aws-endpoint", address])
        return []

    def suites(self, address):
        classes = Path("classes").resolve()
        shutil.rmtree(classes, ignore_errors=True)
        tests = self.home / TESTS / "java"
        sources = [*tests.glob(ADAPTERS.replace(".", "/") + "/*.java"), tests / (RUNNER.replace(".", "/") + ".java")]
        libraries = [*self.libraries, self.junit]
        source_path = os.pathsep.join([str(tests), str(self.home / FAKES / "java")])
        compiler = [str(self.java / "javac"), "-J-XX:TieredStopAtLevel=1", "-nowarn", "-proc:none", "-implicit:class", "-encoding", "UTF-8"]
        self.run(
            "javac",
            [*compiler, "-d", str(classes), "-cp", os.pathsep.join(libraries), "-sourcepath", source_path, *map(str, sources)],
        )
        path = [str(classes), str(tests.parent / "resources"), str(self.home / FAKES / "resources"), *libraries]
        command = [str(self.java / "java"), *self.options, "-Duser.timezone=UTC", f"-Dpinferry.aws-endpoint={address}"]
        told = self.run("suites", [*command, "-cp", os.pathsep.join(path), RUNNER, f"package:{ADAPTERS}"])
        report = json.loads(told.splitlines()[-1])
        self.tests = report["tests"]
        return report["failures"] if self.tests else ["no test ran"]


def main():
    pinferry = Pinferry(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    checks = [
        pinferry.suites,
        lambda address: pinferry.demo(address, "--records", "300"),
        lambda address: pinferry.demo(address, "--writes"),
    ]
    with ThreadPoolExecutor(len(checks)) as threads:
        differences = [difference for found in threads.map(failures_of, checks) for difference in found]
    print(
        json.dumps(
            {
                "client": f"moto {version('moto')}",
                "summary": f"{pinferry.tests} tests of our adapters, demo, demo --writes",
                "differences": differences,
            }
        )
    )


if __name__ == "__main__":
    main()

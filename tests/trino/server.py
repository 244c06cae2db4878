"""A real Trino server on this machine: fetched once, started for the tests, stopped after them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.trino.client import QueryError, query

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "476"
LEAST_JAVA = 24
PARTS = ("lib", "plugin/hive", "plugin/teradata-functions")  # the last has Athena's TO_DATE
MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy"
START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 20
JVM = ["-Xmx2G", "-XX:+UseSerialGC", "--add-modules=jdk.incubator.vector"]

CONFIG = """
node.environment=test
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
plugin.dir={installation}/plugin
catalog.config-dir={folder}/catalog
"""
CATALOG = """
connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local:///metastore
fs.native-local.enabled=true
local.location={files}
hive.partition-projection-enabled=true
# as Athena does: folders below a partition's are read, and one that is not there is empty
hive.recursive-directories=true
hive.ignore-absent-partitions=true
"""


@dataclass(frozen=True)
class TrinoServer:
    """A server that is being run: its port on 127.0.0.1, and the folder that is `local:///` to its tables."""

    port: int
    files: Path


def find_installation() -> Path:
    """Where the server is, or will be, in a cache that lasts."""
    cache = Path(os.environ.get("VPCCIDR_CACHE") or Path.home() / ".cache" / "vpccidr")
    return cache / f"trino-server-{VERSION}"


def install() -> Path:
    """The folder of the server's installation, where it is put first if need be."""
    installation = find_installation()
    if not installation.is_dir():
        cache = installation.parent
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as half:
            _unpack(_fetch(Path(half)), Path(half))
            (Path(half) / installation.name).replace(installation)
    return installation


def _fetch(folder: Path) -> Path:
    artifact = f"-Dartifact=io.trino:trino-server:{VERSION}:tar.gz"
    command = ["mvn", "-q", "-B", MAVEN_GOAL, artifact, f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch Trino:\n{done.stdout}{done.stderr}")
    return folder / f"trino-server-{VERSION}.tar.gz"


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the few plugins that are needed; their files are hard links to those of others."""
    root = f"trino-server-{VERSION}"
    kept = tuple(f"{root}/{part}/" for part in PARTS)
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        wanted = [each for each in members if each.name.startswith(kept)]
        names = {each.name for each in wanted} | {each.linkname for each in wanted if each.islnk()}
        tar.extractall(folder, [each for each in members if each.name in names], filter="data")
    for plugin in (folder / root / "plugin").iterdir():
        if f"plugin/{plugin.name}" not in PARTS:
            shutil.rmtree(plugin)


def find_java() -> Path:
    """The first Java that is new enough, in VPCCIDR_JAVA_HOME, JAVA_HOME, the path, or Debian's place."""
    java = shutil.which("java")
    named = [os.environ.get(name, "") for name in ("VPCCIDR_JAVA_HOME", "JAVA_HOME")]
    homes = [Path(home) for home in named if home]
    homes += [Path(java).resolve().parent.parent] if java else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    for home in homes:
        if (home / "bin" / "java").is_file() and _read_java_version(home) >= LEAST_JAVA:
            return home / "bin" / "java"
    raise RuntimeError(f"Trino {VERSION} needs Java {LEAST_JAVA} or later: set VPCCIDR_JAVA_HOME.")


def _read_java_version(home: Path) -> int:
    release = home / "release"
    match = re.search(r'^JAVA_VERSION="(\d+)', release.read_text() if release.is_file() else "", re.MULTILINE)
    return int(match[1]) if match else 0


def run_server(java: Path, installation: Path, folder: Path) -> Iterator[TrinoServer]:
    """Start a server that keeps everything in `folder`, yield it when it answers, and stop it."""
    server = TrinoServer(_find_port(), folder / "files")
    config = _write_config(server, installation, folder)
    command = [str(java), *JVM, f"-Dconfig={config}", "-cp", f"{installation}/lib/*"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "io.trino.server.TrinoServer"], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(server, process, folder / "server.log")
            yield server
        finally:
            _stop(process)


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _write_config(server: TrinoServer, installation: Path, folder: Path) -> Path:
    (server.files / "metastore").mkdir(parents=True)
    (folder / "catalog").mkdir()
    # The catalogue of Glue's tables has this name on Athena.
    (folder / "catalog" / "awsdatacatalog.properties").write_text(CATALOG.format(files=server.files))
    config = folder / "config.properties"
    config.write_text(CONFIG.format(folder=folder, installation=installation, port=server.port))
    return config


def _wait(server: TrinoServer, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < until:
        if _is_ready(server):
            return
        time.sleep(0.5)
    raise RuntimeError(f"Trino did not start:\n{log.read_text()[-3000:]}")


def _is_ready(server: TrinoServer) -> bool:
    """Whether a statement runs: a server that says it has started may not have found itself yet."""
    try:
        with urlopen(f"http://127.0.0.1:{server.port}/v1/info", timeout=5) as reply:
            return not json.load(reply)["starting"] and bool(query(server, "", "VALUES 1").rows)
    except (OSError, QueryError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""Apache Kafka's jars, from Maven Central: fetched once into .cache/ in the repository, as kafka/pom.xml names them."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_POM: Final = Path(__file__).parent / "kafka" / "pom.xml"
_CACHE: Final = Path(__file__).parents[2] / ".cache" / "apache-kafka"
_RESOLVE_SECONDS: Final = 240
_OUTPUT_TAIL_CHARS: Final = 3000


class KafkaUnavailableError(Exception):
    """Apache Kafka cannot be had on this machine; the text says what is missing."""


def resolve_jars() -> Path:
    """The folder with Apache Kafka's jars, fetched at the first call.

    Raises:
        KafkaUnavailableError: Java or Maven is missing, or Maven could not fetch the jars.
    """
    for tool, package in (("java", "a Java 17 runtime"), ("mvn", "Apache Maven")):
        if shutil.which(tool) is None:
            msg = f"{package} is not installed (no `{tool}` on the PATH)"
            raise KafkaUnavailableError(msg)
    folder = _CACHE / hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]
    if folder.is_dir():
        return folder
    _CACHE.mkdir(parents=True, exist_ok=True)
    # Into a folder of its own first: two runs at once, or a broken one, never leave a half-filled folder in place.
    with tempfile.TemporaryDirectory(dir=_CACHE) as scratch:
        jars = Path(scratch) / "jars"
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(_POM), "dependency:copy-dependencies"]
        try:
            done = subprocess.run(
                [*command, f"-DoutputDirectory={jars}", "-DincludeScope=runtime"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_RESOLVE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            msg = f"Maven did not fetch Apache Kafka within {_RESOLVE_SECONDS} s"
            raise KafkaUnavailableError(msg) from error
        if done.returncode != 0 or not any(jars.glob("kafka_2.13-*.jar")):
            msg = f"Maven could not fetch Apache Kafka: {(done.stdout + done.stderr)[-_OUTPUT_TAIL_CHARS:]}"
            raise KafkaUnavailableError(msg)
        if not folder.is_dir():
            jars.rename(folder)
    return folder

"""Files that are whole or not there: what is written under another name until all of it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class OutputError(ValueError):
    """A file cannot be written; the text names the option, the file and what is wrong."""


@contextmanager
def whole_files(outputs: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """Where to write each output; at the end they take their names, after an error or an interrupt they are removed.

    A file of that name stays as it was until then. Devices and pipes are written to directly: they have no end to
    wait for.

    Args:
        outputs: the files to be, by what the user calls them (`--alerts`).

    Raises:
        OutputError: two are the same file, or one cannot be made.
    """
    # A link stays one: what it points to is replaced.
    targets = {name: path if _is_stream(path) else path.resolve() for name, path in outputs.items()}
    parts = {name: path if _is_stream(path) else _part(path) for name, path in targets.items()}
    _check_distinct(outputs)
    made: list[Path] = []
    try:
        for name, part in parts.items():
            if part != targets[name]:
                _make(name, outputs[name], part)
                made.append(part)
        yield parts
        for name, part in parts.items():
            if part != targets[name]:
                part.replace(targets[name])
    finally:
        for part in made:
            part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _is_stream(path: Path) -> bool:
    return (path.exists() and not path.is_file() and not path.is_dir()) or path.is_relative_to("/dev")


def _check_distinct(outputs: Mapping[str, Path]) -> None:
    names: dict[Path, str] = {}
    for name, path in outputs.items():
        first = names.setdefault(path.resolve(), name)
        if first != name:
            raise OutputError(f"{name}: {path} is also the file of {first}")


def _make(name: str, path: Path, part: Path) -> None:
    if path.is_dir():
        raise OutputError(f"{name}: {path}: is a directory")
    try:
        part.open("wb").close()
    except OSError as error:
        raise OutputError(f"{name}: {path}: {error.strerror}") from error

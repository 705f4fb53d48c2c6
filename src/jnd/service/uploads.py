"""What clients send, brought to files: never more than so many bytes, and gone when the request is."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException


@asynccontextmanager
async def uploaded(request: Request, names: tuple[str, ...], limit: int) -> AsyncIterator[tuple[Path, ...]]:
    """Files of the pictures in the body.

    Parameters
    ----------
    names : fields of a form (multipart/form-data); where there is one, the body may be the picture itself.
    limit : bytes of a picture.

    Raises
    ------
    HTTPException
        400 for a body that is not as it should be, 413 for one that is too large.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > len(names) * limit + 65536:
        raise _too_large(limit)
    with tempfile.TemporaryDirectory(prefix="jnd-serve-") as folder:
        paths = tuple(Path(folder, name) for name in names)
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            await _from_form(request, names, paths, limit)
        elif len(names) == 1:
            await _from_body(request, paths[0], limit)
        else:
            raise HTTPException(
                400, f"send a form (multipart/form-data) with the fields {' and '.join(names)}, each a file"
            )
        yield paths


async def _from_body(request: Request, path: Path, limit: int) -> None:
    size = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            await run_in_threadpool(file.write, chunk)
    if not size:
        raise HTTPException(400, "the body is empty; send the bytes of a picture")


async def _from_form(request: Request, names: tuple[str, ...], paths: tuple[Path, ...], limit: int) -> None:
    try:
        form = await _Capped(request, len(names) * limit + 65536).form(
            max_files=len(names), max_fields=len(names)
        )
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None
    try:
        for name, path in zip(names, paths, strict=True):
            part = form.get(name)
            if not isinstance(part, UploadFile):
                raise HTTPException(400, f'the form lacks the file "{name}"; it needs {", ".join(names)}')
            if (part.size or 0) > limit:
                raise _too_large(limit)
            with path.open("wb") as file:
                while chunk := await part.read(1 << 20):
                    await run_in_threadpool(file.write, chunk)
    finally:
        await form.close()


class _Capped(Request):
    """A request whose body ends with an error where it is too large, whatever its header said."""

    def __init__(self, request: Request, limit: int) -> None:
        super().__init__(request.scope, request.receive)
        self._limit = limit

    async def stream(self) -> AsyncIterator[bytes]:  # type: ignore[override]
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self._limit:
                raise _too_large(self._limit)
            yield chunk


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"a picture may have {limit / 1e6:g} MB here; send a smaller one")

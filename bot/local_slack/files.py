"""Files: places to upload to, and what was uploaded. Bytes are kept in memory."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.identifiers import BOT_USER_ID, new_id, new_secret


@dataclass
class StoredFile:
    """A file from the moment its upload URL is given out; `content` is None until it is uploaded."""

    id: str
    upload_key: str
    name: str
    size_bytes: int
    created: int
    content: bytes | None = None
    title: str = ""
    alt_text: str = ""
    is_complete: bool = False
    shares: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def mimetype(self) -> str:
        """The media type, told from the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Files:
    """All files of the workspace, by id and by upload key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_id: dict[str, StoredFile] = {}
        self._by_key: dict[str, StoredFile] = {}

    def reserve(self, name: str, size_bytes: int, alt_text: str = "") -> StoredFile:
        """Make a place for a file of exactly this size."""
        file = StoredFile(new_id("F"), new_secret(), name, size_bytes, int(self._clock()), alt_text=alt_text)
        self._by_id[file.id] = self._by_key[file.upload_key] = file
        return file

    def receive(self, upload_key: str, content: bytes) -> StoredFile | None:
        """Take the bytes of a file; None for an unknown key, one already completed, or a wrong size."""
        file = self._by_key.get(upload_key)
        if file is None or file.is_complete or len(content) != file.size_bytes:
            return None
        file.content = content
        return file

    def require_uploaded(self, file_id: str) -> StoredFile:
        """Answer a file that is uploaded and not yet completed; a file can be completed only once."""
        file = self._by_id.get(file_id)
        if file is None or file.content is None or file.is_complete:
            raise SlackRefusalError("file_not_found")
        return file

    def complete(self, file: StoredFile, title: str | None) -> None:
        """Make an uploaded file one of the workspace's."""
        file.title = title or file.name
        file.is_complete = True

    def find(self, file_id: str) -> StoredFile | None:
        """Answer a completed file."""
        file = self._by_id.get(file_id)
        return file if file is not None and file.is_complete else None


def describe_file(file: StoredFile, base_url: str) -> dict[str, Any]:
    """Answer the file object that messages and `files.info` carry; `base_url` is the server's."""
    suffix = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    url = f"{base_url}/files-pri/{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": BOT_USER_ID,
        "size": file.size_bytes,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.shares),
        "url_private": url,
        "url_private_download": f"{url}/download",
        "permalink": f"{base_url}/files/{file.id}",
        "channels": list(file.shares),
        **({"alt_txt": file.alt_text} if file.alt_text else {}),
        "shares": {"public": file.shares} if file.shares else {},
    }

"""Buckets as folders, with the operations of S3 that the bot calls."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.faults.aws_calls import Answer, AwsRefusalError, Call, write_xml

_MOST_KEYS = 1000


class Buckets:
    """The objects of each bucket are the files of its folder, as `folders` names them.

    An object appears whole or not at all; parts of an upload are kept in memory until it is completed.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self._uploads: dict[str, dict[int, bytes]] = {}

    def answer(self, call: Call) -> Answer:
        """Do what is called. Raises AwsRefusalError."""
        operations: dict[str, Callable[[Call], Answer]] = {
            "GetObject": self._get,
            "HeadObject": self._get,
            "HeadBucket": self._look,
            "PutObject": self._put,
            "DeleteObject": self._delete,
            "DeleteObjects": self._delete_many,
            "ListObjectsV2": self._list,
            "CreateMultipartUpload": self._begin,
            "UploadPart": self._keep_part,
            "CompleteMultipartUpload": self._complete,
            "AbortMultipartUpload": self._abort,
        }
        if call.operation not in operations:
            raise AwsRefusalError("NotImplemented", f"{call.operation} is not served here", 501)
        return operations[call.operation](call)

    def path_of(self, bucket: str, key: str) -> Path:
        """The file that an object is. Raises AwsRefusalError."""
        if bucket not in self._folders:
            raise AwsRefusalError("NoSuchBucket", "The specified bucket does not exist")
        if ".." in key.split("/"):
            raise AwsRefusalError("InvalidArgument", "no key leads out of its bucket")
        return self._folders[bucket] / key

    def _look(self, call: Call) -> Answer:
        self.path_of(call.bucket, "")
        return Answer()

    def _get(self, call: Call) -> Answer:
        path = self.path_of(call.bucket, call.key)
        if not path.is_file():
            raise AwsRefusalError("NoSuchKey", "The specified key does not exist.")
        return Answer(file=path)

    def _put(self, call: Call) -> Answer:
        _write_whole(self.path_of(call.bucket, call.key), call.body)
        return Answer(headers={"ETag": _tag(call.body)})

    def _delete(self, call: Call) -> Answer:
        self.path_of(call.bucket, call.key).unlink(missing_ok=True)
        return Answer(status=204)

    def _delete_many(self, call: Call) -> Answer:
        keys = [str(found.text) for found in ET.fromstring(call.body).iterfind(".//{*}Key")]  # noqa: S314 - the bot's
        for key in keys:
            self.path_of(call.bucket, key).unlink(missing_ok=True)
        return Answer(write_xml("DeleteResult", {"Deleted": [{"Key": key} for key in keys]}))

    # Several parts

    def _begin(self, call: Call) -> Answer:
        self.path_of(call.bucket, call.key)
        upload_id = uuid.uuid4().hex
        self._uploads[upload_id] = {}
        names = {"Bucket": call.bucket, "Key": call.key, "UploadId": upload_id}
        return Answer(write_xml("InitiateMultipartUploadResult", names))

    def _keep_part(self, call: Call) -> Answer:
        self._require_upload(call)[int(call.query["partNumber"])] = call.body
        return Answer(headers={"ETag": _tag(call.body)})

    def _complete(self, call: Call) -> Answer:
        parts = self._require_upload(call)
        listed = ET.fromstring(call.body).iterfind(".//{*}PartNumber")  # noqa: S314 - the bot's
        numbers = [int(str(found.text)) for found in listed]
        if not numbers or not parts.keys() >= set(numbers):
            raise AwsRefusalError("InvalidPart", "One or more of the specified parts could not be found.")
        content = b"".join(parts[number] for number in numbers)
        _write_whole(self.path_of(call.bucket, call.key), content)
        del self._uploads[call.query["uploadId"]]
        names = {"Bucket": call.bucket, "Key": call.key, "ETag": _tag(content)}
        return Answer(write_xml("CompleteMultipartUploadResult", names))

    def _abort(self, call: Call) -> Answer:
        self._require_upload(call)
        del self._uploads[call.query["uploadId"]]
        return Answer(status=204)

    def _require_upload(self, call: Call) -> dict[int, bytes]:
        upload = self._uploads.get(call.query["uploadId"])
        if upload is None:
            raise AwsRefusalError("NoSuchUpload", "The specified multipart upload does not exist.")
        return upload

    # Listing

    def _list(self, call: Call) -> Answer:
        query = call.query
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        most = int(query.get("max-keys", _MOST_KEYS))
        after = query.get("continuation-token", "")
        found = {_group(key, prefix, delimiter): path for key, path in self._find(call.bucket, prefix)}
        names = sorted(name for name in found if name > after)
        page = names[:most]
        listed: dict[str, Any] = {"Name": call.bucket, "Prefix": prefix, "KeyCount": len(page)}
        listed |= {"MaxKeys": most, "IsTruncated": str(len(names) > most).lower()}
        if len(names) > most:
            listed["NextContinuationToken"] = page[-1]
        is_folder = {name: bool(delimiter) and name.endswith(delimiter) for name in page}
        listed["Contents"] = [_describe(name, found[name]) for name in page if not is_folder[name]]
        listed["CommonPrefixes"] = [{"Prefix": name} for name in page if is_folder[name]]
        return Answer(write_xml("ListBucketResult", listed))

    def _find(self, bucket: str, prefix: str) -> Iterator[tuple[str, Path]]:
        top = self.path_of(bucket, "")
        folder = self.path_of(bucket, prefix.rpartition("/")[0])
        for path in folder.rglob("*"):
            key = path.relative_to(top).as_posix()
            if path.is_file() and key.startswith(prefix) and not path.name.endswith(".half"):
                yield key, path


def _group(key: str, prefix: str, delimiter: str) -> str:
    """The key, or the common prefix up to the delimiter that it is listed under."""
    head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key[len(prefix) :], "", "")
    return prefix + head + found


def _describe(key: str, path: Path) -> dict[str, Any]:
    stat = path.stat()
    changed = datetime.fromtimestamp(stat.st_mtime, UTC)
    return {"Key": key, "Size": stat.st_size, "LastModified": f"{changed:%Y-%m-%dT%H:%M:%S.000Z}"}


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}.half")
    half.write_bytes(content)
    half.replace(path)


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'

"""A source that no encoding beats, as its own output: the same pixels, without metadata that are not to be kept.

Of a JPEG they are taken out; of other formats we cannot do that without encoding anew, and say that they stay.
"""

from jnd.codecs.jpeg_segments import with_other_metadata
from jnd.picture import Picture, policy_named
from jnd.picture.exif import with_orientation_only
from jnd.picture.metadata import xmp_rights

AS_IT_IS = "as it is"
WITHOUT = "without its private metadata"
WITH = "as it is, with its metadata"


def kept_source(data: bytes, picture: Picture, keep_metadata: str) -> tuple[bytes, str]:
    """The bytes of the output, and in words what became of the source.

    Parameters
    ----------
    data : the source's bytes.
    picture : what was read from them.
    keep_metadata : a name of ``picture.METADATA_POLICIES``.
    """
    if keep_metadata == "all":
        return data, AS_IT_IS
    if picture.file_format == "jpeg":
        copyright_too = keep_metadata == "default"
        try:
            kept = with_other_metadata(
                data,
                lambda exif: with_orientation_only(exif, and_copyright=copyright_too),
                lambda xmp: xmp_rights(xmp) if copyright_too else None,
            )
        except ValueError:  # odd, though readable
            return data, WITH
        return kept, AS_IT_IS if kept == data else WITHOUT
    would_be = policy_named(keep_metadata)(picture)
    is_bare = (would_be.exif, would_be.xmp) == (picture.exif, picture.xmp)
    return data, AS_IT_IS if is_bare else WITH

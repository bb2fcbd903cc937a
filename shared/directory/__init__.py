"""The district as each service knows it: the directory's records, followed into a table and read as one snapshot."""

from shared.directory.following import DIRECTORY, DIRECTORY_TOPIC, Directory, DirectoryFollower

__all__ = ["DIRECTORY", "DIRECTORY_TOPIC", "Directory", "DirectoryFollower"]

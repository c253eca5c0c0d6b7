"""House style: how the documents of a forum and of a collaboration look."""

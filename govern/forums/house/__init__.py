"""House style: how a forum's and a collaboration's documents look."""

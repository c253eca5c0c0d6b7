"""The summons (kallelse): its facts, what is enclosed, and its papers packed into one file."""

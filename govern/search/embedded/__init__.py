"""The embedded engine, built on Whoosh.

Whoosh 2.7.4 is the release that gives correct results after an update, but newer Python versions warn when they compile
its source. It is imported here once with the warnings off, so that no caller needs to suppress them.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import whoosh.codec.whoosh3
    import whoosh.index
    import whoosh.query.spans
    import whoosh.searching
    import whoosh.writing  # noqa: F401

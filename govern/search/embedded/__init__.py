"""The embedded engine, on Whoosh.

Whoosh 2.7.4 is the release that answers correctly after an edit, but its source warns on newer Pythons when it is first
compiled. It is imported here once, quietly, so that no caller has to know.
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

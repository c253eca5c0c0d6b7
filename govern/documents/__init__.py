"""Documents: a record's facts to DOCX and PDF that say the same, and signatures on the PDF.

`files` makes both files of a document in one call. Inside: a layout (`protocol`, `summons`) says what stands where, as
one content tree (`content`), which `pdf` and `word` print. `pades` signs and `verify` reads signatures back.
"""

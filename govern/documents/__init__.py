"""Documents: write a record's facts as DOCX and PDF with the same content, and sign the PDF.

`papers.files` writes the files of a document in one call. A layout (`papers.protocol`, `papers.summons`) returns a
content tree (`content`), which `pdf` and `word` each render. `signatures.pades` signs a PDF, and `signatures.verify`
validates its signatures.
"""

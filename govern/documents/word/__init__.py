"""Write documents as DOCX, on our own base or on an organisation's own DOCX."""

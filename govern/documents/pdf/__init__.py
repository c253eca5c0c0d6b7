"""Write documents as accessible, archivable PDF: layout, tables and tagging."""

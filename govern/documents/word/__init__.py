"""Documents as DOCX, and an organisation's own DOCX as their base."""

"""The notice board, and protocols published on the web with personal data masked."""

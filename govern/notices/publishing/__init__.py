"""Publishing a protocol on the web, with personal data masked."""

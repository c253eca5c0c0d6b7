"""What the public reads: protocols published with personal data masked, and what is posted on the notice board."""

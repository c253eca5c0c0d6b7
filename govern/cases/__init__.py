"""Cases, which span meetings, with their files and officers' proposals."""

"""A browser that is signed in: its session, and the device that is known again."""

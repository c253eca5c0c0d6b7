"""The background work page for administrators."""

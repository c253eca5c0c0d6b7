"""The audit log pages for administrators."""

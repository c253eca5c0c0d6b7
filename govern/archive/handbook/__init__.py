"""The handbook as a page, with help for the page one is on."""

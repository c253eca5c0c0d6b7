"""The meeting while it runs, as it is shown to those who take part and those who watch."""

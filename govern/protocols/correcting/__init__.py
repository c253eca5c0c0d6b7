"""What happens to a sealed protocol without changing it: refusals and corrections."""

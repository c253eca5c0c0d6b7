"""Second factors: code apps, recovery codes and passkeys."""

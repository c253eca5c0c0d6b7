"""People, their accounts and sign-in, and the rights that routes declare."""

"""The notice board: adjusted protocols posted, how long they stand, and the proof that they did."""

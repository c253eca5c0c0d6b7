"""Following up the assignments given in protocols: reports, closing, and carrying them to later agendas."""

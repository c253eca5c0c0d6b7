"""The engine in the server: PostgreSQL's full-text index, fed with terms that Python has analysed.

PostgreSQL's own configurations (`to_tsvector`) are not used: the terms and their places are written as a `tsvector`,
the plan of a query as a `tsquery`, so that both engines give the same answers.
"""

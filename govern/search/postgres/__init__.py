"""The engine in the database server: PostgreSQL's full-text index with terms analysed in Python.

PostgreSQL's own configurations (`to_tsvector`) are not used: the terms and their positions are written as a `tsvector`,
and a query plan as a `tsquery`, so that both engines give the same answers.
"""

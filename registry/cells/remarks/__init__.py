"""备注 read: where a filing's history hides (withdrawn, renamed, products added and removed).

    grammar    words, names and lists; a remark cut into tokens
    rules      the kinds of clauses
    reader     the result; lists joined and carried on, each clause given its month

What no rule understands is kept as text (`Remark.unread`), so that it can be counted and shown.
"""

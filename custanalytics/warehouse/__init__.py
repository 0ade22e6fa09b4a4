"""The sales stay where the client keeps them: the same queries on the client's own engine."""

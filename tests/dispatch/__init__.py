"""Claims about dispatch: real engines, real stores, real threads; only the clock and the far sides are ours."""

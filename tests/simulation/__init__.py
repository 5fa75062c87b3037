"""Laws: what holds for every rulebook, every history and every instant at which a process may die."""

"""How good a search is: questions whose right answers are known, and what an answer is worth."""

"""The figures' pages: server-rendered, complete without a script, each number one click from its tickets."""

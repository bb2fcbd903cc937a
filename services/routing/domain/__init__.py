"""The case, the rules that assign it, its clocks and the district file: pure, nothing here touches the world."""

"""Real residents' messages through the import and through the front door, every single one accounted for."""
